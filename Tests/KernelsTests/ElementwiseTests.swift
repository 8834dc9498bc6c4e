import Foundation
import Testing

@testable import Kernels

@Suite("Elementwise kernels")
struct ElementwiseTests {
  @Test("unary operations agree with float64 functions", arguments: instructionSets, UnaryOperation.allCases)
  func unary(isa: InstructionSet, operation: UnaryOperation) {
    let kernels = Kernels.table(isa).elementwise
    for n in awkwardLengths {
      let x = numbers(n, seed: UInt64(n) + 1, scale: 6).map { operation.needsPositive ? abs($0) + 1e-3 : $0 }
      let y = written(n) { kernels.unary(operation, x, $0, n) }
      for (got, input) in zip(y, x) {
        let expected = operation.value(Double(input))
        #expect(abs(Double(got) - expected) <= Tolerance.elementwise * max(abs(expected), operation.floor))
      }
      let inPlace = written(n, initially: x) { kernels.unary(operation, $0, $0, n) }
      #expect(bits(inPlace) == bits(y))
    }
  }

  @Test("unary gradients agree with central differences", arguments: instructionSets, UnaryOperation.allCases)
  func unaryGradient(isa: InstructionSet, operation: UnaryOperation) {
    let kernels = Kernels.table(isa).elementwise
    for n in [0, 1, 17, 100] {
      let x = numbers(n, seed: UInt64(n) + 5, scale: 5).map { operation.needsPositive ? abs($0) + 0.1 : $0 }
      let gy = numbers(n, seed: 9)
      let y = written(n) { kernels.unary(operation, x, $0, n) }
      let gx = written(n) { kernels.unaryGradient(operation, x, y, gy, $0, n) }
      for i in 0..<n {
        let h = 1e-5
        let slope = (operation.value(Double(x[i]) + h) - operation.value(Double(x[i]) - h)) / (2 * h)
        #expect(abs(Double(gx[i]) - slope * Double(gy[i])) < 1e-5 * max(1, abs(slope)), "at \(x[i])")
      }
    }
  }

  @Test("extreme arguments give limits, not rubbish", arguments: instructionSets)
  func extremes(isa: InstructionSet) {
    let kernels = Kernels.table(isa).elementwise
    func value(_ operation: UnaryOperation, _ x: Float) -> Float {
      written(1) { kernels.unary(operation, [x], $0, 1) }[0]
    }
    #expect(value(.exponential, -.infinity) == 0)
    #expect(value(.exponential, 200) == .infinity)
    #expect(value(.logarithm, 0) == -.infinity)
    #expect(value(.logarithm, .infinity) == .infinity)
    #expect(value(.logarithm, -1).isNaN)
    #expect(abs(value(.logarithm, .leastNonzeroMagnitude) + 103.278_93) < 1e-4)
    #expect(value(.tanh, 50) == 1 && value(.tanh, -50) == -1)
    #expect(value(.sigmoid, -200) == 0 && value(.sigmoid, 200) == 1)
    #expect(value(.softplus, 100) == 100 && value(.softplus, -200) == 0)
    #expect(value(.floor, 8_388_609) == 8_388_609 && value(.round, -0.2).sign == .minus)
    #expect(value(.round, 2.5) == 2 && value(.round, 3.5) == 4)
    for operation in UnaryOperation.allCases { #expect(value(operation, .nan).isNaN, "\(operation)") }
  }

  @Test("binary operations agree in all five forms", arguments: instructionSets, BinaryOperation.allCases)
  func binary(isa: InstructionSet, operation: BinaryOperation) {
    let kernels = Kernels.table(isa).elementwise
    for (rows, n) in [(1, 0), (1, 1), (3, 17), (2, 48), (5, 31)] {
      let a = numbers(rows * n, seed: 3, scale: 2).map { operation == .power ? abs($0) + 0.1 : $0 }
      let b = numbers(rows * n, seed: 4, scale: 2).map { ($0 * 4).rounded() / 4 + 0.125 }
      func check(_ got: [Float], _ pair: (Int) -> (Float, Float)) {
        for i in 0..<rows * n {
          let (u, v) = pair(i)
          let expected = operation.value(Double(u), Double(v))
          #expect(abs(Double(got[i]) - expected) <= 2e-6 * max(1, abs(expected)))
        }
      }
      check(written(rows * n) { kernels.binary(operation, a, b, $0, rows * n) }) { (a[$0], b[$0]) }
      check(written(rows * n) { kernels.binaryScalar(operation, a, 1.5, $0, rows * n) }) { (a[$0], 1.5) }
      check(written(rows * n) { kernels.scalarBinary(operation, 1.5, a, $0, rows * n) }) { (1.5, a[$0]) }
      check(written(rows * n) { kernels.binaryRows(operation, a, b, $0, rows, n) }) { (a[$0], b[$0 % n]) }
      let column = Array(b.prefix(rows)) + (n == 0 ? [1] : [])
      check(written(rows * n) { kernels.binaryColumns(operation, a, column, $0, rows, n) }) { (a[$0], column[$0 / n]) }
    }
  }

  @Test("powers follow the rules for zeros, signs and whole exponents", arguments: instructionSets)
  func powers(isa: InstructionSet) {
    let kernels = Kernels.table(isa).elementwise
    let bases: [Float] = [-2, -2, 0, 0, -3, 1, 5, 2, -1, 9]
    let exponents: [Float] = [3, 2, 0, 2, 0.5, .nan, 0, -1, 101, 0.5]
    let got = written(10) { kernels.binary(.power, bases, exponents, $0, 10) }
    let expected: [Float] = [-8, 4, 1, 0, .nan, 1, 1, 0.5, -1, 3]
    for (g, e) in zip(got, expected) { #expect(e.isNaN ? g.isNaN : abs(g - e) < 1e-5, "\(got)") }
    for exponent: Float in [-2, -1, -0.5, 0, 0.5, 1, 2, 3, 4, 7] {
      let one = written(1) { kernels.binaryScalar(.power, [1.7], exponent, $0, 1) }[0]
      #expect(abs(Double(one) - pow(Double(Float(1.7)), Double(exponent))) < 1e-5 * Double(one))
    }
  }

  @Test("maximum and minimum pass NaN on from either side", arguments: instructionSets)
  func notANumber(isa: InstructionSet) {
    let kernels = Kernels.table(isa).elementwise
    for operation in [BinaryOperation.maximum, .minimum] {
      let got = written(2) { kernels.binary(operation, [.nan, 1], [1, .nan], $0, 2) }
      #expect(got[0].isNaN && got[1].isNaN)
    }
  }

  @Test("leaky ReLU, clamp, axpy, scale and fill", arguments: instructionSets, [0, 1, 16, 45])
  func others(isa: InstructionSet, n: Int) {
    let kernels = Kernels.table(isa).elementwise
    let x = numbers(n, seed: 1, scale: 2)
    let g = numbers(n, seed: 2)
    #expect(written(n) { kernels.leakyRelu(0.25, x, $0, n) } == x.map { $0 > 0 ? $0 : $0 * 0.25 })
    let leaky = zip(x, g).map { $0 > 0 ? $1 : $1 * 0.25 }
    #expect(written(n) { kernels.leakyReluGradient(0.25, x, g, $0, n) } == leaky)
    #expect(written(n) { kernels.clamp(-0.5, 1, x, $0, n) } == x.map { min(1, max(-0.5, $0)) })
    let clamped = zip(x, g).map { $0 < -0.5 || $0 > 1 ? 0 : $1 }
    #expect(written(n) { kernels.clampGradient(-0.5, 1, x, g, $0, n) } == clamped)
    let sum = written(n, initially: g) { kernels.axpy(0.5, x, $0, n) }
    #expect(relativeError(sum, zip(x, g).map { 0.5 * Double($0) + Double($1) }) < Tolerance.elementwise)
    #expect(written(n) { kernels.scale(0.5, x, $0, n) } == x.map { $0 * 0.5 })
    #expect(written(n) { kernels.fill(3, $0, n) } == [Float](repeating: 3, count: n))
  }
}

extension UnaryOperation {
  var needsPositive: Bool { [.squareRoot, .reciprocalSquareRoot, .logarithm, .reciprocal].contains(self) }

  /// Size below which errors are absolute: where results come close to 0 by cancellation.
  var floor: Double { [.sine, .cosine, .gelu, .geluErf, .logarithm].contains(self) ? 1 : 1e-3 }

  /// The function in float64.
  func value(_ x: Double) -> Double {
    switch self {
    case .negate: -x
    case .absolute: abs(x)
    case .sign: x > 0 ? 1 : x < 0 ? -1 : 0
    case .square: x * x
    case .squareRoot: x.squareRoot()
    case .reciprocalSquareRoot: 1 / x.squareRoot()
    case .reciprocal: 1 / x
    case .exponential: exp(x)
    case .logarithm: log(x)
    case .sine: sin(x)
    case .cosine: cos(x)
    case .relu: max(x, 0)
    case .relu6: min(max(x, 0), 6)
    case .silu: x / (1 + exp(-x))
    case .sigmoid: 1 / (1 + exp(-x))
    case .tanh: Foundation.tanh(x)
    case .softplus: log1p(exp(x))
    case .gelu: 0.5 * x * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .geluErf: 0.5 * x * (1 + erf(x / 2.0.squareRoot()))
    case .floor: x.rounded(.down)
    case .round: x.rounded(.toNearestOrEven)
    }
  }
}

extension BinaryOperation {
  /// The operation in float64.
  func value(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .maximum: max(a, b)
    case .minimum: min(a, b)
    case .power: pow(a, b)
    case .equal: a == b ? 1 : 0
    case .less: a < b ? 1 : 0
    case .lessEqual: a <= b ? 1 : 0
    }
  }
}
