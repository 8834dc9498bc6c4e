import LuaRuntime
import Tensors

/// As ``ReductionOptions``, for what is divided by the number of values or by one less.
private struct SpreadOptions: LuaOptions {
  var axes: [Axis] = []
  var axis: Axis?
  var keepAxes: Bool?
  var isUnbiased: Bool?

  static let fields = Fields<SpreadOptions> { field in
    field.items("axes", \.axes, "Several axes.")
    field.option("axis", \.axis, "One axis.")
    field.option("keep_axes", \.keepAxes, "Whether the axes stay with size 1.")
    field.option("unbiased", \.isUnbiased, "Whether to divide by one less than the number of values.")
  }

  var reduction: ReductionArgument {
    var options = ReductionOptions()
    (options.axes, options.axis, options.keepAxes) = (axes, axis, keepAxes)
    return .second(options)
  }
}

/// Variances, deviations, products and truths over axes.
extension ClassBuilder where Object == Tensor {
  mutating func addTensorSpread() {
    addSpread(
      "variance", "Averages the squared distance from the mean over axes, or over everything.",
      Example("print(fed.tensor { 1, 2, 3 }:variance { unbiased = true })", prints: "Tensor(1)")
    ) { try $0.variance(axes: $1, keepAxes: $2, isUnbiased: $3) }
    addSpread(
      "std", "Returns the standard deviation over axes, or of everything.",
      Example("print(fed.tensor { {1, 3}, {5, 5} }:std(2))", prints: "Tensor [2] float32\n  1  0")
    ) { try $0.standardDeviation(axes: $1, keepAxes: $2, isUnbiased: $3) }
    addReduction(
      "norm", "Returns the square root of the sum of squares over axes, or of everything.",
      Example("print(fed.tensor { 3, 4 }:norm())", prints: "Tensor(5)")
    ) { try $1 == nil && !$2 ? $0.norm() : $0.norm(axes: $1, keepAxes: $2) }
    addReduction(
      "prod", "Multiplies over axes, or over everything.",
      Example("print(fed.tensor { {1, 2}, {3, 4} }:prod(1))", prints: "Tensor [2] float32\n  3  8")
    ) { try $0.product(axes: $1, keepAxes: $2) }
    addTruth(
      "any", "Tells whether any element is not 0.", "print(fed.tensor { 0, 2 }:any())", "true",
      { try $0.any(axes: $1, keepAxes: $2) })
    addTruth(
      "all", "Tells whether all elements are not 0.", "print(fed.tensor { {0, 2}, {1, 2} }:all(2))",
      "Tensor [2] float32\n  0  1", { try $0.all(axes: $1, keepAxes: $2) })
  }

  private mutating func addSpread(
    _ name: String, _ sentence: String, _ example: Example,
    _ spread: @escaping @Sendable (Tensor, [Int]?, Bool, Bool) throws -> Tensor
  ) {
    method(
      name, sentence, Parameter<Either<Axis, SpreadOptions>?>("axes", reductionSentence),
      Parameter<Bool?>("keep_axes", "Whether the axes stay with size 1."),
      Parameter<Bool?>("unbiased", "Whether to divide by one less than the number of values."), returns: "The tensor.",
      example: example
    ) { (x: Tensor, axes: Either<Axis, SpreadOptions>?, keepAxes: Bool?, isUnbiased: Bool?) in
      var (argument, unbiased): (ReductionArgument?, Bool?) = (nil, isUnbiased)
      switch axes {
      case nil: break
      case .first(let axis): argument = .first(axis)
      case .second(let options):
        guard options.isUnbiased == nil || isUnbiased == nil else {
          throw LuaFailure("unbiased is given twice; once is enough")
        }
        (argument, unbiased) = (options.reduction, options.isUnbiased ?? isUnbiased)
      }
      let reduction = try Reduction(argument, keepAxes)
      return try spread(x, reduction.axes, reduction.keepAxes, unbiased ?? false)
    }
  }

  private mutating func addTruth(
    _ name: String, _ sentence: String, _ code: String, _ output: String,
    _ test: @escaping @Sendable (Tensor, [Int]?, Bool) throws -> Tensor
  ) {
    method(
      name, sentence, Parameter<ReductionArgument?>("axes", reductionSentence),
      Parameter<Bool?>("keep_axes", "Whether the axes stay with size 1."),
      returns: "A boolean; over given axes a tensor of zeros and ones.", example: Example(code, prints: output)
    ) { (x: Tensor, axes: ReductionArgument?, keepAxes: Bool?) in
      let reduction = try Reduction(axes, keepAxes)
      let truths = try test(x, reduction.axes, reduction.keepAxes)
      return axes == nil && keepAxes == nil
        ? Either<Bool, Tensor>.first(try truths.item() != 0) : .second(truths)
    }
  }
}
