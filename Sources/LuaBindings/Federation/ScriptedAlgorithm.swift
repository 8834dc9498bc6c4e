import Federation
import LuaRuntime
import Tensors

/// A client's algorithm of a script's own: functions of named vectors, traced when training is described.
///
/// `correct` and `finish` are replayed on the threads of the clients; `combine` runs at the server, on the script's.
struct ScriptedAlgorithm: LocalAlgorithm {
  let name = "own"
  /// First values of the vectors that a client and the server keep, each a repeated number.
  let client: [String: Double], server: [String: Double]
  let correction: LuaFunction?, stepping: LuaFunction?, ending: LuaFunction?, combination: LuaFunction?
  private let programs: AlgorithmPrograms

  init(_ options: ScriptedAlgorithmOptions) throws {
    client = try Self.numbers(options.client, "client")
    server = try Self.numbers(options.server, "server")
    (correction, stepping) = (options.correct, options.afterStep)
    (ending, combination) = (options.finish, options.combine)
    programs = AlgorithmPrograms(send: options.send)
  }

  private static func numbers(_ table: LuaTable?, _ option: String) throws -> [String: Double] {
    try Dictionary(
      (table?.entries() ?? []).map { key, value in
        guard let number = value.as(Double.self) else {
          throw LuaFailure(
            "option '\(option)': '\(key)' is a \(value.typeName); the number that fills the vector is needed")
        }
        return ("\(key)", number)
      }, uniquingKeysWith: { first, _ in first })
  }

  var sentBeside: [SentValue] { programs.send.map { SentValue(ExchangeKey("own.sent.\($0)"), .equal) } }

  func broadcast(_ memory: Exchange) -> Exchange {
    Exchange(tensors: memory.tensors.filter { $0.key.name.hasPrefix("own.server.") })
  }

  /// Runs the functions dry, on the script's thread: what they close over is constant for the round.
  func prepare(columns: Int) throws {
    programs.correction = try correction.map { function in
      try TracedFunction(vectors(columns, gradient: true)) { symbols in
        Trace.locate { function.runningLocation }
        return [("gradient", try function(symbols["gradient"]!, state(symbols), returning: Tensor.self))]
      }
    }
    programs.stepping = try stepping.map { function in
      try TracedFunction(vectors(columns, gradient: false)) { symbols in
        Trace.locate { function.runningLocation }
        return [("weights", try function(symbols["weights"]!, state(symbols), returning: Tensor.self))]
      }
    }
    programs.ending = try ending.map { function in
      try TracedFunction(vectors(columns, gradient: false)) { symbols in
        Trace.locate { function.runningLocation }
        return try parts(function(state(symbols), returning: LuaTable.self))
      }
    }
  }

  func correct(_ work: LocalWork) throws {
    guard let program = programs.correction else { return }
    let gradient = try work.gradient()
    try work.setGradient(program(values(of: program, work, gradient))[0])
  }

  func afterStep(_ work: LocalWork) throws {
    guard let program = programs.stepping else { return }
    try work.setParameters(program(values(of: program, work, nil))[0])
  }

  func end(_ work: LocalWork) throws {
    guard let program = programs.ending else { return }
    for (name, tensor) in zip(program.outputs, try program(values(of: program, work, nil))) {
      if name.hasPrefix("own.client.") { work.state.tensors[ExchangeKey(name)] = tensor }
      if name.hasPrefix("own.sent.") { work.sent.tensors[ExchangeKey(name)] = tensor }
    }
  }

  func combine(_ step: inout ServerStep) throws {
    guard let combination else { return }
    var means: [(String, any LuaWritable)] = programs.send.compactMap { name in
      step.sent.tensors[ExchangeKey("own.sent.\(name)")].map { (name, $0) }
    }
    means.append(("share", Double(step.participants) / Double(step.clientCount)))
    let columns = step.trainableColumns
    let memory: [(String, any LuaWritable)] = try server.sorted { $0.key < $1.key }.map { name, start in
      (name, try step.memory.tensors[ExchangeKey("own.server.\(name)")] ?? Tensor.full([columns], start))
    }
    let result = try Tape.withoutRecording {
      try combination(LuaRecord(memory), LuaRecord(means), returning: LuaTable.self)
    }
    for (key, value) in try result.entries() {
      guard server["\(key)"] != nil, let tensor = value.as(Tensor.self), tensor.shape == [columns] else {
        throw LuaFailure("combine: '\(key)' is no vector of the server with \(columns) numbers")
      }
      step.memory.tensors[ExchangeKey("own.server.\(key)")] = tensor.detach().clone()
    }
  }

  // MARK: Vectors by name

  /// Inputs of the programs: vectors, then single numbers.
  private func vectors(_ columns: Int, gradient: Bool) -> [(name: String, shape: Shape)] {
    let state = client.keys.sorted().map { "own.client.\($0)" } + server.keys.sorted().map { "own.server.\($0)" }
    let long = (gradient ? ["gradient"] : []) + ["weights", "global"] + state
    return long.map { ($0, [columns]) } + ["steps", "lr", "gradient_weight"].map { ($0, []) }
  }

  /// What a script's function sees.
  private func state(_ symbols: [String: Tensor]) -> LuaRecord {
    func part(_ prefix: String, _ names: [String: Double]) -> LuaRecord {
      LuaRecord(names.keys.sorted().map { ($0, symbols[prefix + $0]! as any LuaWritable) })
    }
    let numbers = ["weights", "global", "steps", "lr", "gradient_weight"].map { ($0, symbols[$0]! as any LuaWritable) }
    return LuaRecord(numbers + [("client", part("own.client.", client)), ("server", part("own.server.", server))])
  }

  private func values(of program: TracedFunction, _ work: LocalWork, _ gradient: Tensor?) throws -> [Tensor] {
    try program.inputs.map { name in
      switch name {
      case "gradient": return try gradient ?? work.gradient()
      case "weights": return try work.parameters()
      case "global": return try work.globalParameters()
      case "steps": return Tensor(scalar: Float(work.steps))
      case "lr": return Tensor(scalar: Float(work.learningRate))
      case "gradient_weight": return Tensor(scalar: Float(work.gradientWeight))
      default:
        let known = work.state.tensors[ExchangeKey(name)] ?? work.received.tensors[ExchangeKey(name)]
        let short = String(name.split(separator: ".").last ?? "")
        return try known ?? .full([work.columns], (name.hasPrefix("own.client.") ? client : server)[short] ?? 0)
      }
    }
  }

  /// What `finish` returned: vectors for the client to keep, and to send.
  private func parts(_ result: LuaTable) throws -> [(name: String, tensor: Tensor)] {
    try [("client", "own.client."), ("send", "own.sent.")].flatMap { field, prefix in
      try (result.get(field, as: LuaTable?.self)?.entries() ?? []).map { key, value in
        guard let tensor = value.as(Tensor.self) else {
          throw LuaFailure("finish: \(field).\(key) is a \(value.typeName); a vector is needed")
        }
        let isKnown = field == "client" ? client["\(key)"] != nil : programs.send.contains("\(key)")
        guard isKnown else {
          throw LuaFailure("finish: \(field).\(key) was not declared; name it in '\(field)' of the algorithm")
        }
        return (prefix + "\(key)", tensor)
      }
    }
  }
}

/// The traces of an algorithm's functions: made before a round, read by workers during it.
final class AlgorithmPrograms: @unchecked Sendable {
  /// Names of what clients send.
  let send: [String]
  var correction: TracedFunction?, stepping: TracedFunction?, ending: TracedFunction?

  init(send: [String]) { self.send = send }
}

struct ScriptedAlgorithmOptions: TrainingOptions {
  var common = CommonTrainingOptions()
  var client: LuaTable?
  var server: LuaTable?
  var send: [String] = []
  var correct: LuaFunction?
  var afterStep: LuaFunction?
  var finish: LuaFunction?
  var combine: LuaFunction?
  var policy: PolicyFile?

  static let fields = Fields<ScriptedAlgorithmOptions> { field in
    field.declareTraining()
    field.option("client", \.client, "Vectors that each client keeps: names, and the number that fills them at first.")
    field.option("server", \.server, "The same for the server, which sends them along.")
    field.option("send", \.send, "Names of the vectors that clients send beside their update.")
    field.option(
      "correct", \.correct,
      "Called as correct(g, s) for each gradient, returns the one that the optimizer takes. s has client, server, weights, "
        + "global, and as tensors of one number steps, lr and gradient_weight, the sum of what gradients were multiplied by.",
      type: "(fun(g: Tensor, s: AlgorithmState): Tensor)?")
    field.option(
      "after_step", \.afterStep,
      "Called as after_step(weights, s) after each step of the optimizer, returns the weights to go on with.",
      type: "(fun(weights: Tensor, s: AlgorithmState): Tensor)?")
    field.option(
      "finish", \.finish, "Called as finish(s) after the last step; returns { client = { … }, send = { … } }.",
      type: "(fun(s: AlgorithmState): FinishedWork)?")
    field.option(
      "combine", \.combine,
      "Called at the server as combine(server, means), with the means of what clients sent and their share of all; "
        + "returns the server's new vectors.",
      type: "(fun(server: table<string, Tensor>, means: table<string, Tensor|number>): table<string, Tensor>)?")
    field.option(
      "policy", \.policy,
      "From fed.policy.file, in the place of the functions: a table of correct(g, s) and after_step(weights, s), which "
        + "each client runs in a sandbox of its own, not traced, so it may branch on what it sees. s has weights, global, "
        + "steps, lr, client and round; math.random is seeded by run, round and client.")
  }

  func algorithm() throws -> any LocalAlgorithm {
    guard let policy else { return try ScriptedAlgorithm(self) }
    let isMixed = correct != nil || afterStep != nil || finish != nil || combine != nil || !send.isEmpty
    if isMixed || client != nil || server != nil {
      throw LuaFailure(
        "option 'policy': the file has the functions; leave out those beside it, client, server and send")
    }
    return PolicyAlgorithm(policy)
  }
}
