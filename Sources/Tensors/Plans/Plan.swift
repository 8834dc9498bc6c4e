import Kernels

/// A model's computation for one shape of batch, as a list of steps on memory laid out before.
///
/// It computes what the tape computes from the same layers, without its bookkeeping: no step allocates, values share
/// memory where their lives do not meet, and gradients go straight to the model's gradient vector. The tape is its
/// oracle. One plan runs on one thread at a time; inside a step it may use the threads of its caller.
public final class Plan {
  /// Shape of the batch.
  public let inputShape: Shape
  /// Shape of the output.
  public let outputShape: Shape

  /// Whether it computes loss and gradient.
  public var isTraining: Bool { loss != nil }

  /// Bytes of the memory that all steps share.
  public var byteCount: Int { layout.count * MemoryLayout<Float>.stride }

  let steps: [PlanStep]
  let layout: ArenaLayout
  let graph: PlanGraph
  private let arena: PlanArena
  private let memory: PlanMemory
  private let actions: [PlanAction], preparations: [PlanAction]
  private let actionSteps: [PlanStep]
  /// Writes to parameters and statistics when the preparations ran.
  private var preparedVersion: Int?
  private let input: PlanSlot
  private let target: PlanSlot?
  private let loss: PlanLoss?
  private let output: PlanSlot
  /// Where each operation's result lies.
  let outputs: [PlanSlot?]
  /// The model's vectors; the plan reads and writes them in place.
  private let parameters: Tensor, gradients: Tensor, statistics: Tensor
  private let writesStatistics: Bool

  /// Makes the plan of a graph.
  ///
  /// - Parameters:
  ///   - loss: What a training plan makes small; nil for the forward pass alone.
  ///   - parameters: The model's trainable vector. Shape `[P]`, float32.
  ///   - arena: Memory that it shares with other plans, one of which runs at a time.
  ///   - gradients: Where the gradient goes. Shape `[P]`. Not touched without a loss.
  ///   - statistics: The model's running statistics.
  /// - Returns: nil where the loss does not fit the model's output.
  /// - Throws: ``TensorError/overBudget(op:needed:used:limit:)``.
  public init?(
    _ graph: PlanGraph, loss: PlanLoss?, arena: PlanArena, parameters: Tensor, gradients: Tensor, statistics: Tensor
  ) throws {
    let graph = PlanFusion.joined(graph)
    let builder = PlanBuilder(graph, threads: Parallel.threads, keepsPreparations: loss == nil)
    builder.addForward()
    var target: PlanSlot?
    if let loss {
      guard loss.accepts(graph.output) else { return nil }
      let found = loss.addSteps(builder)
      target = found.target
      builder.addBackward(from: found.gradient)
    }
    layout = ArenaLayout(builder)
    self.arena = arena
    memory = PlanMemory(
      layout, in: try arena.reserve(floats: layout.count), parameters: parameters,
      gradients: gradients, statistics: statistics)
    steps = builder.steps
    let isKept = steps.map(\.isPreparation)
    let bound = steps.map { [memory] in $0.bind(memory) }
    preparations = zip(bound, isKept).filter(\.1).map(\.0)
    actions = zip(bound, isKept).filter { !$0.1 }.map(\.0)
    actionSteps = steps.filter { !$0.isPreparation }
    self.graph = graph
    self.loss = loss
    self.target = target
    input = builder[graph.input]
    output = builder[graph.output]
    outputs = graph.nodes.map { node in node.outputs.first.map { builder[$0] } }
    inputShape = graph.input.shape
    outputShape = graph.output.shape
    (self.parameters, self.gradients, self.statistics) = (parameters, gradients, statistics)
    writesStatistics = graph.nodes.contains { $0.outputs.isEmpty }
  }

  /// Computes the output for a batch.
  ///
  /// - Parameter batch: Shape ``inputShape``, in any memory order.
  /// - Returns: The output, in memory of its own.
  /// - Throws: ``Interrupted``.
  public func forward(_ batch: Tensor, stream: RandomStream) throws -> Tensor {
    try run(batch, target: nil, PlanRun(stream: stream))
    let result = Tensor(
      storage: Storage(byteCount: graph.output.count * MemoryLayout<Float>.stride), shape: outputShape,
      strides: graph.output.isDense ? graph.output.strides : outputShape.rowMajorStrides, offset: 0,
      elementType: .float32)
    let copy = StridedCopy(shape: outputShape, from: graph.output.strides, to: result.strides)
    copy.run(UnsafePointer(memory[output]), result.floatPointer)
    return result
  }

  /// Computes the loss of a batch, and its gradient into the model's gradient vector.
  ///
  /// - Parameters:
  ///   - batch: Shape ``inputShape``.
  ///   - target: Labels `[b]` or a tensor of the output's shape, as the loss needs.
  ///   - stream: Source of dropout's choices.
  /// - Returns: The mean loss over the batch.
  /// - Throws: ``TensorError`` for a target that does not fit, ``Interrupted``.
  public func step(_ batch: Tensor, _ target: Tensor, stream: RandomStream) throws -> Double {
    let run = PlanRun(stream: stream)
    try self.run(batch, target: target, run)
    gradients.storage.version += 1
    return run.loss
  }

  /// Runs every step. No plan of the arena is run inside of it.
  private func run(_ batch: Tensor, target: Tensor?, _ run: PlanRun) throws {
    try load(batch)
    if let target { try load(target: target) }
    defer { if writesStatistics { statistics.storage.version += 1 } }
    let version = parameters.storage.version + statistics.storage.version
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

  private func load(_ batch: Tensor) throws {
    guard batch.shape == inputShape, batch.elementType == graph.values[graph.input.value].elementType else {
      throw TensorError.shape(op: "plan", got: batch.shape, expected: "the plan takes \(inputShape)")
    }
    withExtendedLifetime(batch) {
      if Tensor.agree(inputShape, batch.strides, graph.input.strides) {
        let bytes = batch.storage.base + batch.offset * batch.elementType.byteCount
        return UnsafeMutableRawPointer(memory[input]).copyMemory(from: bytes, byteCount: batch.byteCount)
      }
      let copy = StridedCopy(shape: inputShape, from: batch.strides, to: graph.input.strides)
      if batch.elementType == .int64 {
        let place = UnsafeMutableRawPointer(memory[input]).assumingMemoryBound(to: Int64.self)
        copy.run(UnsafePointer(batch.int64Pointer), place)
      } else {
        copy.run(UnsafePointer(batch.floatPointer), memory[input])
      }
    }
  }

  private func load(target: Tensor) throws {
    guard let loss, let slot = self.target else { return }
    switch loss {
    case .crossEntropy: try load(labels: target, UnsafeMutableRawPointer(memory[slot]))
    case .meanSquaredError:
      guard target.elementType == .float32, target.shape == outputShape else {
        throw TensorError.shapes(
          op: "mse", outputShape, target.shape, hint: "prediction and target must have one shape")
      }
      let copy = StridedCopy(shape: outputShape, from: target.strides, to: graph.output.strides)
      withExtendedLifetime(target) { copy.run(UnsafePointer(target.floatPointer), memory[slot]) }
    }
  }

  private func load(labels: Tensor, _ place: UnsafeMutableRawPointer) throws {
    guard labels.shape == [outputShape[0]] else {
      throw TensorError.shapes(
        op: "cross_entropy", outputShape, labels.shape, hint: "logits [b, k] and labels [b] are needed")
    }
    guard labels.elementType == .int64 else {
      throw TensorError.elementType(
        op: "cross_entropy", got: labels.elementType, expected: "label must be int64")
    }
    let row = labels.contiguousCopyIfNeeded(), classes = Int64(outputShape[1])
    for index in 0..<row.count where row.int64Pointer[index] < 0 || row.int64Pointer[index] >= classes {
      // The message is the operation's own.
      return try labels.expectLabels("cross_entropy", "label", below: outputShape[1])
    }
    place.copyMemory(from: row.int64Pointer, byteCount: row.byteCount)
  }
}
