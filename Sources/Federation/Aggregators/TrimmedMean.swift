import Kernels
public import Tensors

/// Drops the `f` smallest and `f` largest values of each coordinate and averages the rest.
///
/// - Source: Yin et al., ICML 2018, <https://arxiv.org/abs/1803.01498>, definition 2.
/// - Deviation: the number of values dropped is given, not their share.
public struct TrimmedMean: Aggregator {
  public let name = "trimmed_mean"
  /// Values dropped at each end, `0 ≤ 2f < n`.
  public let f: Int

  public init(f: Int) throws {
    guard f >= 0 else {
      throw FederationError.option(name: "trimmed_mean: f", got: "\(f)", allowed: "f is 0 or more")
    }
    self.f = f
  }

  public var tolerated: Int? { f }

  public func aggregate(_ updates: UpdateMatrix, weights: [Double]?, round: Round?) throws -> Tensor {
    let rows = try participants(updates, weights)
    guard f <= (rows.count - 1) / 2 else {
      throw FederationError.tooManyByzantine(rule: name, f: f, n: rows.count, allowed: "2f must be less than n")
    }
    let result = try Tensor.uninitialized([rows.dimension], .float32, op: name), n = rows.count, trim = f
    let definition: UpdateMatrix.ColumnRule = { values in
      let kept = values.sorted()[trim..<values.count - trim]
      return kept.reduce(0, +) / Double(kept.count)
    }
    try rows.reduceColumns(into: result, "trimmed_mean", definition: definition) { base, stride, columns, out in
      let workspace = Scratch<Float>(Kernels.aggregation.orderWorkspace(n))
      Kernels.aggregation.trimmedMean(
        base, n, stride, trim, columns.lowerBound, columns.upperBound, out, workspace.base)
    }
    return result
  }
}
