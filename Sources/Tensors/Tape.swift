import Synchronization

/// One recorded operation: where its inputs came from and how its gradient flows back to them.
final class TapeNode: @unchecked Sendable {
  /// Where the gradient of one input goes.
  enum Edge {
    case none
    case leaf(Tensor)
    case node(TapeNode)
  }

  /// Gradients of the inputs from the gradient of the output; nil where `needs` is false or there is none.
  typealias Pullback = (_ gradient: Tensor, _ needs: [Bool]) throws -> [Tensor?]

  let operation: String
  /// Order of recording: an operation comes after everything that it depends on.
  let sequence: Int
  private(set) var edges: [Edge]
  private var saved: [(storage: Storage, version: Int)]
  private var pullback: Pullback?

  private static let lastSequence = Atomic<Int>(0)

  /// Bytes of a node beside the tensors' own memory: itself, its pullback and the objects that this holds. Measured, and
  /// counted towards the limit of ``MemoryBudget``: a recording that never ends consists of little else.
  private let byteCount: Int

  init(_ operation: String, edges: [Edge], saved: [(storage: Storage, version: Int)], pullback: @escaping Pullback) {
    self.operation = operation
    self.edges = edges
    self.saved = saved
    self.pullback = pullback
    sequence = Self.lastSequence.add(1, ordering: .relaxed).newValue
    byteCount = 512 + 256 * (edges.count + saved.count)
    StoragePool.shared.charge(byteCount)
  }

  /// Runs the pullback once and lets go of everything it kept.
  func pull(_ gradient: Tensor) throws -> [Tensor?] {
    guard let pullback else { throw TensorError.consumedGraph(op: operation) }
    for (storage, version) in saved where storage.version != version {
      throw TensorError.overwritten(op: operation)
    }
    let needs = edges.map { if case .none = $0 { false } else { true } }
    defer {
      self.pullback = nil
      saved = []
    }
    return try Profiler.measureBackward(operation) { try pullback(gradient, needs) }
  }

  var isConsumed: Bool { pullback == nil }

  private var sources: [TapeNode] { edges.compactMap { if case .node(let source) = $0 { source } else { nil } } }

  /// Lets go of a long graph one node at a time: released by itself, it would recurse as deep as it is long.
  deinit {
    StoragePool.shared.charge(-byteCount)
    var orphans = sources
    edges = []
    pullback = nil
    while var node = orphans.popLast() {
      guard isKnownUniquelyReferenced(&node) else { continue }
      orphans += node.sources
      node.edges = []
      node.pullback = nil
    }
  }
}

/// Reverse-mode differentiation: each operation on a value that needs a gradient leaves a node behind.
public enum Tape {
  /// Whether operations are recorded now.
  @TaskLocal public static var isRecording = true

  /// Runs `body` without recording anything: evaluation, optimizer steps, statistics.
  public static func withoutRecording<R>(_ body: () throws -> R) rethrows -> R {
    try $isRecording.withValue(false, operation: body)
  }

  /// Notes how `result` came from `inputs`, where a gradient is wanted.
  ///
  /// - Parameters:
  ///   - operation: Name in error messages.
  ///   - inputs: Differentiable inputs, in the order of the pullback's results.
  ///   - saving: Values that the pullback reads: changing one in place before `backward` is an error.
  ///   - plan: What a plan needs to know of the operation; nil if plans do not know it, and for views.
  ///   - pullback: Gradients of the inputs from the gradient of the result, each of its input's shape. Captures
  ///     detached values: capturing `result` itself would keep the graph alive forever.
  static func record(
    _ operation: String, _ inputs: [Tensor], saving saved: [Tensor], _ result: Tensor,
    plan: @autoclosure () -> PlanNote? = nil, pullback: @escaping TapeNode.Pullback
  ) -> Tensor {
    if let trace = Trace.current { trace.note(operation, plan(), result, from: inputs) }
    guard inputs.contains(where: { $0.needsGradient }), isRecording else { return result }
    let edges = inputs.map { input -> TapeNode.Edge in
      if let node = input.node { return .node(node) }
      return input.isLeaf ? .leaf(input) : .none
    }
    result.node = TapeNode(
      operation, edges: edges, saved: saved.map { ($0.storage, $0.storage.version) }, pullback: pullback)
    return result
  }
}

extension Tensor {
  /// Marks this value as a leaf: `backward` of what is computed from it reports its gradient.
  ///
  /// - Throws: ``TensorError/elementType(op:got:expected:)`` for integers.
  @discardableResult
  public func requiresGradient() throws -> Tensor {
    guard elementType.isFloat else {
      throw TensorError.elementType(
        op: "requires_grad", got: elementType, expected: "gradients need float32 or float64")
    }
    isLeaf = true
    return self
  }

  /// Returns the same memory as a value of its own, cut from the tape.
  public func detach() -> Tensor {
    Tensor(storage: storage, shape: shape, strides: strides, offset: offset, elementType: elementType)
  }
}
