/// How far two computations of one quantity may lie apart, and why.
public struct Tolerance: Sendable {
  /// Share of the largest expected magnitude.
  public let relative: Double
  public let absolute: Double

  public init(relative: Double, absolute: Double) {
    (self.relative, self.absolute) = (relative, absolute)
  }

  /// Float32 sums of `terms` terms: each addition rounds by half a unit in the last place, errors partly cancel.
  public static func float32Accumulated(_ terms: Int) -> Tolerance {
    Tolerance(relative: 0x1p-24 * (16 + 4 * Double(terms).squareRoot()), absolute: 1e-7)
  }

  /// Central differences in float64 with steps of 1e-5: truncation error of the order of the step squared.
  public static let centralDifference = Tolerance(relative: 2e-7, absolute: 2e-8)

  /// The same float64 computation in another order.
  public static let float64Reordered = Tolerance(relative: 1e-12, absolute: 1e-13)

  /// The same bits.
  public static let exact = Tolerance(relative: 0, absolute: 0)

  /// Describes the first number that lies too far from what is expected, or returns nil.
  public func mismatch(_ got: [Double], _ expected: [Double]) -> String? {
    guard got.count == expected.count else { return "\(got.count) numbers instead of \(expected.count)" }
    let scale = expected.reduce(0) { $1.isFinite ? Swift.max($0, abs($1)) : $0 }
    for (index, (a, b)) in zip(got, expected).enumerated() {
      if a == b || (a.isNaN && b.isNaN) || abs(a - b) <= relative * scale + absolute { continue }
      return "element \(index): \(a) instead of \(b), largest magnitude \(scale)"
    }
    return nil
  }
}
