import TestSupport
import Testing

@testable import Tensors

/// Ways in which the operands of an operation come from parameters.
enum Arrangement: CaseIterable, Sendable {
  case rowMajor, reversed, channelsLast, weight
  /// Each operand is a view with gaps into a parameter.
  case viewOfParameter
  /// Each operand is a view with gaps into a computed value.
  case viewOfValue
  /// Each operand repeats one position along its first axis.
  case repeatedFirst
  /// Each operand repeats one position along its last axis.
  case repeatedLast
  /// Operands of one shape are the same tensor.
  case shared

  var order: MemoryOrder {
    switch self {
    case .reversed: .reversed
    case .channelsLast: .channelsLast
    case .weight: .weight
    default: .rowMajor
    }
  }

  private func repeatedAxis(_ shape: [Int]) -> Int? {
    switch self {
    case .repeatedFirst: shape.isEmpty ? nil : 0
    case .repeatedLast: shape.isEmpty ? nil : shape.count - 1
    default: nil
    }
  }

  /// Whether operands repeat values.
  var repeats: Bool { self == .repeatedFirst || self == .repeatedLast }

  private var isView: Bool { self == .viewOfParameter || self == .viewOfValue }

  /// Whether it differs from the row-major one for an operation.
  func applies(to operation: OperationCase) -> Bool {
    let shapes = operation.operands.map(\.shape)
    switch self {
    case .rowMajor: return true
    case .shared: return Set(shapes).count < shapes.count
    default: return shapes.contains { isView || repeatedAxis($0) != nil ? !$0.isEmpty : order.applies(to: $0) }
    }
  }

  /// Shape of the parameter behind an operand.
  func parameterShape(_ shape: [Int]) -> [Int] {
    if isView { return shape.map { $0 + 2 } }
    var result = shape
    if let axis = repeatedAxis(shape) { result[axis] = Swift.min(result[axis], 1) }
    return result
  }

  /// The operand, from the parameter behind it.
  func operand(_ parameter: Tensor, _ shape: [Int]) throws -> Tensor {
    if repeatedAxis(shape) != nil { return try parameter.expand(shape) }
    guard isView else { return parameter }
    return try shape.indices.reduce(self == .viewOfValue ? parameter.mul(2) : parameter) { view, axis in
      try view.narrow(axis: axis, start: 1, count: shape[axis])
    }
  }
}

/// One operation by the tape and by a plan, with the same parameters and the squared distance from a target as loss.
struct PlannedOperation {
  let operation: OperationCase
  let arrangement: Arrangement
  /// Operands whose gradient is asked for.
  var wanted: Set<Int>

  init(_ operation: OperationCase, _ arrangement: Arrangement = .rowMajor, wanted: Set<Int>? = nil) {
    self.operation = operation
    self.arrangement = arrangement
    self.wanted = wanted ?? Set(operation.operands.indices)
  }

  struct Outcome {
    var output: [Double] = []
    var loss = 0.0
    var gradients: [[Double]] = []
  }

  /// The parameter behind each operand.
  private var sources: [Int] {
    let operands = operation.operands
    guard arrangement == .shared else { return Array(operands.indices) }
    return operands.map { operand in operands.firstIndex { $0.shape == operand.shape }! }
  }

  private func compute(_ parameters: [Tensor]) throws -> Tensor {
    let operands = try zip(sources, operation.operands).map { source, operand in
      try arrangement.operand(parameters[source], operand.shape)
    }
    // So that the output is no view of a parameter.
    return try operation.compute(operands).mul(1)
  }

  /// Parameters in a row of one vector; `fill` gives their elements.
  private func parameters(_ fill: (Int) -> [Double]) throws -> (vector: Tensor, views: [Tensor]) {
    let laid = try operation.operands.enumerated().map { index, operand in
      let shape = arrangement.parameterShape(operand.shape), count = shape.reduce(1, *)
      let order = arrangement.order.applies(to: shape) ? arrangement.order : .rowMajor
      let some = fill(index), values = (0..<count).map { some.isEmpty ? 1 : some[$0 % some.count] }
      return try order.tensor(values, shape, .float32)
    }
    let vector = try Tensor.zeros([Swift.max(laid.reduce(0) { $0 + $1.count }, 1)])
    var offset = 0
    let views = try laid.enumerated().map { index, tensor in
      defer { offset += tensor.count }
      let view = Tensor(viewing: vector.storage, shape: tensor.shape, strides: tensor.strides, offset: offset)
      try view.copy_(tensor)
      if wanted.contains(index) { try view.requiresGradient() }
      return view
    }
    return (vector, views)
  }

  private func target(_ shape: [Int]) -> Tensor {
    let values = (0..<shape.reduce(1, *)).map { index -> Float in Float((index * 7 + 3) % 11) / 5 - 1 }
    return Tensor(values, shape: shape)
  }

  func taped() throws -> Outcome {
    let values = operation.values(), views = try parameters { values[$0] }.views
    let output = try compute(views), loss = try output.mse(target(output.shape))
    let gradients = try loss.backward()
    return Outcome(
      output: output.values, loss: try loss.item(),
      gradients: views.map { gradients[$0]?.values ?? [Double](repeating: 0, count: $0.count) })
  }

  /// Whether the result depends on what is asked for through something that has a gradient.
  func hasGradient() throws -> Bool { try compute(parameters { operation.values()[$0] }.views).needsGradient }

  /// The graph of a dry run with other values; nil where there is an obstacle.
  func trace(recording: Bool = true) throws -> (graph: PlanGraph?, obstacle: String?) {
    let views = try parameters { _ in [0.5] }.views
    let trace = Trace()
    trace.takesConstants = true
    let target = try Tensor.zeros(Tape.withoutRecording { try compute(views) }.shape)
    trace.begin(inputs: [target], trainable: views)
    let graph = try trace.graph { inputs in
      guard recording else { return [try Tape.withoutRecording { try compute(views) }] }
      return [try compute(views).mse(inputs[0])]
    }
    return (graph, trace.obstacle)
  }

  /// nil where there is no plan.
  func planned() throws -> Outcome? {
    let values = operation.values()
    let (vector, views) = try parameters { values[$0] }, gradient = try Tensor.full(vector.shape, 9)
    let nothing = try Tensor.ones([1]), stream = RandomStream(seed: 3, purpose: .dropout)
    var outcome = Outcome()
    guard let graph = try trace().graph, let evaluated = try trace(recording: false).graph else { return nil }
    let plan = try Plan(
      graph, differentiates: true, arena: PlanArena(), parameters: vector, gradients: gradient, statistics: nothing)
    let forward = try Plan(
      evaluated, differentiates: false, arena: PlanArena(), parameters: vector, gradients: vector,
      statistics: nothing)
    let streams = PlanStreams(dropout: stream)
    // The second run meets what the first left in the plan's memory.
    for _ in 0..<2 {
      outcome.loss = try plan.value([target(plan.inputShapes[0])], streams)
      outcome.output = try forward.run([target(plan.inputShapes[0])], streams)[0].values
    }
    outcome.gradients = views.map {
      Tensor(viewing: gradient.storage, shape: $0.shape, strides: $0.strides, offset: $0.offset).values
    }
    return outcome
  }

  private var tolerance: Tolerance {
    let usual = Tolerance.float32Accumulated(operation.terms)
    guard arrangement.repeats else { return usual }
    // What is the same everywhere has no deviation, so a normalization magnifies rounding by 1 / sqrt(epsilon); and
    // shares of one gradient may cancel.
    return Tolerance(relative: usual.relative, absolute: operation.name.contains("norm") ? 1e-4 : 1e-6)
  }

  /// Where plan and tape differ.
  func failures() throws -> [String] {
    guard let got = try planned() else { return ["no plan: \(try trace().obstacle ?? "no reason")"] }
    let expected = try taped(), tolerance = tolerance
    var pairs = [("output", got.output, expected.output), ("loss", [got.loss], [expected.loss])]
    for index in expected.gradients.indices {
      pairs.append(("gradient \(index + 1)", got.gradients[index], expected.gradients[index]))
    }
    return pairs.compactMap { name, got, expected in tolerance.mismatch(got, expected).map { "\(name), \($0)" } }
  }
}
