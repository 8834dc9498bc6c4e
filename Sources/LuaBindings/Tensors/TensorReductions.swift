import LuaRuntime
import Tensors

/// One axis or several; nil stands for all.
private typealias Axes = Either<Axis, [Axis]>

extension Optional where Wrapped == Axes {
  fileprivate var indices: [Int]? {
    switch self {
    case nil: nil
    case .first(let axis): [axis.index]
    case .second(let axes): axes.map(\.index)
    }
  }
}

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
    method(
      "variance", "Averages the squared distance from the mean over axes, or over everything.",
      Parameter<Axes?>("axes", "An axis, or a table of axes; all of them by default."),
      Parameter("keep_axes", "Whether the axes stay with size 1.", default: false),
      Parameter("unbiased", "Whether to divide by one less than the number of values.", default: false),
      returns: "The tensor.",
      example: Example("print(fed.tensor { 1, 2, 3 }:variance(nil, false, true))", prints: "Tensor(1)")
    ) { (x: Tensor, axes: Axes?, keepAxes: Bool, isUnbiased: Bool) in
      try x.variance(axes: axes.indices, keepAxes: keepAxes, isUnbiased: isUnbiased)
    }
    method(
      "norm", "Returns the square root of the sum of squares.", returns: "A tensor without axes.",
      example: Example("print(fed.tensor { 3, 4 }:norm())", prints: "Tensor(5)")
    ) { (x: Tensor) in try x.norm() }
    method(
      "median", "Returns the middle of all elements by size, the mean of the middle two for an even number.",
      returns: "A tensor without axes.", example: Example("print(fed.tensor { 9, 1, 2 }:median())", prints: "Tensor(2)")
    ) { (x: Tensor) in try x.median() }
    addExtremes()
  }

  private mutating func addReduction(
    _ name: String, _ sentence: String, _ example: Example,
    _ reduce: @escaping @Sendable (Tensor, [Int]?, Bool) throws -> Tensor
  ) {
    method(
      name, sentence, Parameter<Axes?>("axes", "An axis, or a table of axes; all of them by default."),
      Parameter("keep_axes", "Whether the axes stay with size 1.", default: false), returns: "The tensor.",
      example: example
    ) { (x: Tensor, axes: Axes?, keepAxes: Bool) in try reduce(x, axes.indices, keepAxes) }
  }

  private mutating func addExtremes() {
    let axis = "The axis; everything by default."
    method(
      "max", "Returns the largest element along an axis, or of all.", Parameter<Axis?>("axis", axis),
      Parameter("keep_axis", "Whether the axis stays with size 1.", default: false), returns: "The tensor.",
      example: Example("print(fed.tensor { {1, 5}, {7, 2} }:max(2))", prints: "Tensor [2] float32\n  5  7")
    ) { (x: Tensor, axis: Axis?, keepAxis: Bool) in try x.max(axis: axis?.index, keepAxis: keepAxis) }
    method(
      "min", "Returns the smallest element along an axis, or of all.", Parameter<Axis?>("axis", axis),
      Parameter("keep_axis", "Whether the axis stays with size 1.", default: false), returns: "The tensor.",
      example: Example("print(fed.tensor { {1, 5}, {7, 2} }:min())", prints: "Tensor(1)")
    ) { (x: Tensor, axis: Axis?, keepAxis: Bool) in try x.min(axis: axis?.index, keepAxis: keepAxis) }
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
