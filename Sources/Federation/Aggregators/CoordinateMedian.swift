import Kernels
public import Tensors

/// Takes the median of each coordinate; of an even number of updates, the mean of the middle two.
///
/// - Source: Yin et al., ICML 2018, <https://arxiv.org/abs/1803.01498>, definition 1.
public struct CoordinateMedian: Aggregator {
  public let name = "coordinate_median"

  public init() {}

  public func aggregate(_ updates: UpdateMatrix, weights: [Double]?, round: Round?) throws -> Tensor {
    try participants(updates, weights).coordinateMedian()
  }
}

extension UpdateMatrix {
  /// Returns the median of each column, shape `[d]`.
  func coordinateMedian() throws -> Tensor {
    let result = try Tensor.uninitialized([dimension], .float32), n = count
    try reduceColumns(into: result, "coordinate_median") { base, stride, columns, out in
      let workspace = Scratch<Float>(Kernels.aggregation.orderWorkspace(n))
      Kernels.aggregation.median(base, n, stride, columns.lowerBound, columns.upperBound, out, workspace.base)
    }
    return result
  }
}
