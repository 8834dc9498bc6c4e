public import Tensors

extension Model {
  /// Computes the output in evaluation mode, without a gradient.
  ///
  /// Runs a plan where the layers allow one, as all of this package do. Which way is taken depends on the layers and
  /// shapes alone.
  public func evaluate(_ input: Tensor) throws -> Tensor { try evaluate([input]).single() }

  /// As ``evaluate(_:)``, for a model that takes several tensors or gives several.
  public func evaluate(_ inputs: [Tensor]) throws -> LayerOutput {
    if let planned = try planned(for: inputs, .evaluation) {
      let streams = PlanStreams(dropout: RandomStream(seed: 0, purpose: .dropout))
      return LayerOutput(try planned.plan.run(inputs, streams), names: planned.names)
    }
    return try Tape.withoutRecording { try forward(inputs, tracksParameters: false) }
  }

  /// Computes an objective in training mode, and its gradient into ``gradient``.
  ///
  /// The numbers of the tape, faster: by a plan where layers and objective allow one.
  ///
  /// - Returns: The loss, a mean over the batch for all losses of this package.
  public func computeGradient(
    of objective: any Objective, _ batch: ObjectiveBatch, _ streams: PlanStreams
  ) throws -> Double {
    let tensors = batch.tensors.map(\.tensor)
    if let planned = try planned(for: tensors, .training(objective.key), (objective, batch)) {
      return try planned.plan.value(tensors, streams.filled(for: batch))
    }
    let context = ForwardContext(mode: .training, stream: streams.dropout, values: leaves)
    let value = try running(objective, batch, context, streams).loss
    try backward(value)
    return try value.item()
  }

  /// As ``computeGradient(of:_:_:)``, for inputs with a target each.
  public func computeGradient(
    of objective: any Objective, _ inputs: Tensor, _ targets: Tensor, stream: RandomStream
  ) throws -> Double {
    try computeGradient(
      of: objective, ObjectiveBatch(inputs: inputs, targets: targets), PlanStreams(dropout: stream))
  }

  /// Computes an objective in evaluation mode, without a gradient.
  public func evaluate(_ objective: any Objective, on batch: ObjectiveBatch, _ streams: PlanStreams) throws -> Double {
    let tensors = batch.tensors.map(\.tensor)
    if let planned = try planned(for: tensors, .value(objective.key), (objective, batch)) {
      return try planned.plan.value(tensors, streams.filled(for: batch))
    }
    let context = ForwardContext(mode: .evaluation, stream: streams.dropout, values: constants)
    return try Tape.withoutRecording { try running(objective, batch, context, streams).loss.item() }
  }

  /// What ``inputGradient(of:_:inputs:_:)`` gives.
  public struct InputGradient {
    /// A single number.
    public let loss: Tensor
    /// Gradients of the first tensors of the batch, each of its shape.
    public let gradients: [Tensor]
    /// What the objective gives beside the loss.
    public let others: LayerOutput
  }

  /// Computes an objective in evaluation mode, and its gradient with respect to the first tensors of the batch.
  ///
  /// The parameters are constants: normalization is folded into convolutions, and no gradient of a weight is computed.
  public func inputGradient(
    of objective: any Objective, _ batch: ObjectiveBatch, inputs count: Int = 1, _ streams: PlanStreams
  ) throws -> InputGradient {
    if Trace.isTracing { return try tracedInputGradient(of: objective, batch, count) }
    let tensors = batch.tensors.map(\.tensor)
    let purpose = PlanPurpose.inputGradient(objective.key, inputs: count)
    if let planned = try planned(for: tensors, purpose, (objective, batch)) {
      let outputs = try planned.plan.run(tensors, streams.filled(for: batch))
      return InputGradient(
        loss: outputs[0], gradients: (0..<count).compactMap { planned.plan.gradient(ofInput: $0) },
        others: LayerOutput(Array(outputs.dropFirst()), names: planned.names))
    }
    let marked = try tensors.enumerated().map { $0 < count ? try $1.detach().requiresGradient() : $1 }
    let context = ForwardContext(mode: .evaluation, stream: streams.dropout, values: constants)
    let value = try running(objective, batch.replacing(marked), context, streams)
    // What does not depend on the inputs has a gradient of zero.
    let found = value.loss.needsGradient ? try value.loss.backward() : nil
    return InputGradient(
      loss: value.loss.detach(), gradients: marked.prefix(count).map { found?[$0] ?? $0.zerosLike() },
      others: LayerOutput(value.others.tensors.map { $0.detach() }, names: value.others.names))
  }

  /// Evaluates an objective with this model, on the tape or in a dry run.
  func running(
    _ objective: any Objective, _ batch: ObjectiveBatch, _ context: ForwardContext, _ streams: PlanStreams
  ) throws -> ObjectiveValue {
    let draws = Draws(streams.filled(for: batch).draws)
    let value = try objective(ObjectiveRun(model: self, context: context, batch: batch, draws: draws))
    guard value.loss.count == 1 else { throw TensorError.backwardOfMany(shape: value.loss.shape) }
    return value
  }

  // MARK: Plans

  /// The plan of an objective's training step for a batch of these shapes; nil where something stands in the way.
  public func plan(of objective: any Objective, _ batch: ObjectiveBatch) throws -> Plan? {
    try planned(for: batch.tensors.map(\.tensor), .training(objective.key), (objective, batch))?.plan
  }

  /// The plan of evaluation for inputs of these shapes; nil where something stands in the way.
  public func plan(of inputs: [Tensor]) throws -> Plan? { try planned(for: inputs, .evaluation)?.plan }

  /// An objective with a batch of the shapes it is evaluated on.
  typealias Subject = (objective: any Objective, batch: ObjectiveBatch)

  /// The plan for tensors of these shapes; nil where there is none.
  func planned(for tensors: [Tensor], _ purpose: PlanPurpose, _ subject: Subject? = nil) throws -> PlanCache.Planned? {
    guard elementType == .float32, Self.usesPlans else { return nil }
    let key = PlanCache.Key(
      traced: TracedGraphs.Key(
        shapes: tensors.map(\.shape), elementTypes: tensors.map(\.elementType), purpose: purpose),
      convolutions: ConvolutionMode.current, threads: Parallel.threads)
    return try plans.plan(key, isSettled: !isScripted(subject?.objective)) {
      try traced(key.traced, subject)
    } make: { graph, arena in
      try Plan(
        graph, differentiates: purpose.isDifferentiated, arena: arena, parameters: trainable,
        gradients: purpose.trainsParameters ? gradient : nil, statistics: statistics)
    }
  }
}

extension PlanStreams {
  /// With the samples of a batch, where draws have none yet.
  fileprivate func filled(for batch: ObjectiveBatch) -> PlanStreams {
    var streams = self
    if streams.draws.samples.isEmpty { streams.draws.samples = batch.samples }
    return streams
  }
}
