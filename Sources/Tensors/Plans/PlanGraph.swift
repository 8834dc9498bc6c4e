/// Memory that the operations of a plan read or write.
struct PlanValue: Sendable {
  enum Source: Equatable, Sendable {
    /// The batch.
    case input
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

  /// Strides without gaps, in the memory order of this operand.
  var denseStrides: [Int] {
    shape.strides(
      inMemoryOrder: shape.indices.sorted { strides[$0] != strides[$1] ? strides[$0] > strides[$1] : $0 < $1 })
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
}

/// An operation that plans know: how it runs, and how its gradient flows back.
///
/// A plan runs what the tape runs, by the same kernels in the same order, but on memory that was laid out before: so
/// both methods only describe steps, once. `CONTRIBUTING.md` has an example.
protocol PlanOperation: Sendable {
  /// Name in the plan's table.
  var name: String { get }

  /// Multiplications and additions of the forward pass.
  func flops(_ node: PlanNode) -> Int

  /// Adds the steps that compute the outputs.
  func forward(_ node: PlanNode, _ builder: PlanBuilder)

  /// Adds the steps that compute the gradients of the inputs from `gy`, the gradient of the output.
  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder)
}

extension PlanOperation {
  func flops(_ node: PlanNode) -> Int { node.outputs.first?.count ?? 0 }
}

/// What a model computes for one shape of batch, as a list of operations in order.
public struct PlanGraph: Sendable {
  var values: [PlanValue]
  var nodes: [PlanNode]
  /// The batch.
  let input: PlanOperand
  /// What the model returns.
  let output: PlanOperand

  /// Drops operations whose results nothing reads.
  mutating func dropUnused() {
    var used: Set<Int> = [output.value]
    var kept: [PlanNode] = []
    for node in nodes.reversed()
    where node.outputs.isEmpty || node.outputs.contains(where: { used.contains($0.value) }) {
      used.formUnion(node.inputs.map(\.value))
      kept.append(node)
    }
    nodes = kept.reversed()
  }

  /// Nodes through which the gradient of the output flows.
  func differentiatedNodes() -> [PlanNode] {
    var reached: Set<Int> = [output.value]
    var found: [PlanNode] = []
    for node in nodes.reversed() where node.outputs.first.map({ reached.contains($0.value) }) ?? false {
      reached.formUnion(node.inputs.filter(\.needsGradient).map(\.value))
      found.append(node)
    }
    return found
  }
}
