/// Products and transposes of matrices.
public protocol MatrixKernels: SendableMetatype {
  /// Returns how many floats of workspace ``gemm(_:_:_:_:_:_:_:_:_:_:_:_:_:)`` needs.
  static func gemmWorkspace(_ m: Int, _ n: Int, _ k: Int) -> Int

  /// Writes, or adds if `accumulate`, the product of `a[m, k]` and `b[k, n]` to `c[m, n]`.
  ///
  /// - Parameters:
  ///   - aRowStride: Distance in floats from an element of `a` to the one below it.
  ///   - aColumnStride: Distance in floats from an element of `a` to the one right of it; likewise for `b`.
  ///   - cRowStride: As for `a`; the column stride of `c` is 1.
  ///   - workspace: ``gemmWorkspace(_:_:_:)`` floats of any content.
  static func gemm(
    _ m: Int, _ n: Int, _ k: Int, _ a: Input, _ aRowStride: Int, _ aColumnStride: Int, _ b: Input,
    _ bRowStride: Int, _ bColumnStride: Int, _ c: Output, _ cRowStride: Int, _ accumulate: Bool, _ workspace: Output)

  /// Writes the transpose of `x[rows, columns]` to `y[columns, rows]`; the two must not overlap.
  static func transpose(_ x: Input, _ rows: Int, _ columns: Int, _ y: Output)

  /// Floating-point operations of a round of ``peakRounds(_:)``.
  static var peakFlopsPerRound: Int { get }

  /// Multiplies and adds in registers alone, as fast as the processor can.
  ///
  /// - Returns: A number that depends on every operation.
  static func peakRounds(_ rounds: Int) -> Float
}
