import LuaRuntime
import Tensors

/// How elements are put in order: `x:sort { axis = 1, descending = true }`.
private struct OrderOptions: LuaOptions {
  var axis = Axis(-1)
  var isDescending = false

  static let fields = Fields<OrderOptions> { field in
    field.option("axis", \.axis, "The axis along which elements are put in order.")
    field.option("descending", \.isDescending, "Whether the largest comes first.")
  }
}

/// Which elements are the top ones.
private struct TopOptions: LuaOptions {
  var axis = Axis(-1)
  var isLargest = true

  static let fields = Fields<TopOptions> { field in
    field.option("axis", \.axis, "The axis along which elements are compared.")
    field.option("largest", \.isLargest, "Whether the largest are taken; else the smallest.")
  }
}

/// Elements by size. NaN counts as the largest; equal elements keep their order.
extension ClassBuilder where Object == Tensor {
  mutating func addTensorOrder() {
    method(
      "sort", "Puts the elements along an axis in order; gradients go back to where they came from.",
      Parameter("options", "Which axis, and which way."), returns: "The elements, and their positions from 1.",
      example: Example("print((fed.tensor { 3, 1, 2 }:sort()))", prints: "Tensor [3] float32\n  1  2  3")
    ) { (x: Tensor, options: OrderOptions) in
      let (values, positions) = try x.sort(axis: options.axis.index, isDescending: options.isDescending)
      return Results(values, try positions.countedFromOne())
    }
    method(
      "argsort", "Returns the positions of the elements along an axis by size.",
      Parameter("options", "Which axis, and which way."), returns: "Positions from 1, of the same shape.",
      example: Example(
        "print(fed.tensor { 3, 1, 2 }:argsort { descending = true })", prints: "Tensor [3] int64\n  1  3  2")
    ) { (x: Tensor, options: OrderOptions) in
      try x.argsort(axis: options.axis.index, isDescending: options.isDescending).countedFromOne()
    }
    method(
      "topk", "Returns the largest elements along an axis, or the smallest, the most extreme first.",
      Parameter("count", "How many."), Parameter("options", "Which axis, and which end."),
      returns: "The elements, and their positions from 1.",
      example: Example(
        "print(fed.tensor { 3, 1, 2 }:topk(2))", prints: "Tensor [2] float32\n  3  2\tTensor [2] int64\n  1  3")
    ) { (x: Tensor, count: Int, options: TopOptions) in
      let (values, positions) = try x.topK(count, axis: options.axis.index, isLargest: options.isLargest)
      return Results(values, try positions.countedFromOne())
    }
    method(
      "kth_value", "Returns the element along an axis at a place in the order of size.",
      Parameter("rank", "The place: 1 is the smallest."), Parameter("axis", "The axis.", default: Axis(-1)),
      returns: "The tensor, without the axis.",
      example: Example("print(fed.tensor { 9, 1, 4 }:kth_value(2))", prints: "Tensor(4)")
    ) { (x: Tensor, rank: Int, axis: Axis) in try x.kthValue(rank, axis: axis.index) }
    addMiddles()
    method(
      "cumsum", "Returns the sum of each element and all before it along an axis.", Parameter("axis", "The axis."),
      returns: "The tensor, of the same shape.",
      example: Example("print(fed.tensor { 1, 2, 3 }:cumsum(1))", prints: "Tensor [3] float32\n  1  3  6")
    ) { (x: Tensor, axis: Axis) in try x.cumulativeSum(axis: axis.index) }
  }

  private mutating func addMiddles() {
    method(
      "median", "Returns the middle elements by size, along an axis or of all; of an even number the mean of two.",
      Parameter<Axis?>("axis", "The axis; everything by default."),
      Parameter("keep_axis", "Whether the axis stays with size 1.", default: false), returns: "The tensor.",
      example: Example("print(fed.tensor { {9, 1, 2}, {4, 4, 8} }:median(2))", prints: "Tensor [2] float32\n  2  4")
    ) { (x: Tensor, axis: Axis?, keepAxis: Bool) in
      try axis.map { try x.median(axis: $0.index, keepAxis: keepAxis) } ?? x.median()
    }
    method(
      "quantile", "Returns what a share of the elements lies below, between neighbours in proportion.",
      Parameter("share", "From 0 to 1; or a table of shares, which become a first axis."),
      Parameter<Axis?>("axis", "The axis; everything by default."),
      Parameter("keep_axis", "Whether the axis stays with size 1.", default: false), returns: "The tensor.",
      source: "Hyndman and Fan, The American Statistician 1996, definition 7, https://doi.org/10.2307/2684934",
      example: Example(
        "print(fed.arange(1, 5):quantile { 0, 0.25, 0.9 })", prints: "Tensor [3] float32\n  1.0000  2.0000  4.6000")
    ) { (x: Tensor, share: Either<Double, [Double]>, axis: Axis?, keepAxis: Bool) in
      func quantile(_ share: Double) throws -> Tensor {
        try axis.map { try x.quantile(share, axis: $0.index, keepAxis: keepAxis) } ?? x.quantile(share)
      }
      switch share {
      case .first(let share): return try quantile(share)
      case .second(let shares): return try Tensor.stack(shares.map(quantile))
      }
    }
  }
}

extension Tensor {
  /// Positions as scripts count them.
  func countedFromOne() throws -> Tensor { try add(Trace.outside { Tensor(labels: [1], shape: []) }) }
}
