public import Tensors

/// What a plan of a model is for.
enum PlanUse: Hashable {
  /// The output in evaluation mode, without a gradient.
  case evaluation
  /// Loss and gradient in training mode.
  case training(PlanLoss)

  var loss: PlanLoss? { if case .training(let loss) = self { loss } else { nil } }
}

extension Model {
  /// Computes the output in evaluation mode, without a gradient.
  ///
  /// Runs a plan where the layers allow one, as all of this package do. Which way is taken depends on the layers and
  /// shapes alone.
  public func evaluate(_ input: Tensor) throws -> Tensor {
    if let plan = try plan(for: input, .evaluation) {
      return try plan.forward(input, stream: RandomStream(seed: 0, purpose: .dropout))
    }
    return try Tape.withoutRecording { try forward(input, tracksParameters: false) }
  }

  /// Computes the mean loss of a batch in training mode, and its gradient into ``gradient``.
  ///
  /// The numbers of ``forward(_:mode:stream:tracksParameters:)``, the loss and ``backward(_:)``, faster: by a plan where
  /// the layers and the loss allow one.
  ///
  /// - Parameters:
  ///   - targets: Labels, or a tensor like the output, as the loss needs.
  ///   - stream: Source of dropout's choices.
  public func computeGradient(
    of loss: Loss, _ inputs: Tensor, _ targets: Tensor, stream: RandomStream
  ) throws -> Double {
    if let planned = loss.planned, let plan = try plan(for: inputs, .training(planned)) {
      return try plan.step(inputs, targets, stream: stream)
    }
    let value = try loss(forward(inputs, mode: .training, stream: stream), targets)
    try backward(value)
    return try value.item()
  }

  /// Returns the plan for batches of a shape; nil where the layers or the loss have none.
  ///
  /// - Parameters:
  ///   - elementType: Of the batch; int64 for a model that looks rows up.
  ///   - loss: What training makes small; nil for evaluation.
  public func plan(shape: Shape, _ elementType: ElementType = .float32, loss: Loss?) throws -> Plan? {
    guard let loss else { return try plan(shape, elementType, .evaluation) }
    return try loss.planned.flatMap { try plan(shape, elementType, .training($0)) }
  }

  /// The plan for a batch of this shape; nil where the layers have none.
  func plan(for batch: Tensor, _ use: PlanUse) throws -> Plan? { try plan(batch.shape, batch.elementType, use) }

  private func plan(_ shape: Shape, _ batchType: ElementType, _ use: PlanUse) throws -> Plan? {
    guard elementType == .float32 else { return nil }
    let key = PlanCache.Key(
      shape: shape, elementType: batchType, use: use, convolutions: ConvolutionMode.current,
      threads: Parallel.threads)
    return try plans.plan(
      key, trace: { try trace(key) },
      make: { graph, arena in
        try Plan(
          graph, loss: use.loss, arena: arena, parameters: trainable,
          gradients: use.loss == nil ? trainable : gradient, statistics: statistics)
      })
  }

  /// Runs the layers once on a batch of zeros, with values of their own: nothing of this model changes.
  private func trace(_ key: PlanCache.Key) throws -> PlanGraph? {
    guard key.shape.elementCount > 0, root.isTraceable else { return nil }
    let blank = try Model(
      root, layout, parameters, trainable: .zeros(trainable.shape), statistics: .zeros(statistics.shape))
    let strides = key.shape.count == 4 ? key.shape.strides(inMemoryOrder: [0, 2, 3, 1]) : nil
    let input = try Tensor.uninitialized(key.shape, key.elementType, strides: strides)
    try input.fill_(0)
    let isTraining = key.use != .evaluation
    let context = ForwardContext(
      mode: isTraining ? .training : .evaluation, stream: RandomStream(seed: 0, purpose: .dropout),
      values: isTraining ? blank.leaves : blank.constants)
    let trace = Trace(
      input: input, trainable: blank.values(isTraining, .trainable), statistics: blank.values(isTraining, .statistic))
    do {
      let graph = try trace.graph { input in
        if isTraining { return try root.forward(input, context) }
        return try Tape.withoutRecording { try root.forward(input, context) }
      }
      return trace.streamPosition == context.stream.position ? graph : nil
    } catch let error as Interrupted {
      throw error
    } catch {
      // What is wrong with the batch, the tape tells with the batch's own values.
      return nil
    }
  }

  /// Parameters of one kind, as a run of the layers sees them.
  private func values(_ isTraining: Bool, _ kind: LayerParameter.Kind) -> [Tensor] {
    let values = isTraining ? leaves : constants
    return parameters.filter { $0.kind == kind }.compactMap { values[ObjectIdentifier($0)] }
  }
}

extension Loss {
  /// The loss as plans know it; nil where they do not.
  var planned: PlanLoss? {
    switch self {
    case .crossEntropy(let smoothing): .crossEntropy(labelSmoothing: smoothing)
    case .meanSquaredError: .meanSquaredError
    case .binaryCrossEntropy: nil
    }
  }
}

extension Layer {
  /// Whether a dry run shows all that `forward` does: not for code that somebody else wrote.
  var isTraceable: Bool {
    !isConfinedToOneThread && !(self is CustomModule) && children.allSatisfy { $0.layer.isTraceable }
  }
}

/// The plans of one model, those used last. One thread uses it at a time, as it does the model.
final class PlanCache {
  struct Key: Hashable {
    let shape: Shape
    let elementType: ElementType
    let use: PlanUse
    let convolutions: ConvolutionMode
    /// Threads inside a step, for which a plan has scratch memory.
    let threads: Int

    var graphKey: PlanGraphs.Key {
      PlanGraphs.Key(shape: shape, elementType: elementType, isTraining: use != .evaluation)
    }
  }

  /// What the layers do, known to all replicas.
  let graphs: PlanGraphs
  /// Memory of all plans here.
  private var arena = PlanArena()
  /// nil where the layers or the loss have no plan. The entry used last comes last.
  private var entries: [(key: Key, plan: Plan?)] = []
  private static let entryLimit = 32
  /// Bytes that are kept for the next evaluation at most; training goes on as it began.
  private static let byteLimit = 512 << 20

  init(_ graphs: PlanGraphs) { self.graphs = graphs }

  func plan(
    _ key: Key, trace: () throws -> PlanGraph?, make: (PlanGraph, PlanArena) throws -> Plan?
  ) throws -> Plan? {
    if let last = entries.last, last.key == key { return last.plan }
    if let index = entries.firstIndex(where: { $0.key == key }) {
      let entry = entries.remove(at: index)
      entries.append(entry)
      return entry.plan
    }
    let generation = arena.generation
    let plan = try graphs.graph(key.graphKey, trace: trace).flatMap { try make($0, arena) }
    // Plans in an older block would keep it alive.
    if arena.generation != generation { entries.removeAll { $0.plan != nil } }
    if let plan, key.use == .evaluation, plan.byteCount > Self.byteLimit {
      arena = PlanArena()
      entries.removeAll { $0.plan != nil }
      return plan
    }
    entries.append((key, plan))
    if entries.count > Self.entryLimit { entries.removeFirst() }
    return plan
  }
}
