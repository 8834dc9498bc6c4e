public import Tensors

/// A tree of layers together with the values of its parameters.
///
/// All trainable parameters lie in one vector ``trainable`` and all statistics in another, so that optimizers,
/// aggregation and clipping are single passes; layers see views of them. A federated update is a row
/// `[trainable | statistics]` as ``layout`` tells.
///
/// The layers are shared by all replicas of a model, the values are its own: a replica costs one copy of the vectors.
/// One model may be used by one thread at a time; replicas may run at once unless ``isConfinedToOneThread``.
public final class Model: @unchecked Sendable {
  public let root: any Layer
  public let layout: ParameterLayout
  public let elementType: ElementType
  /// Values that an optimizer changes. Shape `[P]`.
  public let trainable: Tensor
  /// Running means and variances. Shape `[d - P]`. Storage of its own: writing it leaves recorded weights valid.
  public let statistics: Tensor
  /// Gradient of the last ``backward(_:)``. Shape `[P]`.
  public private(set) lazy var gradient: Tensor = trainable.zerosLike()

  /// Parameters in the order of the layout.
  let parameters: [LayerParameter]
  /// Views by parameter: as leaves of the tape, and without recording.
  let leaves: [ObjectIdentifier: Tensor], constants: [ObjectIdentifier: Tensor]
  /// Views of `gradient` by leaf.
  private lazy var gradientViews: [ObjectIdentifier: Tensor] = makeGradientViews()
  /// Plans made so far, by the shape of the batch.
  let plans: PlanCache
  /// Writes to the parameters when their first values had just been drawn without a chosen seed; nil otherwise.
  private var untouchedVersion: Int?

  /// Makes a model and draws its first values.
  ///
  /// - Parameters:
  ///   - seed: The same seed gives the same bits. Without one, seed 0 is taken and ``isUntouched`` holds.
  ///   - elementType: float32, or float64 as an oracle.
  public convenience init(_ root: any Layer, seed: UInt64? = nil, elementType: ElementType = .float32) throws {
    guard elementType.isFloat else {
      throw NetworkError.elementType(op: "model", got: elementType, expected: "float32 or float64 is needed")
    }
    let named = Self.collect(root)
    let layout = ParameterLayout(named)
    let ordered = [LayerParameter.Kind.trainable, .statistic].flatMap { kind in
      named.map(\.parameter).filter { $0.kind == kind }
    }
    try self.init(
      root, layout, ordered, trainable: .zeros([layout.trainableCount], elementType),
      statistics: .zeros([layout.statisticCount], elementType))
    try initialize(seed: seed ?? 0)
    if seed == nil { untouchedVersion = writeCount }
  }

  init(
    _ root: any Layer, _ layout: ParameterLayout, _ parameters: [LayerParameter], trainable: Tensor, statistics: Tensor,
    graphs: TracedGraphs = TracedGraphs()
  ) throws {
    self.root = root
    self.layout = layout
    self.parameters = parameters
    self.trainable = trainable
    self.statistics = statistics
    plans = PlanCache(graphs)
    elementType = trainable.elementType
    var leaves: [ObjectIdentifier: Tensor] = [:], constants: [ObjectIdentifier: Tensor] = [:]
    for (parameter, entry) in zip(parameters, layout.entries) {
      let isTrainable = entry.kind == .trainable
      let view = try layout.view(
        entry, of: isTrainable ? trainable : statistics, startingAt: isTrainable ? 0 : layout.trainableCount)
      constants[ObjectIdentifier(parameter)] = view
      leaves[ObjectIdentifier(parameter)] = isTrainable ? try view.detach().requiresGradient() : view
    }
    self.leaves = leaves
    self.constants = constants
  }

  /// Lists all parameters with their full names; a layer that occurs again adds nothing.
  private static func collect(_ root: any Layer) -> [(name: String, parameter: LayerParameter)] {
    var found: [(name: String, parameter: LayerParameter)] = [], seen: Set<ObjectIdentifier> = []
    func visit(_ layer: any Layer, _ prefix: String) {
      for parameter in layer.parameters where seen.insert(ObjectIdentifier(parameter)).inserted {
        found.append((prefix + parameter.name, parameter))
      }
      for child in layer.children { visit(child.layer, "\(prefix)\(child.name).") }
    }
    visit(root, "")
    return found
  }

  /// P: how many values an optimizer changes.
  public var parameterCount: Int { layout.trainableCount }

  /// Whether all values are still the first ones, drawn without a chosen seed: a simulation may then draw its own.
  public var isUntouched: Bool { untouchedVersion == writeCount }

  private var writeCount: Int { trainable.storage.version + statistics.storage.version }

  /// Whether a layer calls back into a script, so that the model must stay on the script's thread.
  public var isConfinedToOneThread: Bool { root.isConfinedToOneThread }

  /// Draws the first values anew. Each parameter has its own stream, keyed by the seed and its position.
  public func initialize(seed: UInt64) throws {
    for (index, parameter) in parameters.enumerated() {
      var stream = RandomStream(seed: seed, purpose: "initialization", client: index)
      let values = parameter.initializer.values(count: parameter.shape.elementCount, stream: &stream)
      try constants[ObjectIdentifier(parameter)]!.copy_(
        Tensor(values, shape: parameter.shape).to(elementType))
    }
  }

  // MARK: Running

  /// Computes the model's output.
  ///
  /// - Parameters:
  ///   - mode: Training, evaluation or re-estimation of statistics.
  ///   - stream: Source of dropout's choices.
  ///   - tracksParameters: Whether `backward` reaches the parameters; false for gradients of inputs alone.
  public func forward(
    _ input: Tensor, mode: ForwardContext.Mode = .evaluation,
    stream: RandomStream = RandomStream(seed: 0, purpose: "dropout"), tracksParameters: Bool = true
  ) throws -> Tensor {
    try forward([input], mode: mode, stream: stream, tracksParameters: tracksParameters).single()
  }

  /// As ``forward(_:mode:stream:tracksParameters:)``, for a model that takes several tensors or gives several.
  public func forward(
    _ inputs: [Tensor], mode: ForwardContext.Mode = .evaluation,
    stream: RandomStream = RandomStream(seed: 0, purpose: "dropout"), tracksParameters: Bool = true
  ) throws -> LayerOutput {
    let context = ForwardContext(mode: mode, stream: stream, values: tracksParameters ? leaves : constants)
    return try root.forward(inputs, context)
  }

  /// Computes the gradient of a loss into ``gradient``, replacing what was there.
  public func backward(_ loss: Tensor) throws {
    try gradient.fill_(0)
    let views = gradientViews
    // A leaf that is no parameter, such as an input under attack, has no place here.
    try loss.backward(accumulatingInto: { leaf in views[ObjectIdentifier(leaf)] ?? leaf.zerosLike() })
  }

  private func makeGradientViews() -> [ObjectIdentifier: Tensor] {
    var views: [ObjectIdentifier: Tensor] = [:]
    for (parameter, entry) in zip(parameters, layout.entries) where entry.kind == .trainable {
      guard let leaf = leaves[ObjectIdentifier(parameter)] else { continue }
      views[ObjectIdentifier(leaf)] = Tensor(
        viewing: gradient.storage, shape: leaf.shape, strides: leaf.strides, offset: leaf.offset,
        elementType: elementType)
    }
    return views
  }

  /// Replaces the statistics by the mean over `batches`, with the parameters as they are.
  public func reestimateStatistics(over batches: some Sequence<Tensor>) throws {
    try Tape.withoutRecording {
      for (index, batch) in batches.enumerated() {
        try Interrupt.check()
        _ = try forward(batch, mode: .estimation(batch: index + 1), tracksParameters: false)
      }
    }
  }

  // MARK: Values

  /// Returns the view of a parameter by its full name, in its logical shape; nil for an unknown name.
  public func parameter(named name: String) -> Tensor? {
    layout.entries.firstIndex { $0.name == name }.flatMap { constants[ObjectIdentifier(parameters[$0])] }
  }

  /// Copies all values into one vector `[trainable | statistics]`. Shape `[d]`.
  public func vector() throws -> Tensor {
    let vector = try Tensor.uninitialized([layout.count], elementType)
    try vector.narrow(axis: 0, start: 0, count: layout.trainableCount).copy_(trainable)
    try vector.narrow(axis: 0, start: layout.trainableCount, count: layout.statisticCount).copy_(statistics)
    return vector
  }

  /// Takes all values from a vector `[trainable | statistics]`. Shape `[d]`.
  ///
  /// - Throws: ``NetworkError/vector(op:got:expected:)`` for another length.
  public func load(_ vector: Tensor) throws {
    guard vector.shape == [layout.count] else {
      throw NetworkError.vector(op: "set_vector", got: vector.shape, expected: layout.count)
    }
    try trainable.copy_(vector.narrow(axis: 0, start: 0, count: layout.trainableCount).to(elementType))
    try statistics.copy_(
      vector.narrow(axis: 0, start: layout.trainableCount, count: layout.statisticCount).to(elementType))
  }

  /// Makes a model with the same layers and a copy of the values.
  ///
  /// - Parameter elementType: Type of the copy; this model's if nil.
  public func replica(elementType: ElementType? = nil) throws -> Model {
    let copy = try Model(
      root, layout, parameters, trainable: .zeros(trainable.shape, elementType ?? self.elementType),
      statistics: .zeros(statistics.shape, elementType ?? self.elementType), graphs: plans.graphs)
    try copy.copyValues(from: self)
    return copy
  }

  /// Takes all values from a model with the same layout: one pass, no allocation.
  public func copyValues(from other: Model) throws {
    guard layout == other.layout else {
      throw NetworkError.layout(op: "copy", detail: "digests \(layout.digest) and \(other.layout.digest)")
    }
    try trainable.copy_(other.trainable.to(elementType))
    try statistics.copy_(other.statistics.to(elementType))
  }
}
