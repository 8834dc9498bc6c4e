/// Statistics over the rows of `x[n, d]`, one row a client, for the columns `lo ..< hi`.
///
/// Rows lie `stride` floats apart. Columns are independent, so callers may split them over threads anywhere; only
/// ``gram(_:_:_:_:_:_:)`` must be split at multiples of ``gramChunk``. `y` starts at column 0.
public protocol AggregationKernels: SendableMetatype {
  /// Columns that one float32 partial sum of ``gram(_:_:_:_:_:_:)`` covers.
  static var gramChunk: Int { get }

  /// Writes the sum over rows of `weights[row] * x[row]`.
  static func weightedSum(
    _ x: Input, _ n: Int, _ stride: Int, _ weights: UnsafePointer<Double>, _ lo: Int, _ hi: Int, _ y: Output)

  /// Returns how many floats of workspace the three order statistics need.
  static func orderWorkspace(_ n: Int) -> Int

  /// Writes the median of each column: the mean of the middle two for even `n`.
  static func median(_ x: Input, _ n: Int, _ stride: Int, _ lo: Int, _ hi: Int, _ y: Output, _ workspace: Output)

  /// Writes the mean of each column without its `trim` smallest and `trim` largest elements; `2 * trim < n`.
  static func trimmedMean(
    _ x: Input, _ n: Int, _ stride: Int, _ trim: Int, _ lo: Int, _ hi: Int, _ y: Output, _ workspace: Output)

  /// Writes the mean of the `keep` elements of each column nearest to its median; `1 <= keep <= n`.
  ///
  /// They are neighbours in sorted order; of two equally near elements the smaller is kept.
  static func meanAroundMedian(
    _ x: Input, _ n: Int, _ stride: Int, _ keep: Int, _ lo: Int, _ hi: Int, _ y: Output, _ workspace: Output)

  /// Adds the inner products of all pairs of rows to `out[n, n]`, which is symmetric.
  static func gram(_ x: Input, _ n: Int, _ stride: Int, _ lo: Int, _ hi: Int, _ out: UnsafeMutablePointer<Double>)
}
