import Federation
import Foundation
import LuaRuntime
import Tensors

/// Where a policy runs: in a state of this process, or in a process of its own.
protocol PolicyPlace: AnyObject {
  /// What the policy's file returns, as values of whoever asks.
  func load(_ source: String, options: CrossingValue?) throws -> CrossingValue
}

/// A policy in a state of its own, with limits. Rounds, updates and tensors go in as the objects they are, and plain data
/// as copies.
final class PolicySandbox: PolicyPlace {
  /// Makes a function that another process can ask for.
  typealias Ticket = (@escaping ([CrossingValue]) throws -> [CrossingValue]) -> FunctionTicket

  /// The file, as messages name it.
  let name: String
  let limits: SandboxLimits
  let state: LuaState
  /// Nil where another process watches.
  private let watchdog: Watchdog?
  private let ticket: Ticket?
  /// Whether functions stand in tables of the host, or are called by Swift alone.
  private let isHosted: Bool

  /// Opens a sandbox beside a state of this process.
  init(_ name: String, _ limits: SandboxLimits, seed: UInt64, host: LuaState) throws {
    (self.name, self.limits, ticket, watchdog, isHosted) = (name, limits, nil, Watchdog(), true)
    state = try PolicyLibrary.open(limits, seed: seed, settings: host.hostSettings) { [weak host] in
      host?.printLine($0)
    }
  }

  /// Opens a sandbox for another process.
  init(
    _ name: String, _ limits: SandboxLimits, settings: HostSettings, ticket: @escaping Ticket,
    print: @escaping (String) -> Void
  ) throws {
    (self.name, self.limits, self.ticket, watchdog, isHosted) = (name, limits, ticket, nil, false)
    state = try PolicyLibrary.open(limits, seed: settings.seed, settings: settings, print: print)
  }

  /// Opens a sandbox whose functions Swift calls, on any one thread. What it prints is not shown.
  init(_ name: String, _ limits: SandboxLimits, settings: HostSettings) throws {
    (self.name, self.limits, ticket, watchdog, isHosted) = (name, limits, nil, nil, false)
    state = try PolicyLibrary.open(limits, seed: settings.seed, settings: settings) { _ in }
  }

  /// The longest text of a policy: the time in which Lua reads one can grow with the square of its length.
  static let longestSource = 1 << 18

  func load(_ source: String, options: CrossingValue?) throws -> CrossingValue {
    let results = try metered {
      guard source.utf8.count <= Self.longestSource else {
        throw LuaError(.runtime, "\(name): the file is longer than \(Self.longestSource) bytes")
      }
      let chunk = try state.compile(source, name: "@" + name)
      guard let options else { return try chunk.results(of: [], reader()) }
      let make = try chunk(returning: LuaFunction.self)
      return try make.results(of: [options], reader())
    }
    return results.first ?? .nil
  }

  private func call(_ function: LuaFunction, _ arguments: [CrossingValue]) throws -> [CrossingValue] {
    try metered { try function.results(of: arguments, reader()) }
  }

  private func metered(_ body: () throws -> [CrossingValue]) throws -> [CrossingValue] {
    watchdog?.start(limits.seconds)
    defer { watchdog?.end() }
    nonisolated(unsafe) let state = state  // whoever allocates does so on the thread of this call
    do { return try MemoryBudget.guarded(by: { try state.willAllocate($0) }, body) } catch let error as LuaError {
      guard error.kind == .limit else { throw error }
      let message = error.message + "; options of fed.policy.load allow more"
      throw LuaError(.runtime, message, traceback: error.traceback)
    }
  }

  // MARK: What leaves

  private func reader() -> CrossingReader {
    CrossingReader(object: { [unowned self] in try leaving($0) }) { [unowned self] in leaving($0) }
  }

  private func leaving(_ function: LuaFunction) -> any LuaWritable {
    if let ticket { return ticket { [unowned self] in try call(function, $0) } }
    if !isHosted { return PolicyFunction(name: name) { [unowned self] in try call(function, $0) } }
    // The host's function keeps the sandbox alive.
    return HostedFunction(PolicyFunction(name: name) { try self.call(function, $0) })
  }

  /// An object on its way out. One that can call back into this state keeps it alive, or becomes a ticket.
  private func leaving(_ object: any LuaObject) throws -> any LuaWritable {
    switch object {
    case let rule as LuaAggregator: return ticket == nil ? rule.keeping(self) : try self.ticket(of: rule)
    case let attack as LuaAttack: return ticket == nil ? attack.keeping(self) : try self.ticket(of: attack)
    case is Tensor, is UpdateMatrix, is UpdateMean, is UpdateGram, is Stream, is LuaRound: return object
    default: throw LuaFailure("a \(type(of: object).luaType) cannot leave a policy; tensors, updates and rules can")
    }
  }

  private func ticket(of rule: LuaAggregator) throws -> any LuaWritable {
    let decide = try adapted(
      """
      local rule = ...
      return function(round, updates, weights)
        local update, decision = rule(round, updates, weights)
        decision.update = update
        return decision
      end
      """, rule)
    let memory = try rule.memory.map { memory in
      guard let save = leaving(memory.save) as? FunctionTicket, let load = leaving(memory.load) as? FunctionTicket
      else { throw LuaFailure("the memory of a rule cannot leave") }
      return (save: save.number, load: load.number)
    }
    return RuleTicket(path: rule.luaName ?? rule.name, tolerated: rule.tolerated, rule: decide.number, memory: memory)
  }

  private func ticket(of attack: LuaAttack) throws -> any LuaWritable {
    let send = try adapted("local attack = ... return function(context) return attack(context) end", attack)
    let hooks = CrossingTable()
    hooks["attack"] = .other(send)
    hooks["name"] = .bytes(Array((attack.luaName ?? attack.attack.name).utf8))
    hooks["knowledge"] = .bytes(Array(attack.attack.knowledge.rawValue.utf8))
    return CrossingValue.table(hooks)
  }

  private func adapted(_ source: String, _ object: some LuaObject) throws -> FunctionTicket {
    let function = try state.compile(source, name: "=fed/policy.lua")(object, returning: LuaFunction.self)
    guard let ticket = leaving(function) as? FunctionTicket else { throw LuaFailure("a function cannot leave") }
    return ticket
  }
}

extension LuaState {
  /// Shows a line as `print` of this state does.
  func printLine(_ text: String) {
    guard let print = try? evaluate("return print", as: LuaFunction.self, name: "=print") else { return }
    try? print.run(text)
  }
}
