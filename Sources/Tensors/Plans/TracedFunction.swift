import Synchronization

/// A function of named tensors that was run dry once and is replayed as a plan, on any thread.
public final class TracedFunction: Sendable {
  /// Names of the inputs, in the order of calls.
  public let inputs: [String]
  /// Names of the outputs, in the order of results.
  public let outputs: [String]
  private let graph: PlanGraph
  /// Plans that no thread uses now.
  private let idle = Mutex<[IdlePlan]>([])

  /// Plans pass from thread to thread, one thread at a time.
  private struct IdlePlan: @unchecked Sendable {
    let plan: Plan
  }

  /// Runs a function dry.
  ///
  /// - Parameters:
  ///   - inputs: Names and shapes, float32.
  ///   - body: Gets symbolic tensors by name; what it depends on beside them is constant.
  /// - Throws: What `body` throws, and ``TensorError/value(op:what:got:allowed:)`` for what cannot be traced.
  public init(
    _ inputs: [(name: String, shape: Shape)], _ body: ([String: Tensor]) throws -> [(name: String, tensor: Tensor)]
  ) throws {
    let trace = Trace(), names = inputs.map(\.name)
    let symbols = try trace.run { try inputs.map { try Tensor.uninitialized($0.shape) } }
    trace.begin(inputs: symbols)
    var results: [String] = []
    let graph = try trace.graph { symbols in
      let found = try Tape.withoutRecording { try body(Dictionary(uniqueKeysWithValues: zip(names, symbols))) }
      results = found.map(\.name)
      return found.map(\.tensor)
    }
    guard let graph else {
      throw TensorError.value(
        op: "trace", what: "a function of vectors", got: trace.obstacle ?? "no graph",
        allowed: "it must be made of tensor operations alone")
    }
    (self.graph, self.inputs, outputs) = (graph, names, results)
  }

  /// Computes the outputs.
  public func callAsFunction(_ inputs: [Tensor]) throws -> [Tensor] {
    let plan = try idle.withLock { $0.popLast() }?.plan ?? makePlan()
    defer { idle.withLock { $0.append(IdlePlan(plan: plan)) } }
    return try plan.run(inputs, PlanStreams(dropout: RandomStream(seed: 0, purpose: .dropout)))
  }

  private func makePlan() throws -> Plan {
    let nothing = try Tensor.zeros([1])
    return try Plan(
      graph, differentiates: false, arena: PlanArena(), parameters: nothing, gradients: nothing, statistics: nothing)
  }
}
