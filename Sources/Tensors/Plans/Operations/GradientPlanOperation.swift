/// A plan inside of a plan: outputs of a graph, and the gradient of the first with respect to some of its inputs.
///
/// So an objective may look for the worst input near a given one and go on with it. No gradient flows through what it
/// finds. Inputs of the node are the graph's; outputs are the gradients, then the graph's outputs.
struct GradientPlanOperation: PlanOperation {
  let name = "input gradient"
  let graph: PlanGraph

  func isSame(as other: any PlanOperation) -> Bool {
    (other as? Self).map { graph.isSame(as: $0.graph) } ?? false
  }

  func flops(_ node: PlanNode) -> Int { 3 * graph.nodes.reduce(0) { $0 + $1.operation.flops($1) } }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let inner = InnerPlan(graph, threads: builder.threads)
    let arena = builder.buffer(inner.layout.count)
    let inputs = node.inputs.map { (slot: builder[$0], operand: $0) }
    let outputs = node.outputs.map { (slot: builder[$0], operand: $0) }
    let model = [PlanSlot.parameters, PlanSlot.statistics].map { PlanSlot($0) }
    builder.step(
      name, reads: inputs.map(\.slot) + model, writes: outputs.map(\.slot) + [arena], flops: flops(node)
    ) { memory in
      let own = PlanMemory(inner.layout, inside: memory, at: arena, constants: graph.constants)
      let copiesIn = zip(inputs, inner.inputs).map { outer, into in
        PlanCopy(memory[outer.slot], outer.operand.strides, own[into.slot], into.operand, graph)
      }
      let copiesOut = zip(inner.results, outputs).map { from, outer in
        PlanCopy(own[from.slot], from.operand.strides, memory[outer.slot], outer.operand, nil)
      }
      let actions = inner.steps.map { $0.bind(own) }
      return { run in
        for copy in copiesIn { copy.run() }
        for action in actions where run.failure == nil && !Interrupt.isRequested { action(run) }
        for copy in copiesOut { copy.run() }
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {}
}

/// The steps of a graph with its gradient, before they have a place.
private struct InnerPlan {
  typealias Place = (slot: PlanSlot, operand: PlanOperand)

  let steps: [PlanStep]
  let layout: ArenaLayout
  let inputs: [Place]
  /// Gradients of the inputs that need one, then the outputs.
  let results: [Place]

  init(_ traced: PlanGraph, threads: Int) {
    let graph = PlanFusion.joined(traced)
    let builder = PlanBuilder(graph, threads: threads, keepsPreparations: false)
    builder.addForward()
    builder.addGradient()
    inputs = graph.inputs.map { (builder[$0], $0) }
    let gradients = graph.inputs.compactMap { input -> Place? in
      builder.gradients[input.value].map { ($0, input.dense) }
    }
    results = gradients + graph.outputs.map { (builder[$0], $0) }
    layout = ArenaLayout(builder)
    steps = builder.steps
  }
}

/// A copy between the memories of two plans.
private struct PlanCopy {
  private let copy: StridedCopy
  private let from: UnsafeMutablePointer<Float>, to: UnsafeMutablePointer<Float>
  private let isIndices: Bool

  init(
    _ from: UnsafeMutablePointer<Float>, _ strides: [Int], _ to: UnsafeMutablePointer<Float>, _ operand: PlanOperand,
    _ graph: PlanGraph?
  ) {
    copy = StridedCopy(shape: operand.shape, from: strides, to: operand.strides)
    (self.from, self.to) = (from, to)
    isIndices = graph?.values[operand.value].elementType == .int64
  }

  func run() {
    guard isIndices else { return copy.run(UnsafePointer(from), to) }
    let source = UnsafeRawPointer(from).assumingMemoryBound(to: Int64.self)
    copy.run(source, UnsafeMutableRawPointer(to).assumingMemoryBound(to: Int64.self))
  }
}

extension PlanOperand {
  /// The same without gaps, in the same memory order: as its gradient lies.
  var dense: PlanOperand {
    PlanOperand(value: value, offset: 0, shape: shape, strides: denseStrides, needsGradient: false)
  }
}

extension Trace {
  /// Notes a graph of another dry run, with its gradient, as one operation of the current one.
  ///
  /// - Parameters:
  ///   - graph: Its first output is a single number.
  ///   - inputs: What goes in; the last of them are what the graph's code took from around it.
  ///   - count: How many of the first inputs a gradient is wanted for.
  /// - Returns: Gradients, and the graph's outputs.
  public static func noteGradient(
    of graph: PlanGraph, _ inputs: [Tensor], count: Int
  ) throws -> (gradients: [Tensor], outputs: [Tensor]) {
    let gradients = try inputs.prefix(count).map { input in
      try Tensor.uninitialized(input.shape, strides: input.isDense ? input.strides : nil)
    }
    let outputs = try graph.outputs.map {
      try Tensor.uninitialized($0.shape, strides: $0.isDense ? $0.strides : nil)
    }
    let all = gradients + outputs
    let note = PlanNote(
      GradientPlanOperation(graph: graph), inputs: inputs.map { ($0, nil) }, outputs: all)
    current?.note("input_gradient", note, all[0])
    return (gradients, outputs)
  }
}
