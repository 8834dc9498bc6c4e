import LuaRuntime
import Tensors

/// Axes and what becomes of them: `x:sum { 1, 2 }` or `x:sum { axis = 1, keep_axes = true }`.
struct ReductionOptions: LuaOptions {
  var axes: [Axis] = []
  var axis: Axis?
  var keepAxes: Bool?

  static let fields = Fields<ReductionOptions> { field in
    field.items("axes", \.axes, "Several axes.")
    field.option("axis", \.axis, "One axis.")
    field.option("keep_axes", \.keepAxes, "Whether the axes stay with size 1.")
  }
}

/// One axis, or several, or options.
typealias ReductionArgument = Either<Axis, ReductionOptions>

/// The axes of a reduction; nil for all.
struct Reduction {
  let axes: [Int]?
  let keepAxes: Bool

  /// - Parameter keepAxes: What stands behind the axes; it may stand in the options as well, once.
  init(_ argument: ReductionArgument?, _ keepAxes: Bool?) throws {
    switch argument {
    case nil: self.init(axes: nil, keepAxes: keepAxes ?? false)
    case .first(let axis): self.init(axes: [axis.index], keepAxes: keepAxes ?? false)
    case .second(let options):
      guard options.axis == nil || options.axes.isEmpty else {
        throw LuaFailure("option 'axis' stands beside a list of axes; one of them is needed")
      }
      guard options.keepAxes == nil || keepAxes == nil else {
        throw LuaFailure("keep_axes is given twice; once is enough")
      }
      let listed = options.axes.isEmpty ? nil : options.axes.map(\.index)
      self.init(axes: options.axis.map { [$0.index] } ?? listed, keepAxes: options.keepAxes ?? keepAxes ?? false)
    }
  }

  private init(axes: [Int]?, keepAxes: Bool) {
    self.axes = axes
    self.keepAxes = keepAxes
  }
}

/// What documentation says of the axes of every reduction.
let reductionSentence = "An axis, a table of axes, or options; all axes by default."

extension ClassBuilder where Object == Tensor {
  mutating func addTensorReductions() {
    addReduction(
      "sum", "Adds up over axes, or over everything.",
      Example("print(fed.tensor { {1, 2}, {3, 4} }:sum(1))", prints: "Tensor [2] float32\n  4  6")
    ) { try $0.sum(axes: $1, keepAxes: $2) }
    addReduction(
      "mean", "Averages over axes, or over everything.",
      Example(
        "print(fed.tensor { {1, 2}, {3, 4} }:mean(-1, true))", prints: "Tensor [2, 1] float32\n  1.5000\n  3.5000")
    ) { try $0.mean(axes: $1, keepAxes: $2) }
    addExtremes()
  }

  mutating func addReduction(
    _ name: String, _ sentence: String, _ example: Example,
    _ reduce: @escaping @Sendable (Tensor, [Int]?, Bool) throws -> Tensor
  ) {
    method(
      name, sentence, Parameter<ReductionArgument?>("axes", reductionSentence),
      Parameter<Bool?>("keep_axes", "Whether the axes stay with size 1."), returns: "The tensor.", example: example
    ) { (x: Tensor, axes: ReductionArgument?, keepAxes: Bool?) in
      let reduction = try Reduction(axes, keepAxes)
      return try reduce(x, reduction.axes, reduction.keepAxes)
    }
  }

  private mutating func addExtremes() {
    addReduction(
      "max", "Returns the largest elements over axes, or the largest of all.",
      Example("print(fed.tensor { {1, 5}, {7, 2} }:max(2))", prints: "Tensor [2] float32\n  5  7")
    ) { try $0.max(axes: $1, keepAxes: $2) }
    addReduction(
      "min", "Returns the smallest elements over axes, or the smallest of all.",
      Example("print(fed.tensor { {1, 5}, {7, 2} }:min())", prints: "Tensor(1)")
    ) { try $0.min(axes: $1, keepAxes: $2) }
    method(
      "argmax", "Returns the position of the largest element, from 1.",
      Parameter<Axis?>("axis", "Gives a position for each place along the other axes; a vector needs none."),
      returns: "A number for a vector, else a tensor of positions.",
      example: Example("print(fed.tensor { 3, 9, 4 }:argmax())", prints: "2")
    ) { (x: Tensor, axis: Axis?) in try x.positions(axis) { try $0.argmax(axis: $1) } }
    method(
      "argmin", "Returns the position of the smallest element, from 1.",
      Parameter<Axis?>("axis", "Gives a position for each place along the other axes; a vector needs none."),
      returns: "A number for a vector, else a tensor of positions.",
      example: Example("print(fed.tensor { {3, 9}, {4, 1} }:argmin(2))", prints: "Tensor [2] int64\n  1  2")
    ) { (x: Tensor, axis: Axis?) in try x.positions(axis) { try $0.argmin(axis: $1) } }
    method(
      "labels", "Returns the label of the highest score along the last axis: classes count from 0, as in files.",
      returns: "A tensor of labels.",
      example: Example("print(fed.tensor { {3, 9}, {4, 1} }:labels())", prints: "Tensor [2] int64\n  1  0")
    ) { (x: Tensor) in try x.argmax() }
  }
}

extension Tensor {
  /// Positions as scripts count them: a number where there is one.
  fileprivate func positions(
    _ axis: Axis?, _ find: (Tensor, Int) throws -> Tensor
  ) throws -> Either<Int, Tensor> {
    guard axis != nil || rank == 1 else {
      throw LuaFailure("an axis is needed for a tensor of shape \(shape)")
    }
    let places = try find(self, axis?.index ?? 0).integers.map { $0 + 1 }
    guard rank > 1 else { return .first(places[0]) }
    var kept = shape
    kept.remove(at: (axis?.index ?? 0) < 0 ? rank + (axis?.index ?? 0) : axis?.index ?? 0)
    return .second(Tensor(labels: places, shape: kept))
  }
}
