import Federation
import Foundation
import LuaRuntime

/// What the two processes of a policy tell each other; the first byte of each frame.
enum PolicyMessage: UInt8 {
  /// To the child: the file, its limits, and options.
  case load
  /// To the child: a function by its number, and arguments.
  case call
  /// From the child: what came of it.
  case returned
  case failed
  /// From the child, before it has returned: a line to show.
  case printed
}

/// A policy in a process of its own, with the limits of a sandbox and of the system. The process is ended when a call
/// takes too long, and with the policy.
final class PolicyProcess: PolicyPlace {
  let name: String
  /// Whether rounds take their root updates along.
  var sendsRoot = false
  private let limits: SandboxLimits
  private let seed: UInt64
  private let process: ConfinedProcess
  private unowned let host: LuaState

  /// Beyond the seconds of a call: to start, and to send what is large.
  private static let grace = 5.0

  init(_ name: String, _ limits: SandboxLimits, seed: UInt64, host: LuaState) throws {
    (self.name, self.limits, self.seed, self.host) = (name, limits, seed, host)
    process = try ConfinedProcess(Self.program(), "policy-worker")
  }

  /// The program that runs, or the one of that name beside it, where something else runs the library.
  private static func program() throws -> String {
    let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let program = path.deletingLastPathComponent().appendingPathComponent("fedlua").path
    guard FileManager.default.isExecutableFile(atPath: program) else {
      throw LuaFailure("isolation = 'process' needs the program fedlua, which is not beside \(path.path)")
    }
    return program
  }

  func load(_ source: String, options: CrossingValue?) throws -> CrossingValue {
    var writer = PolicyWriter()
    writer.wire.write(PolicyMessage.load.rawValue)
    writer.wire.write(name)
    writer.wire.write(source)
    for number in [limits.instructions, limits.memory, limits.nativeMemory, Int(bitPattern: UInt(seed))] {
      writer.wire.write(number)
    }
    writer.wire.write(limits.seconds)
    try writer.write(each: options.map { [$0] } ?? [])
    return try exchange(writer).first ?? .nil
  }

  private func call(_ function: Int, _ arguments: [CrossingValue]) throws -> [CrossingValue] {
    var writer = PolicyWriter(sendsRoot: sendsRoot)
    writer.wire.write(PolicyMessage.call.rawValue)
    writer.wire.write(function)
    try writer.write(each: arguments)
    return try exchange(writer)
  }

  private func exchange(_ writer: PolicyWriter) throws -> [CrossingValue] {
    let deadline = Date(timeIntervalSinceNow: limits.seconds + Self.grace)
    do {
      try process.send(writer.wire.bytes, until: deadline)
      while true {
        let bytes = try process.receive(most: limits.nativeMemory + limits.memory, until: deadline)
        if let results = try answer(WireReader(bytes)) { return results }
      }
    } catch let failure as ConfinedProcess.Failure {
      switch failure {
      case .interrupted: throw LuaError(.interrupted, "interrupted")
      case .tookTooLong:
        throw LuaFailure("\(name): its process was ended after \(limits.seconds) seconds; load it again")
      case .ended(let how): throw LuaFailure("\(name): its process is gone, \(how); load it again")
      }
    }
  }

  /// What a frame says; nil for one that is not the last.
  private func answer(_ wire: WireReader) throws -> [CrossingValue]? {
    var wire = wire
    switch PolicyMessage(rawValue: try wire.byte()) {
    case .printed:
      host.printLine(try wire.text())
      return nil
    case .failed:
      throw LuaError(.runtime, try wire.text(), traceback: try wire.optional { try $0.text() })
    case .returned:
      var reader = PolicyReader(
        wire, function: { [unowned self] in hosted($0.number) }, rule: { [unowned self] in try rule($0) })
      return try reader.values()
    default: throw wire.fail("there is no such message")
    }
  }

  private func hosted(_ function: Int) -> HostedFunction {
    HostedFunction(PolicyFunction(name: name) { try self.call(function, $0) })
  }

  private func rule(_ ticket: RuleTicket) throws -> LuaAggregator {
    let memory = try ticket.memory.map { memory in
      RuleMemory(save: try hosted(memory.save).function(in: host), load: try hosted(memory.load).function(in: host))
    }
    return LuaAggregator(
      path: ticket.path, tolerated: ticket.tolerated, memory: memory,
      script: try hosted(ticket.rule).function(in: host))
  }
}
