import Foundation
import LuaRuntime

/// A number of bytes, or a text such as `64M`.
struct ByteCount: LuaReadable, LuaDefault, Sendable {
  static var luaType: String { "integer|string" }

  let bytes: Int

  init(_ bytes: Int) { self.bytes = bytes }

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> ByteCount {
    if frame.kind(index) == .number { return ByteCount(try frame.integer(index)) }
    let text = try frame.string(index)
    guard let bytes = HostSettings.memoryLimit(named: text) else {
      throw .argument(index, "a size such as 500M or 4G expected, got \"\(text)\"")
    }
    return ByteCount(bytes)
  }

  var luaText: String { bytes % (1 << 20) == 0 && bytes > 0 ? "\"\(bytes >> 20)M\"" : "\(bytes)" }
}

extension Check where Value == ByteCount {
  fileprivate static var sensible: Check { Check("from 64K to 1024G") { (1 << 16...1 << 40).contains($0.bytes) } }
}

/// Where policies run.
enum Isolation: String, LuaEnumeration {
  /// In a state of their own, in this process.
  case state
  /// In a process of their own.
  case process
}

private struct PolicyOptions: LuaOptions {
  private static let standard = SandboxLimits()

  var instructions = standard.instructions
  var memory = ByteCount(standard.memory)
  var tensorMemory = ByteCount(standard.nativeMemory)
  var seconds = standard.seconds
  var options: LuaValue = .nil
  var seed: UInt64?
  var isolation = Isolation.state

  static let fields = Fields<PolicyOptions> { field in
    field.option(
      "instructions", \.instructions,
      "Instructions of Lua that one call may take; native work is charged by the size of what it touches. The same in "
        + "every run. Instructions that are long work, such as the comparison of long texts, may take 80 ns each.",
      check: .within(1000...1_000_000_000_000))
    field.option("memory", \.memory, "Bytes of Lua values that the policy may hold.", check: .sensible)
    field.option(
      "tensor_memory", \.tensorMemory, "Bytes of tensors that it may hold, beside those that it is given.",
      check: .sensible)
    field.option(
      "seconds", \.seconds, "Seconds by the clock that one call may take: a second net where instructions do not tell.",
      check: .within(0.01...86400))
    field.option(
      "options", \.options, "What the file's function is called with, if it makes the policy of options; plain data.")
    field.option("seed", \.seed, "Seed of the policy's math.random; that of the program without it.")
    field.option(
      "isolation", \.isolation,
      "`state` for mistakes and runaway code, `process` for code from strangers: a child with limits of the system, "
        + "without files and network, ended when it takes too long. It gets rounds, updates and attack contexts as "
        + "copies, which cannot ask the run for more.")
  }

  var limits: SandboxLimits {
    var limits = SandboxLimits()
    limits.instructions = instructions
    limits.memory = memory.bytes
    limits.nativeMemory = tensorMemory.bytes
    limits.seconds = seconds
    return limits
  }
}

extension PolicyOptions {
  /// Runs the file, and gives what it returns to the host.
  fileprivate func load(_ path: String, _ host: LuaState) throws -> CrossingValue {
    let source = try Self.source(path, host), seed = seed ?? host.hostSettings.seed
    let place: any PolicyPlace =
      switch isolation {
      case .state: try PolicySandbox(path, limits, seed: seed, host: host)
      case .process: try PolicyProcess(path, limits, seed: seed, host: host)
      }
    let value = try place.load(source, options: try given())
    guard case .table(let hooks) = value else { return try Self.rule(value, path) }
    let needs = try PolicyNeeds(hooks, limits, of: path)
    (place as? PolicyProcess)?.sendsRoot = needs.root
    return value
  }

  /// Reads the file, and leaves it to clients to run it.
  fileprivate func file(_ path: String, _ host: LuaState) throws -> PolicyFile {
    guard isolation == .state, seed == nil else {
      throw LuaFailure("isolation and seed are for fed.policy.load; a client's seed comes from the run")
    }
    return PolicyFile(path, try Self.source(path, host), limits, try given())
  }

  private static func rule(_ value: CrossingValue, _ path: String) throws -> CrossingValue {
    if case .other = value { return value }
    throw LuaFailure("\(path): the file returns no policy; a function, a table of hooks or a rule is needed")
  }

  /// The options of the policy as data.
  private func given() throws -> CrossingValue? {
    if case .nil = options { return nil }
    let reader = CrossingReader(object: { $0 }) { _ in
      throw LuaFailure("option 'options': a function cannot enter a policy; pass plain data")
    }
    return try reader.value(options)
  }

  private static func source(_ path: String, _ host: LuaState) throws -> String {
    do throws(LuaError) { return try scriptText(found(path, host)) } catch { throw LuaFailure(error.message) }
  }

  /// The path itself, or one beside the script that runs.
  private static func found(_ path: String, _ host: LuaState) -> String {
    guard !FileManager.default.fileExists(atPath: path), let script = host.hostSettings.scriptPath else { return path }
    let beside = URL(fileURLWithPath: script).deletingLastPathComponent().appendingPathComponent(path).path
    return FileManager.default.fileExists(atPath: beside) ? beside : path
  }
}

let policyBindings = BindingModule(
  "fed.policy", "Rules and attacks of others, run with limits.", classes: [policyFunctionClass, policyFileClass]
) { module in
  module.function(
    "file",
    "Names a policy by its file and options, for work that runs at once for many clients: each client of each round opens "
      + "it in a sandbox of its own. The same for any number of threads.",
    Parameter("path", "The file; beside the script if it is not there."), Parameter("options", "What it may use."),
    .caller, returns: "The policy, for policy of fed.local_training.define.",
    errors: ["The file cannot be read.", "Options are not plain data."],
    example: Example(
      """
      local path = os.tmpname()
      local file = assert(io.open(path, "w"))
      file:write "return { correct = function(g, s) return g + (s.weights - s.global) * 0.1 end }"
      file:close()
      local training = fed.local_training.define { policy = fed.policy.file(path), steps = 2 }
      os.remove(path)
      local run = fed.simulation {
        clients = fed.partition.identical(fed.data.blobs { train = 60, classes = 3 }, { clients = 2 }), rounds = 1,
        model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, local_training = training,
      }
      print(run:next_round().number)
      """, prints: "1")
  ) { (path: String, options: PolicyOptions, caller: LuaCaller) in try options.file(path, caller.state) }
  module.function(
    "load",
    "Loads a policy from a file into a sandbox of its own: a rule, an attack or a table of hooks that can read no file "
      + "and use no more than it may. What it returns stands wherever one of your own may stand.",
    Parameter("path", "The file; beside the script if it is not there."), Parameter("options", "What it may use."),
    .caller, returns: "What the file returns: a function, a table of hooks, an aggregator or an attack.",
    errors: [
      "The file cannot be read, or is no Lua.", "The policy needs more than it may use.",
      "A call takes more than it may; the state of the policy goes on with the next call.",
    ],
    example: Example(
      """
      local path = os.tmpname()
      local file = assert(io.open(path, "w"))
      file:write "return function(round, updates) return updates:mean() * 2 end"
      file:close()
      local rule = fed.policy.load(path, { instructions = 1e6, memory = "16M", seconds = 1 })
      os.remove(path)
      print(rule(nil, fed.updates { {1, 2}, {3, 4} }))
      """, prints: "Tensor [2] float32\n  4  6")
  ) { (path: String, options: PolicyOptions, caller: LuaCaller) in try options.load(path, caller.state) }
}
