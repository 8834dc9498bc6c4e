import Foundation
import Testing

@testable import Kernels

/// Functions at the ends of what a float can be, against their definitions in float64 and the limits of these.
@Suite("Functions at extreme arguments")
struct ExtremeArgumentTests {
  /// Powers of ten over the whole range, subnormals, zeros of both signs, infinities, and what lies around the places
  /// where exponentials leave the range.
  private static let arguments: [Float] = {
    let sizes =
      (-38...38).map { powf(10, Float($0)) } + (-38...37).map { 3.7 * powf(10, Float($0)) } + [
        0, .leastNonzeroMagnitude, Float(bitPattern: 71_362), .leastNormalMagnitude, .greatestFiniteMagnitude,
        .infinity, 0.5, 0.62, 0.63,
        5, 8, 12.5, 13.1, 13.3, 14, 16, 17, 86, 87.3, 88.6, 88.8, 89.5, 103, 104.5, 150, 709, 746, 8191, 8193,
        16_777_216,
      ]
    return sizes + sizes.map { -$0 }
  }()

  /// What an error is measured against: the result, or where it comes close to 0 by cancellation a fixed size. Below
  /// 1e-36 nothing is promised, since a product with a subnormal factor may be 0.
  private static func scale(_ operation: UnaryOperation, _ expected: Double) -> Double {
    switch operation {
    case .sine, .cosine, .gelu, .logarithm: max(abs(expected), 1)
    // Of x * x / 2 in the exponent, 86 at most, the rounding is multiplied.
    case .geluErf: max(20 * abs(expected), 1e-30)
    default: max(abs(expected), 1e-30)
    }
  }

  private static func agree(_ got: Float, _ expected: Double, _ scale: Double) -> Bool {
    if expected.isNaN { return got.isNaN }
    let nearest = Float(expected)
    if nearest.isInfinite { return got == nearest }
    return abs(Double(got) - expected) <= 1e-6 * scale
  }

  @Test("values", arguments: instructionSets, UnaryOperation.allCases)
  func values(isa: InstructionSet, operation: UnaryOperation) {
    let x = Self.arguments, kernels = Kernels.table(isa).elementwise
    let y = written(x.count) { kernels.unary(operation, x, $0, x.count) }
    for (argument, got) in zip(x, y) {
      let expected = operation.limit(Double(argument))
      #expect(Self.agree(got, expected, Self.scale(operation, expected)), "\(argument): \(got), not \(expected)")
    }
  }

  @Test("slopes of the smooth ones are bounded, and 0 or 1 at the ends", arguments: instructionSets)
  func slopes(isa: InstructionSet) {
    let kernels = Kernels.table(isa).elementwise
    let ends: [(UnaryOperation, Float, Float)] = [
      (.silu, 0, 1), (.gelu, 0, 1), (.geluErf, 0, 1), (.softplus, 0, 1), (.sigmoid, 0, 0), (.tanh, 0, 0),
    ]
    for (operation, low, high) in ends {
      let x = Self.arguments, ones = [Float](repeating: 1, count: Self.arguments.count)
      let y = written(x.count) { kernels.unary(operation, x, $0, x.count) }
      let slopes = written(x.count) { kernels.unaryGradient(operation, x, y, ones, $0, x.count) }
      for (argument, slope) in zip(x, slopes) {
        #expect(abs(slope) <= 1.13, "\(operation) at \(argument): \(slope)")
        if abs(argument) >= 150 { #expect(slope == (argument < 0 ? low : high), "\(operation) at \(argument)") }
      }
    }
  }

  @Test("sines and cosines of large angles", arguments: instructionSets)
  func angles(isa: InstructionSet) {
    let kernels = Kernels.table(isa).elementwise
    // 16367173 * 2^72 lies nearer to a quarter turn than any other float: 1e-10 of one.
    var x: [Float] = [1e8, 16_367_173 * 0x1p72, 8192, 8191.99, 1e22, .greatestFiniteMagnitude]
    for exponent in 10...127 {
      for mantissa in numbers(12, seed: UInt64(exponent)) {
        x.append(Float(sign: .plus, exponent: exponent, significand: 1.5 + mantissa * 0.499))
      }
    }
    x += x.map { -$0 }
    for (operation, function) in [(UnaryOperation.sine, sin), (.cosine, cos)] as [(UnaryOperation, (Double) -> Double)]
    {
      let y = written(x.count) { kernels.unary(operation, x, $0, x.count) }
      for (angle, got) in zip(x, y) {
        #expect(abs(Double(got) - function(Double(angle))) <= 3e-7, "\(operation) of \(angle): \(got)")
      }
      let ends = written(3) { kernels.unary(operation, [.infinity, -.infinity, .nan], $0, 3) }
      #expect(ends.allSatisfy { $0.isNaN })
    }
  }

  @Test("powers of all bases and exponents", arguments: instructionSets)
  func powers(isa: InstructionSet) {
    let kernels = Kernels.table(isa).elementwise
    let magnitudes: [Float] = [
      0, .leastNonzeroMagnitude, 1e-38, 1e-20, 0.001, 0.3, 0.707_106_8, 0.999_999_9, 1, 1.000_000_1, 1.5, 2, 3, 10,
      1e10, 1e20, 3e38,
      .infinity, 16_777_216, 0.5, 0.25, 127, 2.5,
    ]
    let all = (magnitudes + magnitudes.map { -$0 }) + [.nan]
    for exponent in all {
      let vector = [Float](repeating: exponent, count: all.count)
      let byVector = written(all.count) { kernels.binary(.power, all, vector, $0, all.count) }
      let byNumber = written(all.count) { kernels.binaryScalar(.power, all, exponent, $0, all.count) }
      for (index, base) in all.enumerated() {
        let expected = pow(Double(base), Double(exponent))
        for got in [byVector[index], byNumber[index]] {
          let isRight = Self.agree(got, expected, max(abs(expected), 1e-30)) && (got.isNaN || got.sign == expected.sign)
          #expect(isRight, "\(base) ^ \(exponent): \(got), not \(expected)")
        }
      }
    }
  }
}

extension UnaryOperation {
  /// The function in float64, without cancellation and with its limits where the formula has none.
  fileprivate func limit(_ x: Double) -> Double {
    switch self {
    case .silu, .gelu: x == -.infinity ? 0 : value(x)
    case .geluErf: x == -.infinity ? 0 : 0.5 * x * erfc(-x / 2.0.squareRoot())
    case .softplus: max(x, 0) + log1p(exp(-abs(x)))
    case .sign: x == 0 ? 0 : value(x)
    default: value(x)
    }
  }
}
