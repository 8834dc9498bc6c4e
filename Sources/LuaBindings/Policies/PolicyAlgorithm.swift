import Federation
import LuaRuntime
import Synchronization
import Tensors

/// A client's algorithm in a file: each client of each round runs it in a sandbox of its own, on the thread that trains
/// it. Unlike functions of the script it is not traced, so it may branch on what it sees.
struct PolicyAlgorithm: LocalAlgorithm {
  let name = "policy"
  private let file: PolicyFile
  private let running = RunningPolicies()

  init(_ file: PolicyFile) { self.file = file }

  var summary: String? { file.summary }

  /// Forgets what clients left that failed.
  func prepare(columns: Int) throws { running.removeAll() }

  func begin(_ work: LocalWork) throws {
    var stream = work.stream("policy")
    running[work] = try file.open(seed: stream.nextUInt64())
  }

  func correct(_ work: LocalWork) throws {
    let changed = try call("correct", work) { try work.gradient() }
    if let changed { try work.setGradient(changed) }
  }

  func afterStep(_ work: LocalWork) throws {
    let changed = try call("after_step", work) { try work.parameters() }
    if let changed { try work.setParameters(changed) }
  }

  func end(_ work: LocalWork) throws { running[work] = nil }

  /// Calls a hook with a vector and what it may know; nil where there is no such hook, or it returns nothing.
  private func call(_ hook: String, _ work: LocalWork, _ vector: () throws -> Tensor) throws -> Tensor? {
    guard let policy = running[work] else { return nil }
    let facts = CrossingTable()
    facts["weights"] = .other(try work.parameters())
    facts["global"] = .other(try work.globalParameters())
    facts["steps"] = .integer(work.steps)
    facts["lr"] = .number(work.learningRate)
    facts["client"] = .integer(work.client)
    facts["round"] = .integer(work.round)
    switch try policy.call(hook, [.other(vector()), .table(facts)]) {
    case nil, .some(.nil): return nil
    case .some(.other(let changed as Tensor)) where changed.shape == [work.columns]: return changed.detach()
    default: throw LuaFailure("\(file.name): \(hook) returned no tensor [\(work.columns)]")
    }
  }
}

/// The policies of the clients that train now.
private final class RunningPolicies: Sendable {
  /// Used by the thread of its client alone.
  private struct Held: @unchecked Sendable { let policy: OpenPolicy }

  private let all = Mutex<[ObjectIdentifier: Held]>([:])

  func removeAll() { all.withLock { $0 = [:] } }

  subscript(work: LocalWork) -> OpenPolicy? {
    get {
      let id = ObjectIdentifier(work)
      return all.withLock { $0[id] }?.policy
    }
    set {
      let id = ObjectIdentifier(work), held = newValue.map { Held(policy: $0) }
      all.withLock { $0[id] = held }
    }
  }
}
