import Kernels

/// A computation for inputs of given shapes, as a list of steps on memory laid out before.
///
/// It computes what the tape computes from the same operations, without its bookkeeping: no step allocates, values share
/// memory where their lives do not meet, and gradients of parameters go straight to the model's gradient vector. The
/// tape is its oracle. One plan runs on one thread at a time; inside a step it may use the threads of its caller.
public final class Plan {
  /// Shapes of the inputs.
  public var inputShapes: [Shape] { graph.inputs.map(\.shape) }

  /// Whether it computes a gradient.
  public let isDifferentiated: Bool
  /// Whether that is a gradient of the model's parameters.
  public let trainsParameters: Bool

  /// Bytes of the memory that all steps share.
  public var byteCount: Int { layout.count * MemoryLayout<Float>.stride }

  let steps: [PlanStep]
  let layout: ArenaLayout
  let graph: PlanGraph
  private let arena: PlanArena
  private let memory: PlanMemory
  private let actions: [PlanAction], preparations: [PlanAction]
  private let actionSteps: [PlanStep]
  /// Writes to parameters, statistics and constants when the preparations ran.
  private var preparedVersion: Int?
  private let inputs: [PlanSlot], outputs: [PlanSlot]
  private let inputGradients: [PlanSlot?]
  /// Where each operation's result lies.
  let results: [PlanSlot?]
  /// The model's vectors; the plan reads and writes them in place.
  private let parameters: Tensor, gradients: Tensor?, statistics: Tensor
  private let writesStatistics: Bool

  /// Makes the plan of a graph.
  ///
  /// - Parameters:
  ///   - differentiates: Whether to compute the gradient of the first output, a single number, with respect to all
  ///     parameters and inputs that need one.
  ///   - arena: Memory that it shares with other plans, one of which runs at a time.
  ///   - parameters: The model's trainable vector. Shape `[P]`, float32.
  ///   - gradients: Where the gradient of the parameters goes. Shape `[P]`. Needed only where parameters are trained.
  ///   - statistics: The model's running statistics.
  /// - Throws: ``TensorError/backwardOfMany(shape:)``, ``TensorError/backwardOfConstant`` where no parameter that is
  ///   trained leads to the number, ``TensorError/overBudget(op:needed:used:limit:)``.
  public init(
    _ graph: PlanGraph, differentiates: Bool, arena: PlanArena, parameters: Tensor, gradients: Tensor?,
    statistics: Tensor
  ) throws {
    let graph = PlanFusion.joined(graph)
    isDifferentiated = differentiates
    trainsParameters = differentiates && graph.hasTrainedParameters
    if trainsParameters, !graph.outputs[0].needsGradient { throw TensorError.backwardOfConstant }
    let builder = PlanBuilder(graph, threads: Parallel.threads, keepsPreparations: !trainsParameters)
    builder.addForward()
    if differentiates { try builder.addBackward() }
    layout = ArenaLayout(builder)
    self.arena = arena
    memory = PlanMemory(
      layout, in: try arena.reserve(floats: layout.count), parameters: parameters,
      gradients: gradients, statistics: statistics, constants: graph.constants)
    steps = builder.steps
    let isKept = steps.map(\.isPreparation)
    let bound = steps.map { [memory] in $0.bind(memory) }
    preparations = zip(bound, isKept).filter(\.1).map(\.0)
    actions = zip(bound, isKept).filter { !$0.1 }.map(\.0)
    actionSteps = steps.filter { !$0.isPreparation }
    self.graph = graph
    inputs = graph.inputs.map { builder[$0] }
    outputs = graph.outputs.map { builder[$0] }
    inputGradients = graph.inputs.map { $0.needsGradient ? builder.gradients[$0.value] : nil }
    results = graph.nodes.map { node in node.outputs.first.map { builder[$0] } }
    (self.parameters, self.gradients, self.statistics) = (parameters, gradients, statistics)
    writesStatistics = graph.nodes.contains { $0.outputs.isEmpty }
  }

  /// Computes the outputs, and the gradient where there is one.
  ///
  /// - Parameters:
  ///   - inputs: Of the shapes ``inputShapes``, in any memory order.
  ///   - streams: Sources of dropout's choices and of an objective's draws.
  /// - Returns: The outputs, in memory of their own.
  /// - Throws: ``TensorError`` for inputs that do not fit, ``Interrupted``.
  @discardableResult
  public func run(_ inputs: [Tensor], _ streams: PlanStreams) throws -> [Tensor] {
    try advance(inputs, streams)
    return zip(graph.outputs, outputs).map { copied($0, $1) }
  }

  /// As ``run(_:_:)``, for a plan whose first output is all that is wanted and a single number.
  ///
  /// - Returns: The number.
  public func value(_ inputs: [Tensor], _ streams: PlanStreams) throws -> Double {
    try advance(inputs, streams)
    return Double(memory[outputs[0]].pointee)
  }

  /// The gradient of an input from the last run, in memory of its own; nil where it needs none.
  public func gradient(ofInput index: Int) -> Tensor? {
    inputGradients[index].map { slot in
      copied(graph.inputs[index].dense, slot)
    }
  }

  private func copied(_ operand: PlanOperand, _ slot: PlanSlot) -> Tensor {
    let type = graph.values[operand.value].elementType
    let strides = operand.isDense ? operand.strides : operand.shape.rowMajorStrides
    let result = Tensor(
      storage: Storage(byteCount: operand.count * type.byteCount), shape: operand.shape, strides: strides, offset: 0,
      elementType: type)
    let copy = StridedCopy(shape: operand.shape, from: operand.strides, to: strides)
    if type == .int64 {
      copy.run(UnsafePointer(memory.labels(slot)), result.int64Pointer)
    } else {
      copy.run(UnsafePointer(memory[slot]), result.floatPointer)
    }
    return result
  }

  // MARK: Running

  /// Runs every step. No plan of the arena is run inside of it.
  private func advance(_ inputs: [Tensor], _ streams: PlanStreams) throws {
    let run = PlanRun(streams)
    try load(inputs)
    defer {
      if writesStatistics { statistics.storage.version += 1 }
      if trainsParameters { gradients?.storage.version += 1 }
    }
    let version = graph.constants.reduce(parameters.storage.version + statistics.storage.version) {
      $0 + $1.storage.version
    }
    if preparedVersion != version || arena.user != ObjectIdentifier(self) {
      for action in preparations { action(run) }
      preparedVersion = version
      arena.user = ObjectIdentifier(self)
    }
    for (index, action) in actions.enumerated() {
      if Profiler.isOn {
        measure(actionSteps[index]) { action(run) }
      } else {
        action(run)
      }
      if let failure = run.failure { throw failure }
      try Interrupt.check()
    }
  }

  private func measure(_ step: PlanStep, _ body: () -> Void) {
    let bytes = step.byteCount(layout)
    if step.isBackward {
      Profiler.measureBackward(step.name, flops: step.flops, bytes: bytes, body)
    } else {
      Profiler.measure(step.name, flops: step.flops, bytes: bytes, body)
    }
  }

  private func load(_ tensors: [Tensor]) throws {
    guard tensors.count == inputs.count else {
      throw TensorError.range(
        op: "plan", what: "number of inputs", got: tensors.count, allowed: inputs.count...inputs.count)
    }
    for index in tensors.indices { try load(tensors[index], graph.inputs[index], inputs[index]) }
  }

  private func load(_ tensor: Tensor, _ operand: PlanOperand, _ slot: PlanSlot) throws {
    let type = graph.values[operand.value].elementType
    guard tensor.shape == operand.shape, tensor.elementType == type else {
      throw TensorError.shape(op: "plan", got: tensor.shape, expected: "the plan takes \(operand.shape) of \(type)")
    }
    withExtendedLifetime(tensor) {
      if Tensor.agree(operand.shape, tensor.strides, operand.strides) {
        let bytes = tensor.storage.base + tensor.offset * type.byteCount
        return UnsafeMutableRawPointer(memory[slot]).copyMemory(from: bytes, byteCount: tensor.byteCount)
      }
      let copy = StridedCopy(shape: operand.shape, from: tensor.strides, to: operand.strides)
      if type == .int64 {
        copy.run(UnsafePointer(tensor.int64Pointer), memory.labels(slot))
      } else {
        copy.run(UnsafePointer(tensor.floatPointer), memory[slot])
      }
    }
  }
}
