/// Sums and extremes. The order of every sum depends on the positions alone.
public protocol ReductionKernels: SendableMetatype {
  /// Returns the sum, accumulated in float64.
  static func sum(_ x: Input, _ n: Int) -> Double

  /// Returns the sum of products, accumulated in float64.
  static func dot(_ a: Input, _ b: Input, _ n: Int) -> Double

  /// Returns the sum of squared differences, accumulated in float64.
  static func squaredDistance(_ a: Input, _ b: Input, _ n: Int) -> Double

  /// Returns the sums of squared differences of four rows to one, each as ``squaredDistance(_:_:_:)`` gives it: what they
  /// have in common is read once.
  static func squaredDistances(
    _ rows: (Input, Input, Input, Input), _ b: Input, _ n: Int
  ) -> (Double, Double, Double, Double)

  /// Returns the largest element, NaN if there is one, minus infinity for `n == 0`.
  static func maximum(_ x: Input, _ n: Int) -> Float

  /// Returns the smallest element, NaN if there is one, infinity for `n == 0`.
  static func minimum(_ x: Input, _ n: Int) -> Float

  /// Writes the sum of each row of `x[rows, n]` to `y[rows]`.
  static func rowSums(_ x: Input, _ y: Output, _ rows: Int, _ n: Int)

  /// Writes, or adds if `accumulate`, the sum of each column of `x[rows, n]` to `y[n]`.
  static func columnSums(_ x: Input, _ y: Output, _ rows: Int, _ n: Int, _ accumulate: Bool)

  /// Writes the largest element of each row of `x[rows, n]` to `y[rows]`.
  static func rowMaxima(_ x: Input, _ y: Output, _ rows: Int, _ n: Int)

  /// Tells whether no element is NaN or infinite.
  static func isFinite(_ x: Input, _ n: Int) -> Bool
}
