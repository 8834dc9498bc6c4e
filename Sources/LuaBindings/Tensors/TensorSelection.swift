import LuaRuntime
import Tensors

/// Along which axis positions are meant.
private struct GatherOptions: LuaOptions {
  var axis: Axis?

  static let fields = Fields<GatherOptions> { field in
    field.option(
      "axis", \.axis,
      "Takes single elements along this axis, by a tensor of positions of the same rank; else whole rows.")
  }
}

/// Elements by position, by mask and by label.
extension ClassBuilder where Object == Tensor {
  mutating func addTensorSelection() {
    addGather()
    method(
      "nonzero", "Returns the positions of the elements that are not 0, row by row.",
      returns: "Positions from 1, [m, rank].",
      example: Example("print(fed.tensor { {0, 5}, {7, 0} }:nonzero())", prints: "Tensor [2, 2] int64\n  1  2\n  2  1")
    ) { (x: Tensor) in try x.nonzero().countedFromOne() }
    method(
      "select_where", "Takes what a mask marks by 1, as x[mask] does: rows, or single elements.",
      Parameter("mask", "Zeros and ones: one a row, or of this shape."),
      returns: "The rows [m, ...], or the elements [m].",
      example: Example(
        "local x = fed.tensor { {1, 2}, {3, 4} }\nprint(x:select_where(x:gt(1)))",
        prints: "Tensor [3] float32\n  2  3  4")
    ) { (x: Tensor, mask: Tensor) in try x.select(where: mask) }
    method(
      "one_hot", "Makes of each label a row of zeros with a 1 at its place.",
      Parameter("classes", "Number of classes; labels count from 0.", check: .atLeast(0)),
      returns: "A tensor with a last axis of that size.",
      example: Example("print(fed.labels { 2, 0 }:one_hot(3))", prints: "Tensor [2, 3] float32\n  0  0  1\n  1  0  0")
    ) { (x: Tensor, classes: Int) in try x.oneHot(classes: classes) }
  }

  private mutating func addGather() {
    method(
      "gather",
      "Takes rows along the first axis by position, or elements along an axis; one may be taken several times.",
      Parameter("positions", "A table of positions from 1, or a tensor of them."),
      Parameter("options", "Whether elements are taken, along which axis."), returns: "The tensor.",
      example: Example(
        "local x = fed.tensor { {1, 2}, {3, 4} }\nprint(x:gather { 2, 2, 1 })\n"
          + "print(x:gather(fed.labels { 2, 1 }:unsqueeze(2), { axis = 2 }))",
        prints: "Tensor [3, 2] float32\n  3  4\n  3  4\n  1  2\nTensor [2, 1] float32\n  2\n  3")
    ) { (x: Tensor, positions: Either<Tensor, IntegerList>, options: GatherOptions) in
      let places =
        switch positions {
        case .first(let tensor): tensor
        case .second(let table): Tensor(labels: table.values)
        }
      guard let axis = options.axis else { return try x.gather(x.places(places, size: x.shape.first ?? 0)) }
      let resolved = axis.index < 0 ? x.rank + axis.index : axis.index
      let size = x.shape.indices.contains(resolved) ? x.shape[resolved] : 0
      return try x.gather(along: axis.index, x.places(places, size: size))
    }
  }
}

extension Tensor {
  /// Positions from 1 as the compute core counts them.
  fileprivate func places(_ positions: Tensor, size: Int) throws -> Tensor {
    let numbers = positions.integers
    for number in numbers where number < 1 || number > size {
      throw LuaFailure("position \(number) does not exist; 1 to \(size) is allowed")
    }
    return Tensor(labels: numbers.map { $0 - 1 }, shape: positions.shape)
  }
}
