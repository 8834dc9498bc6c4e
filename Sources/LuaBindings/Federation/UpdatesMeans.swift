public import Federation
public import LuaRuntime
import Tensors

private struct KeepOptions: LuaOptions {
  var keep: Int?

  static let fields = Fields<KeepOptions> { field in
    field.required("keep", \.keep, "Values of each coordinate, from 1 to n.", check: .atLeast(1))
  }
}

extension NearestTies: LuaEnumeration {}

private struct NearestOptions: LuaOptions {
  var keep: Int?
  var ties = NearestTies.smaller

  static let fields = Fields<NearestOptions> { field in
    field.required("keep", \.keep, "Values of each coordinate, from 1 to n.", check: .atLeast(1))
    field.option(
      "ties", \.ties, "Of equally near values, the smaller one, or that of the first update, as other libraries do.")
  }
}

/// What updates are combined to.
extension ClassBuilder where Object == UpdateMatrix {
  mutating func addUpdatesMeans() {
    method(
      "mean", "Averages the updates, each client counting once.", returns: "An update [d].",
      example: Example("print(fed.updates { {1, 2}, {3, 6} }:mean())", prints: "Tensor [2] float32\n  2  4")
    ) { (u: UpdateMatrix) in try Mean()(u) }
    method(
      "weighted_mean", "Averages the updates; weights need not sum to 1.",
      Parameter("weights", "A table read by client id or a tensor read by row; without it, the sample counts."),
      returns: "An update [d].",
      example: Example(
        "print(fed.updates { {1, 2}, {3, 6} }:weighted_mean { 3, 1 })", prints: "Tensor [2] float32\n  1.5000  3.0000")
    ) { (u: UpdateMatrix, weights: WeightsArgument?) in
      try WeightedMean()(u, weights: weights?.values(for: u.clientIDs))
    }
    method(
      "weighted_sum", "Adds the updates, each times its factor, of any sign.",
      Parameter("factors", "A table read by client id or a tensor read by row."), returns: "A vector [d].",
      example: Example(
        "print(fed.updates { {1, 2}, {3, 6} }:weighted_sum { 2, -1 })", prints: "Tensor [2] float32\n  -1  -2")
    ) { (u: UpdateMatrix, factors: WeightsArgument) in
      try u.requireFinite("weighted_sum")
      return try u.weightedSum(factors.values(for: u.clientIDs))
    }
  }

  mutating func addUpdatesOrders() {
    method(
      "median", "Takes the median of each coordinate.", returns: "An update [d].",
      example: Example("print(fed.updates { {1, 2}, {3, 6}, {90, -9} }:median())", prints: "Tensor [2] float32\n  3  2")
    ) { (u: UpdateMatrix) in try CoordinateMedian()(u) }
    method(
      "mean_around_median",
      "Averages, for each coordinate, the values nearest to its median: always as many as asked for, also where values are equal.",
      Parameter("options", "How many."), returns: "An update [d].",
      source: "Guerraoui et al., ICML 2018, https://arxiv.org/abs/1802.07927, section 4",
      example: Example(
        "print(fed.updates { {1, 5}, {2, 5}, {4, 5}, {90, 5} }:mean_around_median { keep = 2 })",
        prints: "Tensor [2] float32\n  3  5")
    ) { (u: UpdateMatrix, options: KeepOptions) in try u.meanAroundMedian(keep: options.keep ?? u.count) }
    method(
      "mean_around",
      "Averages, for each coordinate, the values nearest to that of a vector: always as many as asked for.",
      Parameter("vector", "A vector [d], such as the trimmed mean."), Parameter("options", "How many."),
      returns: "An update [d].",
      example: Example(
        """
        local updates = fed.updates { {3}, {1}, {8} }
        print(updates:mean_around({ 2 }, { keep = 1 })[1], updates:mean_around({ 2 }, { keep = 1, ties = "first" })[1])
        """, prints: "1.0\t3.0")
    ) { (u: UpdateMatrix, vector: TensorArgument, options: NearestOptions) in
      try u.meanAround(vector.tensor(), keep: options.keep ?? u.count, ties: options.ties)
    }
  }

  mutating func addUpdatesMixtures() {
    method(
      "mixed", "Replaces each update by a weighted sum of all: the product of a matrix with them.",
      Parameter("shares", "A tensor [n, n] or a table: what each new update takes of each."), returns: "The updates.",
      example: Example(
        "print(fed.updates { {1, 2}, {3, 6} }:mixed({ {0.5, 0.5}, {0, 1} }).tensor)",
        prints: "Tensor [2, 2] float32\n  2  4\n  3  6")
    ) { (u: UpdateMatrix, shares: TensorArgument) in
      try u.requireFinite("mixed")
      return try u.mixed(shares.tensor())
    }
    method(
      "nearest_means", "Replaces each update by the mean of its nearest ones, itself among them.",
      Parameter("count", "How many, from 1 to n.", check: .atLeast(1)), returns: "The updates.",
      source: "Allouah et al., AISTATS 2023, https://arxiv.org/abs/2302.01772, algorithm 2",
      example: Example(
        "print(fed.updates { {0}, {1}, {9}, {11} }:nearest_means(2).tensor:t())",
        prints: "Tensor [1, 4] float32\n   0.5000   0.5000  10.0000  10.0000")
    ) { (u: UpdateMatrix, count: Int) in try u.nearestMeans(count) }
  }
}
