import Federation
import Foundation
import LuaRuntime
import Tensors

/// The child's side of a policy in a process of its own: a sandbox that answers frames until the parent is gone.
public final class PolicyWorker {
  private var sandbox: PolicySandbox?
  private var functions: [([CrossingValue]) throws -> [CrossingValue]] = []

  /// Makes a worker without a policy; the first frame brings it.
  public init() {}

  /// Answers until the parent is gone.
  public func run() {
    while let frame = ConfinedChild.receive() {
      var answer = PolicyWriter()
      do {
        let results = try results(of: frame)
        answer.wire.write(PolicyMessage.returned.rawValue)
        try answer.write(each: results)
      } catch {
        answer = PolicyWriter()
        answer.wire.write(PolicyMessage.failed.rawValue)
        answer.wire.write("\(error)")
        answer.wire.write((error as? LuaError)?.traceback) { $0.write($1) }
      }
      ConfinedChild.send(answer.wire.bytes)
    }
  }

  private func results(of frame: [UInt8]) throws -> [CrossingValue] {
    var reader = PolicyReader(WireReader(frame))
    if try reader.wire.byte() == PolicyMessage.load.rawValue { return [try load(&reader)] }
    let number = try reader.wire.int()
    guard functions.indices.contains(number) else { throw reader.wire.fail("there is no function \(number)") }
    ConfinedChild.limitProcessorTime(sandbox?.limits.seconds ?? 1)
    return try functions[number](reader.values())
  }

  private func load(_ reader: inout PolicyReader) throws -> CrossingValue {
    let name = try reader.wire.text(), source = try reader.wire.text()
    var limits = SandboxLimits()
    limits.instructions = try reader.wire.int()
    limits.memory = try reader.wire.int()
    limits.nativeMemory = try reader.wire.int()
    var settings = HostSettings()
    settings.seed = UInt64(UInt(bitPattern: try reader.wire.int()))
    limits.seconds = try reader.wire.double()
    settings.threads = 1
    let options = try reader.values()
    _ = MemoryBudget.limit  // looks at the machine, which it cannot from here on
    ConfinedChild.confine(memory: 3 * limits.memory + 2 * limits.nativeMemory + (256 << 20))
    let sandbox = try PolicySandbox(name, limits, settings: settings, ticket: { [unowned self] in ticket($0) }) {
      var line = PolicyWriter()
      line.wire.write(PolicyMessage.printed.rawValue)
      line.wire.write($0)
      ConfinedChild.send(line.wire.bytes)
    }
    self.sandbox = sandbox
    ConfinedChild.limitProcessorTime(limits.seconds)
    return try sandbox.load(source, options: options.first)
  }

  private func ticket(_ function: @escaping ([CrossingValue]) throws -> [CrossingValue]) -> FunctionTicket {
    functions.append(function)
    return FunctionTicket(number: functions.count - 1)
  }
}
