import Foundation
import Testing

@testable import Kernels

@Suite("Epilogue kernels")
struct FusedEpilogueTests {
  static let activations: [Activation] = [
    .none, .relu, .relu6, .silu, .sigmoid, .tanh, .gelu, .geluErf, .leakyRelu(slope: 0.1),
  ]
  static let sizes = [(1, 1), (1, 300), (33, 3), (40, 10), (5, 16), (19, 17), (300, 32), (7, 48)]

  @Test("bias and activation agree with the definition", arguments: instructionSets, activations)
  func forward(isa: InstructionSet, activation: Activation) {
    let kernels = Kernels.table(isa).fused
    for (rows, n) in Self.sizes {
      let x = numbers(rows * n, seed: 1, scale: 8)
      for bias in [nil, numbers(n, seed: 2)] {
        let expected = x.indices.map { activation.value(Double(x[$0]) + Double(bias?[$0 % n] ?? 0)) }
        let y = written(x.count) { kernels.biasActivation(x, bias, activation, $0, rows, n) }
        #expect(relativeError(y, expected) < 1e-6)
        let inPlace = written(x.count, initially: x) { kernels.biasActivation($0, bias, activation, $0, rows, n) }
        #expect(bits(inPlace) == bits(y))
      }
    }
  }

  @Test("activation gradients and their column sums agree", arguments: instructionSets, activations)
  func gradient(isa: InstructionSet, activation: Activation) {
    let kernels = Kernels.table(isa).fused
    for (rows, n) in Self.sizes {
      let count = rows * n
      let x = numbers(count, seed: 1, scale: 6)
      let gy = numbers(count, seed: 3)
      let bias = numbers(n, seed: 2)
      let z = x.indices.map { Double(x[$0]) + Double(bias[$0 % n]) }
      let saved = activation.gradientReadsInput ? x : z.map { Float(activation.value($0)) }
      let given = activation.gradientReadsInput ? bias : nil
      let expected = z.indices.map { activation.slope(z[$0]) * Double(gy[$0]) }
      var sums = [Double](repeating: 0, count: n)
      for i in 0..<count { sums[i % n] += expected[i] }
      var gBias: [Float] = []
      let gx = written(count) { gx in
        gBias = written(n) {
          kernels.activationGradient(activation, saved, given, gy, gx, $0, false, rows, n)
        }
      }
      #expect(relativeError(gx, expected) < 1e-5)
      #expect(relativeError(gBias, sums) < 1e-5)
      let twice = written(n, initially: gBias) { total in
        let inPlace = written(count, initially: gy) {
          kernels.activationGradient(activation, saved, given, $0, $0, total, true, rows, n)
        }
        #expect(bits(inPlace) == bits(gx))
      }
      #expect(relativeError(twice, sums.map { 2 * $0 }) < 1e-5)
    }
  }

  @Test("values come with their derivatives", arguments: instructionSets, [Activation.silu, .gelu, .geluErf])
  func slopes(isa: InstructionSet, activation: Activation) {
    let kernels = Kernels.table(isa).fused
    for (rows, n) in Self.sizes {
      let count = rows * n
      let x = numbers(count, seed: 1, scale: 6), gy = numbers(count, seed: 3)
      for bias in [nil, numbers(n, seed: 2)] {
        let z = x.indices.map { Double(x[$0]) + Double(bias?[$0 % n] ?? 0) }
        var slope: [Float] = []
        let y = written(count) { y in
          slope = written(count, initially: x) { kernels.biasActivationSlope($0, bias, activation, y, $0, rows, n) }
        }
        #expect(relativeError(y, z.map(activation.value)) < 1e-6)
        #expect(relativeError(slope, z.map(activation.slope)) < 1e-5)
        let expected = z.indices.map { activation.slope(z[$0]) * Double(gy[$0]) }
        var sums = [Double](repeating: 0, count: n)
        for i in 0..<count { sums[i % n] += expected[i] }
        var gBias: [Float] = []
        let gx = written(count) { gx in gBias = written(n) { kernels.slopeGradient(slope, gy, gx, $0, rows, n) } }
        #expect(relativeError(gx, expected) < 1e-5)
        #expect(relativeError(gBias, sums) < 1e-5)
        let inPlace = written(count, initially: gy) { kernels.slopeGradient(slope, $0, $0, nil, rows, n) }
        #expect(bits(inPlace) == bits(gx))
      }
    }
  }

  static let pools: [PoolShape] = [
    .init(batch: 2, height: 6, width: 8, channels: 32, kernelHeight: 2, kernelWidth: 2, strideY: 2, strideX: 2),
    .init(batch: 2, height: 7, width: 11, channels: 19, kernelHeight: 2, kernelWidth: 2, strideY: 2, strideX: 2),
    .init(batch: 1, height: 2, width: 3, channels: 1, kernelHeight: 2, kernelWidth: 2, strideY: 2, strideX: 2),
    .init(
      batch: 2, height: 7, width: 9, channels: 48, kernelHeight: 3, kernelWidth: 3, strideY: 2, strideX: 2, paddingY: 1,
      paddingX: 1),
    .init(
      batch: 1, height: 5, width: 6, channels: 3, kernelHeight: 3, kernelWidth: 2, strideY: 1, strideX: 3, paddingY: 1,
      paddingX: 0),
    .init(batch: 2, height: 8, width: 4, channels: 16, kernelHeight: 4, kernelWidth: 4, strideY: 4, strideX: 4),
    .init(batch: 1, height: 5, width: 5, channels: 17, kernelHeight: 2, kernelWidth: 2, strideY: 1, strideX: 1),
  ]

  @Test("rectified maxima, codes and gradients agree with the definition", arguments: instructionSets, pools)
  func pooling(isa: InstructionSet, shape s: PoolShape) {
    let kernels = Kernels.table(isa).fused
    let count = s.batch * s.height * s.width * s.channels
    // Few values, so that there are ties; halves, so that the sums are exact.
    let x = numbers(count, seed: 1, scale: 4).map { $0.rounded() / 2 }
    let bias = numbers(s.channels, seed: 2, scale: 2).map { $0.rounded() / 2 }
    let naive = NaiveRectifiedPool(s, x.indices.map { Double(x[$0]) + Double(bias[$0 % s.channels]) })
    var codes = [Int32](repeating: -1, count: kernels.poolCodeCount(s))
    let y = written(naive.y.count) { kernels.rectifiedMaximum(s, x, bias, $0, &codes) }
    #expect(y.map(Double.init) == naive.y)
    #expect(NaiveRectifiedPool.decoded(codes, s) == naive.codes)
    let gy = numbers(y.count, seed: 3)
    let (gz, gBias) = naive.gradients(gy)
    var sums: [Float] = []
    let gx = written(count) { gx in
      sums = written(s.channels) { kernels.rectifiedMaximumGradient(s, gy, codes, gx, $0) }
    }
    #expect(relativeError(gx, gz) < Tolerance.accumulated(9))
    #expect(relativeError(sums, gBias) < Tolerance.accumulated(naive.y.count))
  }

  @Test("a window with NaN gives NaN, and its gradient goes somewhere", arguments: instructionSets)
  func notANumber(isa: InstructionSet) {
    let kernels = Kernels.table(isa).fused
    for (kernel, channels) in [(2, 17), (3, 16)] {
      let s = PoolShape(
        batch: 1, height: 3, width: 3, channels: channels, kernelHeight: kernel, kernelWidth: kernel, strideY: 2,
        strideX: 2)
      for place in [0, 1, 3, 4] {
        var x = numbers(9 * channels, seed: 1)
        for c in 0..<channels { x[place * channels + c] = .nan }
        var codes = [Int32](repeating: -1, count: kernels.poolCodeCount(s))
        let y = written(channels) { kernels.rectifiedMaximum(s, x, nil, $0, &codes) }
        #expect(y.filter(\.isNaN).count == channels)
        let gx = written(9 * channels) {
          kernels.rectifiedMaximumGradient(s, [Float](repeating: 2, count: channels), codes, $0, nil)
        }
        #expect(gx.reduce(0, +) == Float(2 * channels))
      }
    }
  }
}

/// ReLU and max pooling by their definition, of numbers that are already sums.
struct NaiveRectifiedPool {
  private(set) var y: [Double]
  private(set) var codes: [Int]
  private var winners: [Int?]
  private let count: Int
  private let channels: Int

  init(_ s: PoolShape, _ x: [Double]) {
    (count, channels) = (x.count, s.channels)
    let outputs = s.batch * s.outputHeight * s.outputWidth * s.channels
    y = [Double](repeating: 0, count: outputs)
    codes = [Int](repeating: s.kernelHeight * s.kernelWidth, count: outputs)
    winners = [Int?](repeating: nil, count: outputs)
    for i in 0..<outputs {
      let (channel, ox) = (i % s.channels, i / s.channels % s.outputWidth)
      let oy = i / s.channels / s.outputWidth % s.outputHeight
      let image = i / s.channels / s.outputWidth / s.outputHeight
      for place in 0..<s.kernelHeight * s.kernelWidth {
        let row = oy * s.strideY + place / s.kernelWidth - s.paddingY
        let column = ox * s.strideX + place % s.kernelWidth - s.paddingX
        guard (0..<s.height).contains(row), (0..<s.width).contains(column) else { continue }
        let source = ((image * s.height + row) * s.width + column) * s.channels + channel
        if x[source] > y[i] { (y[i], codes[i], winners[i]) = (x[source], place, source) }
      }
    }
  }

  /// Returns the gradient of x and its sum over pixels.
  func gradients(_ gy: [Float]) -> (x: [Double], bias: [Double]) {
    var gx = [Double](repeating: 0, count: count)
    for (i, winner) in winners.enumerated() { if let winner { gx[winner] += Double(gy[i]) } }
    var sums = [Double](repeating: 0, count: channels)
    for i in 0..<count { sums[i % channels] += gx[i] }
    return (gx, sums)
  }

  /// Takes four codes from each word.
  static func decoded(_ words: [Int32], _ s: PoolShape) -> [Int] {
    (0..<s.batch * s.outputHeight * s.outputWidth * s.channels).map { i in
      let (channel, pixel) = (i % s.channels, i / s.channels)
      let (line, column) = (pixel / s.outputWidth, pixel % s.outputWidth)
      let word = words[(line * ((s.outputWidth + 3) / 4) + column / 4) * s.channels + channel]
      return Int(UInt32(bitPattern: word) >> UInt32(8 * (column % 4)) & 255)
    }
  }
}

extension Activation {
  func value(_ x: Double) -> Double {
    switch self {
    case .none: x
    case .relu: max(x, 0)
    case .relu6: min(max(x, 0), 6)
    case .silu: x / (1 + exp(-x))
    case .sigmoid: 1 / (1 + exp(-x))
    case .tanh: Foundation.tanh(x)
    case .gelu: x * 0.5 * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .geluErf: x * 0.5 * (1 + erf(x / 2.0.squareRoot()))
    case .leakyRelu(let slope): x > 0 ? x : x * Double(slope)
    }
  }

  /// Returns the derivative, by central differences.
  func slope(_ x: Double) -> Double { (value(x + 1e-6) - value(x - 1e-6)) / 2e-6 }
}
