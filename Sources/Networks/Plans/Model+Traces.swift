public import Tensors

extension Model {
  /// Whether models run by plans where they can. Off, everything runs on the tape, one operation after the other.
  @TaskLocal public static var usesPlans = true

  /// Whether traces of scripts are taken as they are, as inside of a round: otherwise each use of one on the script's
  /// thread looks whether the script still does the same.
  @TaskLocal public static var keepsTraces = false

  /// Whether a script's code takes part, in the layers or in an objective.
  func isScripted(_ objective: (any Objective)?) -> Bool {
    isConfinedToOneThread || objective?.isConfinedToOneThread ?? false
  }

  /// What a dry run shows for a key: made now, or known from before.
  func traced(_ key: TracedGraphs.Key, _ subject: Subject?) throws -> TracedGraphs.Entry {
    let graphs = plans.graphs
    if let known = graphs[key], Self.keepsTraces || !isScripted(subject?.objective) { return known }
    return graphs.update(key, try trace(key, subject))
  }

  /// Makes the trace of an objective for a batch's shapes, or looks whether the one that is known is still true.
  ///
  /// On the script's thread, before workers need it.
  ///
  /// - Returns: What stands in the way of a plan; nil if nothing does.
  @discardableResult
  public func prepareTraining(_ objective: any Objective, _ batch: ObjectiveBatch) throws -> String? {
    try prepare(batch.tensors.map(\.tensor), .training(objective.key), (objective, batch))
  }

  /// As ``prepareTraining(_:_:)``, for the objective's value alone.
  @discardableResult
  public func prepareValue(_ objective: any Objective, _ batch: ObjectiveBatch) throws -> String? {
    try prepare(batch.tensors.map(\.tensor), .value(objective.key), (objective, batch))
  }

  /// As ``prepareTraining(_:_:)``, for evaluation of inputs.
  @discardableResult
  public func prepareEvaluation(_ inputs: [Tensor]) throws -> String? { try prepare(inputs, .evaluation, nil) }

  private func prepare(_ tensors: [Tensor], _ purpose: PlanPurpose, _ subject: Subject?) throws -> String? {
    let key = TracedGraphs.Key(
      shapes: tensors.map(\.shape), elementTypes: tensors.map(\.elementType), purpose: purpose)
    if let known = plans.graphs[key], !isScripted(subject?.objective) { return known.obstacle }
    return try plans.graphs.update(key, trace(key, subject)).obstacle
  }

  /// Runs the layers, and the objective if there is one, dry: with values in name alone.
  private func trace(_ key: TracedGraphs.Key, _ subject: Subject?) throws -> TracedGraphs.Entry {
    guard key.shapes.allSatisfy({ $0.elementCount > 0 }) else {
      return TracedGraphs.Entry(graph: nil, names: [], obstacle: "the batch is empty")
    }
    let trace = Trace()
    do {
      let (graph, names) = try run(trace, key, subject)
      return TracedGraphs.Entry(graph: trace.obstacle == nil ? graph : nil, names: names, obstacle: trace.obstacle)
    } catch let error as Interrupted {
      throw error
    } catch let error as NetworkError where error.isElsewhere {
      throw error
    } catch {
      // What is wrong with the batch, the tape tells with the batch's own values.
      return TracedGraphs.Entry(graph: nil, names: [], obstacle: trace.obstacle ?? "\(error)")
    }
  }

  private func run(
    _ trace: Trace, _ key: TracedGraphs.Key, _ subject: Subject?
  ) throws -> (graph: PlanGraph?, names: [String]) {
    let purpose = key.purpose
    let (blank, inputs) = try trace.run { (try symbolicReplica(), try Self.symbols(key)) }
    let values = purpose.trainsParameters ? blank.leaves : blank.constants
    trace.begin(
      inputs: inputs, trainable: blank.views(of: .trainable, in: values),
      statistics: blank.views(of: .statistic, in: values))
    let context = ForwardContext(
      mode: purpose.trainsParameters ? .training : .evaluation, stream: RandomStream(seed: 0, purpose: .dropout),
      values: values)
    var names: [String] = []
    let graph = try trace.graph { inputs in
      let output = try blank.outputs(inputs, context, subject)
      names = output.names
      return output.tensors
    }
    if trace.streamPosition != context.stream.position {
      trace.fail("random numbers are drawn by something else than dropout")
    }
    return (graph, names)
  }

  /// The input gradient inside of a dry run: one operation of the plan around it.
  func tracedInputGradient(
    of objective: any Objective, _ batch: ObjectiveBatch, _ count: Int
  ) throws -> InputGradient {
    let tensors = batch.tensors.map(\.tensor), trace = Trace()
    let key = TracedGraphs.Key(
      shapes: tensors.map(\.shape), elementTypes: tensors.map(\.elementType),
      purpose: .inputGradient(objective.key, inputs: count))
    let (graph, names) = try run(trace, key, (objective, batch))
    guard let graph, trace.obstacle == nil else {
      Trace.obstruct(trace.obstacle ?? "the gradient of inputs has no plan")
      // The rest of the dry run goes on with values of the right shapes; nothing comes of it.
      return InputGradient(
        loss: try .uninitialized([]), gradients: Array(tensors.prefix(count)), others: LayerOutput([]))
    }
    let found = try Trace.noteGradient(of: graph, tensors + trace.captured, count: count)
    return InputGradient(
      loss: found.outputs[0], gradients: found.gradients,
      others: LayerOutput(Array(found.outputs.dropFirst()), names: names))
  }

  /// What a plan computes: an objective's loss first, then what it gives beside, or else the layers' outputs.
  private func outputs(_ inputs: [Tensor], _ context: ForwardContext, _ subject: Subject?) throws -> LayerOutput {
    guard let (objective, batch) = subject else {
      return try Tape.withoutRecording { try root.forward(inputs, context) }
    }
    let streams = PlanStreams(dropout: context.stream)
    let value = try running(objective, batch.replacing(inputs), context, streams)
    return LayerOutput([value.loss] + value.others.tensors, names: value.others.names)
  }

  /// A model of the same layers whose values exist in name alone; inside of a dry run.
  private func symbolicReplica() throws -> Model {
    try Model(
      root, layout, parameters, trainable: .uninitialized(trainable.shape), statistics: .uninitialized(statistics.shape)
    )
  }

  /// Inputs of a dry run.
  private static func symbols(_ key: TracedGraphs.Key) throws -> [Tensor] {
    try key.shapes.indices.map { index in
      let shape = key.shapes[index]
      let strides = shape.count == 4 ? shape.strides(inMemoryOrder: [0, 2, 3, 1]) : nil
      let tensor = try Tensor.uninitialized(shape, key.elementTypes[index], strides: strides)
      return index < key.purpose.differentiatedInputs ? try tensor.requiresGradient() : tensor
    }
  }

  /// Parameters of one kind, as a run of the layers sees them.
  private func views(of kind: LayerParameter.Kind, in values: [ObjectIdentifier: Tensor]) -> [Tensor] {
    parameters.filter { $0.kind == kind }.compactMap { values[ObjectIdentifier($0)] }
  }
}

extension NetworkError {
  fileprivate var isElsewhere: Bool { if case .elsewhere = self { true } else { false } }
}
