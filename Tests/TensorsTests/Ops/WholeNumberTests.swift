import Testing

@testable import Tensors

/// Arithmetic of int64, against Swift's own on single numbers.
@Suite struct WholeNumberTests {
  private static let numbers = [
    0, 1, -1, 2, -3, 7, 1 << 31, 1 << 53, 1 << 53 + 1, -(1 << 53) - 1, 1 << 62, .max, .min, .max - 1, .min + 1,
  ]

  /// What Lua's `//` and `%` give.
  private static func floorDivision(_ a: Int, _ b: Int) -> (quotient: Int, remainder: Int)? {
    guard b != 0, !a.dividedReportingOverflow(by: b).overflow else { return nil }
    let (q, r) = a.quotientAndRemainder(dividingBy: b)
    return r != 0 && (r < 0) != (b < 0) ? (q - 1, r + b) : (q, r)
  }

  @Test func `every pair gives the exact number or an error`() throws {
    for a in Self.numbers {
      for b in Self.numbers {
        let (x, y) = (Tensor(labels: [a]), Tensor(labels: [b]))
        func check(_ name: String, _ expected: Int?, _ body: () throws -> Tensor) {
          let got = try? body().integers
          #expect(got == expected.map { [$0] }, "\(a) \(name) \(b)")
        }
        func checked(_ pair: (Int, Bool)) -> Int? { pair.1 ? nil : pair.0 }
        check("+", checked(a.addingReportingOverflow(b))) { try x.add(y) }
        check("-", checked(a.subtractingReportingOverflow(b))) { try x.sub(y) }
        check("*", checked(a.multipliedReportingOverflow(by: b))) { try x.mul(y) }
        check("max", max(a, b)) { try x.maximum(y) }
        check("min", min(a, b)) { try x.minimum(y) }
        check("//", Self.floorDivision(a, b)?.quotient) { try x.floorDivide(y) }
        check("%", b == -1 ? 0 : Self.floorDivision(a, b)?.remainder) { try x.remainder(y) }
        #expect(try x.eq(y).item() == (a == b ? 1 : 0) && x.ne(y).item() == (a == b ? 0 : 1))
        #expect(try x.lt(y).item() == (a < b ? 1 : 0) && x.ge(y).item() == (a < b ? 0 : 1))
        #expect(try x.le(y).item() == (a <= b ? 1 : 0) && x.gt(y).item() == (a <= b ? 0 : 1))
      }
    }
  }

  @Test func `shapes stretch, in place too`() throws {
    let x = Tensor(labels: [1, 2, 3, 4, 5, 6], shape: [2, 3]), row = Tensor(labels: [10, 20, 30])
    #expect(try x.add(row).integers == [11, 22, 33, 14, 25, 36])
    #expect(try row.sub(x.t().contiguous().t()).integers == [9, 18, 27, 6, 15, 24])
    #expect(try x.add_(row).integers == [11, 22, 33, 14, 25, 36])
    #expect(try x.neg().integers == [-11, -22, -33, -14, -25, -36])
  }

  @Test func `sums and products are exact, or errors`() throws {
    let large = Tensor(labels: [1 << 53, 1, 1])
    #expect(try large.sum().integers == [1 << 53 + 2])
    #expect(try large.cumulativeSum(axis: 0).integers == [1 << 53, 1 << 53 + 1, 1 << 53 + 2])
    #expect(try Tensor(labels: [3, 5, 7, 11], shape: [2, 2]).product(axes: [0]).integers == [21, 55])
    for call in [{ try $0.sum() }, { try $0.cumulativeSum(axis: 0) }] as [(Tensor) throws -> Tensor] {
      #expect(throws: TensorError.self) { try call(Tensor(labels: [.max, 1])) }
    }
    #expect(throws: TensorError.self) { try Tensor(labels: [1 << 62, 2]).product() }
  }

  @Test func `what is not whole is refused`() throws {
    let x = Tensor(labels: [1])
    #expect(throws: TensorError.self) { try x.div(x) }
    #expect(throws: TensorError.self) { try x.pow(x) }
    #expect(throws: TensorError.self) { try x.add(Tensor([1.0])) }
    #expect(throws: TensorError.self) { try x.mean() }
    #expect(throws: TensorError.self) { try Tensor(labels: [.min]).neg() }
  }

  /// Lua's `a // b` and `a % b` for floats.
  @Test(arguments: [
    (5.3, 2.0, 2.0, 1.3), (-5.3, 2, -3, 0.7), (5.3, -2, -3, -0.7), (-5.3, -2, 2, -1.3), (5, .infinity, 0, 5),
  ])
  func `floats are divided alike`(a: Double, b: Double, quotient: Double, remainder: Double) throws {
    let (x, y) = (Tensor([a]), Tensor([b]))
    #expect(try x.floorDivide(y).item() == quotient)
    #expect(abs(try x.remainder(y).item() - remainder) < 1e-12)
  }
}
