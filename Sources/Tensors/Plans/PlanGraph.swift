import Glibc

/// Memory that the operations of a plan read or write.
struct PlanValue: Equatable, Sendable {
  enum Source: Equatable, Sendable {
    /// What differs from run to run, by its position: the batch, its labels.
    case input(Int)
    /// A tensor that was made outside, by its position in the graph's constants.
    case constant(Int)
    /// A stretch of the model's trainable vector, from this position on.
    case parameter(Int)
    /// A stretch of the model's statistics, from this position on.
    case statistic(Int)
    /// Result of an operation.
    case computed
  }

  let source: Source
  let shape: Shape
  let strides: [Int]
  let elementType: ElementType
  /// Whether the loss may depend on it through something that is trained.
  let needsGradient: Bool

  var count: Int { shape.elementCount }

  /// Floats that its elements fill: an int64 takes the place of two.
  var floatCount: Int { elementType == .int64 ? 2 * count : count }

  /// Whether its gradient comes together in the plan's own memory, and not in the model's gradient vector.
  var hasOwnGradient: Bool {
    switch source {
    case .computed, .input: true
    case .parameter, .statistic, .constant: false
    }
  }
}

/// A value, or a view into one, as an operation reads it.
struct PlanOperand: Equatable, Sendable {
  /// Position in the graph's values.
  let value: Int
  /// First element, in elements from the start of the value.
  let offset: Int
  let shape: Shape
  let strides: [Int]
  /// Whether a gradient flows back to it.
  let needsGradient: Bool

  var count: Int { shape.elementCount }

  /// Whether memory has no gaps and no repeats.
  var isDense: Bool { Tensor.agree(shape, strides, denseStrides) }

  /// Strides without gaps, in the memory order of this operand; axes that repeat a value come first.
  var denseStrides: [Int] {
    let steps = shape.indices.map { repeats($0) ? Int.max : strides[$0] }
    return shape.strides(
      inMemoryOrder: shape.indices.sorted { steps[$0] != steps[$1] ? steps[$0] > steps[$1] : $0 < $1 })
  }

  private func repeats(_ axis: Int) -> Bool { strides[axis] == 0 && shape[axis] > 1 }

  /// Whether an element stands at several places, as after `expand`.
  var isRepeated: Bool { shape.indices.contains(where: repeats) }

  /// Each element once: the axes that repeat have size 1.
  var unrepeated: PlanOperand {
    PlanOperand(
      value: value, offset: offset, shape: shape.indices.map { repeats($0) ? 1 : shape[$0] }, strides: strides,
      needsGradient: needsGradient)
  }
}

/// One operation of a plan with what it reads and makes.
struct PlanNode: Sendable {
  var operation: any PlanOperation
  var inputs: [PlanOperand]
  /// What it makes: first the result, then by-products without a gradient. Empty for a write to statistics.
  var outputs: [PlanOperand]

  var output: PlanOperand { outputs[0] }
}

/// What an operation notes in a ``Trace``.
struct PlanNote {
  let operation: any PlanOperation
  /// What it reads, and the memory order that its kernel needs; nil for any.
  let inputs: [(tensor: Tensor, strides: [Int]?)]
  let outputs: [Tensor]

  init(_ operation: any PlanOperation, _ inputs: [(tensor: Tensor, strides: [Int]?)], _ outputs: Tensor...) {
    self.operation = operation
    self.inputs = inputs
    self.outputs = outputs
  }

  init(_ operation: any PlanOperation, inputs: [(tensor: Tensor, strides: [Int]?)], outputs: [Tensor]) {
    self.operation = operation
    self.inputs = inputs
    self.outputs = outputs
  }
}

/// An operation that plans know: how it runs, and how its gradient flows back.
///
/// A plan runs what the tape runs, by the same kernels in the same order, but on memory that was laid out before: so
/// both methods only describe steps, once. `CONTRIBUTING.md` has an example.
protocol PlanOperation: Sendable {
  /// Whether another operation does the same. Follows from `Equatable`.
  func isSame(as other: any PlanOperation) -> Bool

  /// Name in the plan's table.
  var name: String { get }

  /// Multiplications and additions of the forward pass.
  func flops(_ node: PlanNode) -> Int

  /// Adds the steps that compute the outputs.
  func forward(_ node: PlanNode, _ builder: PlanBuilder)

  /// Adds the steps that compute the gradients of the inputs from `gy`, the gradient of the output.
  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder)
}

extension PlanOperation where Self: Equatable {
  func isSame(as other: any PlanOperation) -> Bool { (other as? Self) == self }
}

extension PlanOperation {
  func flops(_ node: PlanNode) -> Int { node.outputs.first?.count ?? 0 }
}

/// What a computation does for inputs of given shapes, as a list of operations in order.
public struct PlanGraph: @unchecked Sendable {
  var values: [PlanValue]
  var nodes: [PlanNode]
  /// Tensors from outside that operations read, by reference: each run sees what they hold then. Only read.
  var constants: [Tensor] = []
  /// What differs from run to run.
  let inputs: [PlanOperand]
  /// What it computes; a gradient is that of the first.
  let outputs: [PlanOperand]

  /// Drops operations whose results nothing reads.
  mutating func dropUnused() {
    var used = Set(outputs.map(\.value))
    var kept: [PlanNode] = []
    for node in nodes.reversed()
    where node.outputs.isEmpty || node.outputs.contains(where: { used.contains($0.value) }) {
      used.formUnion(node.inputs.map(\.value))
      kept.append(node)
    }
    nodes = kept.reversed()
  }

  /// Whether the gradient reaches parameters of the model.
  var hasTrainedParameters: Bool {
    values.contains { if case .parameter = $0.source { $0.needsGradient } else { false } }
  }

  /// Nodes through which the gradient of the first output flows.
  func differentiatedNodes() -> [PlanNode] {
    var reached = Set(outputs.prefix(1).map(\.value))
    var found: [PlanNode] = []
    for node in nodes.reversed() where node.outputs.first.map({ reached.contains($0.value) }) ?? false {
      reached.formUnion(node.inputs.filter(\.needsGradient).map(\.value))
      found.append(node)
    }
    return found
  }

  /// Whether two dry runs did the same: the same operations on the same values and constants.
  public func isSame(as other: PlanGraph) -> Bool {
    values == other.values && inputs == other.inputs && outputs == other.outputs
      && nodes.count == other.nodes.count && zip(nodes, other.nodes).allSatisfy { $0.isSame(as: $1) }
      && constants.count == other.constants.count
      && zip(constants, other.constants).allSatisfy { $0.isSameMemory(as: $1) || $0.hasSameBytes(as: $1) }
  }
}

extension PlanNode {
  func isSame(as other: PlanNode) -> Bool {
    inputs == other.inputs && outputs == other.outputs && operation.isSame(as: other.operation)
  }
}

extension Tensor {
  fileprivate func isSameMemory(as other: Tensor) -> Bool {
    storage === other.storage && offset == other.offset && count == other.count
  }

  /// Whether two stretches of memory, both without gaps, hold the same bytes.
  fileprivate func hasSameBytes(as other: Tensor) -> Bool {
    guard count == other.count, elementType == other.elementType else { return false }
    return withExtendedLifetime((storage, other.storage)) {
      memcmp(
        storage.base + offset * elementType.byteCount, other.storage.base + other.offset * elementType.byteCount,
        byteCount) == 0
    }
  }
}
