import Kernels

/// Joins operations of a graph that follow each other, so that values between them stay in the cache or vanish.
///
/// A rule looks at an operation and at the chain of those that alone read each other's results, and gives one operation
/// in their place.
struct PlanFusion {
  private let graph: PlanGraph
  private var nodes: [PlanNode?]
  /// Operations that read each value, once for each operand.
  private var readers: [Int: [Int]] = [:]

  private init(_ graph: PlanGraph) {
    self.graph = graph
    nodes = graph.nodes
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs { readers[input.value, default: []].append(index) }
    }
  }

  /// Returns the graph with all chains joined that a rule knows.
  static func joined(_ graph: PlanGraph) -> PlanGraph {
    var fusion = PlanFusion(graph)
    for index in graph.nodes.indices { fusion.join(at: index) }
    var result = graph
    result.nodes = fusion.inOrder()
    return result
  }

  private mutating func join(at index: Int) {
    guard let node = nodes[index] else { return }
    let chain = chain(from: index)
    for rule in Self.rules {
      guard let (joined, count) = rule(node, chain.map(\.node)), count > 0 else { continue }
      let members = [index] + chain.prefix(count).map(\.index)
      for member in members { nodes[member] = nil }
      nodes[members.max() ?? index] = joined
      return
    }
  }

  /// Takes an operation and the ones after it, of which it may join the first few; returns the joined one and how many.
  private typealias Rule = @Sendable (_ first: PlanNode, _ chain: [PlanNode]) -> (joined: PlanNode, count: Int)?

  private static let rules: [Rule] = [
    FirstLayerPlanOperation.join, FixedNormConvolutionPlanOperation.join, NormalizedConvolutionsPlanOperation.join,
    FusedConvolutionPlanOperation.join, FusedBatchNormPlanOperation.join, ModulatedGroupNormPlanOperation.join,
    GroupNormPlanOperation.join, FusedLinearPlanOperation.join, ResidualLinearPlanOperation.join,
    ElementChainPlanOperation.join,
  ]

  /// Enough for a few layers with all that follows them.
  private static let longestChain = 32

  /// The operations after this one, as long as each is the only reader of the result before it, and reads all of it.
  private func chain(from index: Int) -> [(index: Int, node: PlanNode)] {
    var chain: [(index: Int, node: PlanNode)] = []
    var last = index
    while chain.count < Self.longestChain, let output = nodes[last]?.outputs.first,
      !graph.outputs.contains(where: { $0.value == output.value }),
      let found = readers[output.value], found.count == 1, let next = nodes[found[0]],
      let input = next.inputs.first(where: { $0.value == output.value }), input.offset == 0,
      input.shape == output.shape, Tensor.agree(input.shape, input.strides, output.strides)
    {
      chain.append((found[0], next))
      last = found[0]
    }
    return chain
  }

  /// The operations in their order, except that one which reads a joined operation's by-product comes after it.
  private func inOrder() -> [PlanNode] {
    var defined = Set(graph.values.indices.filter { graph.values[$0].source != .computed })
    var ordered: [PlanNode] = [], waiting: [PlanNode] = []
    func isReady(_ node: PlanNode) -> Bool { node.inputs.allSatisfy { defined.contains($0.value) } }
    for case let node? in nodes {
      waiting.append(node)
      while let index = waiting.firstIndex(where: isReady) {
        let next = waiting.remove(at: index)
        defined.formUnion(next.outputs.map(\.value))
        ordered.append(next)
      }
    }
    return ordered
  }
}

extension PlanNode {
  /// The activation that this operation is, as fused kernels know it.
  var activation: Activation? {
    if let unary = operation as? UnaryPlanOperation {
      switch unary.function {
      case .relu: return .relu
      case .relu6: return .relu6
      case .silu: return .silu
      case .sigmoid: return .sigmoid
      case .tanh: return .tanh
      case .gelu: return .gelu
      case .geluErf: return .geluErf
      default: return nil
      }
    }
    guard let bounded = operation as? BoundedPlanOperation, case .leakyRelu(let slope) = bounded.function, slope > 0
    else { return nil }
    return .leakyRelu(slope: slope)
  }

  /// What is added to `value` without stretching, and lies like it; nil if this is no such sum.
  func residual(besides value: PlanOperand) -> PlanOperand? {
    guard let sum = operation as? BinaryPlanOperation, sum.function == .add, case .same = sum.alignment,
      let other = inputs.first(where: { $0.value != value.value }), other.shape == value.shape,
      Tensor.agree(other.shape, other.strides, value.strides)
    else { return nil }
    return other
  }

  var needsGradient: Bool { inputs.contains(where: \.needsGradient) }
}

extension Activation {
  /// Name in a plan's table.
  var name: String {
    switch self {
    case .none: "none"
    case .relu: "relu"
    case .relu6: "relu6"
    case .silu: "silu"
    case .sigmoid: "sigmoid"
    case .tanh: "tanh"
    case .gelu, .geluErf: "gelu"
    case .leakyRelu: "leaky_relu"
    }
  }
}
