import Kernels
public import Tensors

/// What is computed column by column: one number from the values of all updates.
extension UpdateMatrix {
  /// Returns the sum of the rows, each times its factor, shape `[d]`. Factors may be of any sign and sum.
  public func weightedSum(_ factors: [Double]) throws -> Tensor {
    guard factors.count == count else {
      throw FederationError.rowCount(what: "weighted_sum", got: factors.count, n: count)
    }
    let result = try Tensor.uninitialized([dimension], .float32, op: "weighted_sum")
    let n = count
    let definition: ColumnRule = { values in zip(values, factors).reduce(0) { $0 + $1.0 * $1.1 } }
    // Single precision cannot hold such a factor, though its product with an update may be an ordinary number.
    let isExtreme = factors.contains { $0 != 0 && !(0x1p-100...0x1p100).contains(abs($0)) }
    let alwaysRisky: RangeCheck = { _, _ in true }
    try reduceColumns(
      into: result, "weighted sum", flops: 2 * n * dimension, definition: definition,
      isRisky: isExtreme ? alwaysRisky : nil
    ) { base, stride, columns, out in
      Rows(base: base, stride: stride, count: n).add(factors, columns, to: out)
    }
    return result
  }

  /// Returns the mean of the rows, weighted, shape `[d]`.
  public func weightedMean(_ weights: [Double], for rule: String = "weighted_mean") throws -> Tensor {
    try requireFinite(rule)
    try checkWeights(weights, for: rule)
    return try weightedSum(shares(of: weights))
  }

  /// Returns the standard deviation of each column, shape `[d]`; the sum of squares is divided by n - 1.
  ///
  /// - Throws: ``FederationError/tooFewUpdates(rule:n:needed:)`` below 2 rows.
  public func deviations(for rule: String) throws -> Tensor {
    try requireFinite(rule)
    guard count > 1 else { throw FederationError.tooFewUpdates(rule: rule, n: count, needed: 2) }
    let result = try Tensor.uninitialized([dimension], .float32, op: rule)
    let mean = try weightedMean([Double](repeating: 1, count: count), for: rule), rows = count
    let middle = Places(mean.floatPointer)
    try reduceColumns(into: result, "deviations", definition: deviation(of:), isRisky: Self.squaresAreRisky) {
      base, stride, columns, out in
      let difference = Scratch<Float>(columns.count), sum = out + columns.lowerBound
      sum.update(repeating: 0, count: columns.count)
      for row in 0..<rows {
        Kernels.elementwise.binary(
          .subtract, base + row * stride + columns.lowerBound, middle.base + columns.lowerBound, difference.base,
          columns.count)
        Kernels.elementwise.unary(.square, difference.base, difference.base, columns.count)
        Kernels.elementwise.axpy(1 / Float(rows - 1), difference.base, sum, columns.count)
      }
      Kernels.elementwise.unary(.squareRoot, sum, sum, columns.count)
    }
    withExtendedLifetime(mean) {}
    return result
  }

  // MARK: Blocks of columns

  /// What a rule makes of the values of one column, in double precision: its definition.
  typealias ColumnRule = @Sendable (_ values: [Double]) -> Double
  /// Tells from the smallest and the largest number of a block whether single precision may go wrong in it.
  typealias RangeCheck = @Sendable (_ lowest: Float, _ highest: Float) -> Bool

  /// Fills `result` by blocks of columns, at the same time where the thread owns several workers.
  ///
  /// - Parameters:
  ///   - definition: Takes the kernel's place in a block that is risky, or where the kernel's result is not finite:
  ///     sums of large numbers overflow single precision where their mean does not.
  ///   - isRisky: Whether a block goes by the definition at once; nil spares the pass that finds its range.
  ///   - body: Called with the first row, the row stride in floats, the columns and column 0 of the result.
  func reduceColumns(
    into result: Tensor, _ operation: String, flops: Int = 0, definition: @escaping ColumnRule,
    isRisky: RangeCheck? = nil,
    _ body: @Sendable (UnsafePointer<Float>, Int, Range<Int>, UnsafeMutablePointer<Float>) -> Void
  ) throws {
    let out = Places(result.floatPointer)
    try withRows { base, stride in
      let rows = Rows(base: base, stride: stride, count: count)
      try Profiler.measure(operation, flops: flops, bytes: 4 * (count + 1) * dimension) {
        try ColumnBlocks.forEach(dimension) { _, columns in
          var isDone = false
          if isRisky.map({ !rows.isRisky(columns, $0) }) ?? true {
            body(rows.base, rows.stride, columns, out.base)
            isDone = Kernels.reduction.isFinite(out.base + columns.lowerBound, columns.count)
          }
          if !isDone { rows.reduce(columns, by: definition, into: out.base) }
          letGo(columns)
        }
      }
    }
    withExtendedLifetime(result) {}
  }

  /// Squares of larger numbers overflow, and those of smaller ones vanish.
  static let squaresAreRisky: RangeCheck = { lowest, highest in
    let largest = max(-lowest, highest)
    return largest > 0x1p60 || largest > 0 && largest < 0x1p-40
  }

  /// The sum of two larger numbers overflows.
  static let sumsAreRisky: RangeCheck = { lowest, highest in max(-lowest, highest) > 0x1p125 }
}

/// Standard deviation of numbers; the sum of squares is divided by n - 1.
@Sendable private func deviation(of values: [Double]) -> Double {
  let mean = values.reduce(0, +) / Double(values.count)
  let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (squares / Double(values.count - 1)).squareRoot()
}

/// Each weight's part of all, which sum to 1.
func shares(of weights: [Double]) -> [Double] {
  // Divided by the largest first: the total of finite weights may be infinite.
  let largest = weights.max() ?? 1
  let total = weights.reduce(0) { $0 + $1 / largest }
  return weights.map { $0 / largest / total }
}

extension Rows {
  /// Rows added up before the sum goes on: in single precision, each row costs a sum a little.
  private static let addedAtOnce = 128

  /// Writes the sum of the rows, each times its factor.
  fileprivate func add(_ factors: [Double], _ columns: Range<Int>, to out: UnsafeMutablePointer<Float>) {
    let (first, last, width) = (columns.lowerBound, columns.upperBound, columns.count)
    guard count > Self.addedAtOnce else {
      return Kernels.aggregation.weightedSum(base, count, stride, factors, first, last, out)
    }
    let groups = (count + Self.addedAtOnce - 1) / Self.addedAtOnce, sums = Scratch<Float>(groups * width)
    for group in 0..<groups {
      let row = group * Self.addedAtOnce, rows = min(Self.addedAtOnce, count - row)
      factors[row..<row + rows].withUnsafeBufferPointer {
        Kernels.aggregation.weightedSum(
          self[row], rows, stride, $0.baseAddress!, first, last, sums.base + group * width - first)
      }
    }
    let ones = [Double](repeating: 1, count: groups)
    Kernels.aggregation.weightedSum(sums.base - first, groups, width, ones, first, last, out)
  }

  fileprivate func isRisky(_ columns: Range<Int>, _ check: UpdateMatrix.RangeCheck) -> Bool {
    var lowest = Float.infinity, highest = -Float.infinity
    for row in 0..<count {
      let values = self[row] + columns.lowerBound
      lowest = min(lowest, Kernels.reduction.minimum(values, columns.count))
      highest = max(highest, Kernels.reduction.maximum(values, columns.count))
    }
    return check(lowest, highest)
  }

  fileprivate func reduce(
    _ columns: Range<Int>, by definition: UpdateMatrix.ColumnRule, into out: UnsafeMutablePointer<Float>
  ) {
    var values = [Double](repeating: 0, count: count)
    for column in columns {
      for row in 0..<count { values[row] = Double(self[row][column]) }
      out[column] = Float(definition(values))
    }
  }
}
