import Testing

@testable import Tensors

/// Convolutions and transposed ones of all small shapes in both modes, against the counting definition in float64.
@Suite struct ConvolutionSweepTests {
  private func numbers(_ shape: Shape, seed: UInt64) throws -> Tensor {
    var stream = RandomStream(seed: seed, purpose: .script)
    return try Tensor.uniform(shape, &stream, lower: -1, upper: 1)
  }

  private struct Passes {
    let output: Tensor
    let gradients: [Tensor]
  }

  private func run(_ inputs: [Tensor], _ type: ElementType, _ body: ([Tensor]) throws -> Tensor) throws -> Passes {
    let leaves = try inputs.map { try $0.to(type).clone().detach().requiresGradient() }
    let output = try body(leaves)
    let weights = try numbers(output.shape, seed: 3).to(type)
    let gradients = try output.mul(weights).sum().backward()
    return Passes(output: output.detach(), gradients: leaves.compactMap { gradients[$0] })
  }

  private func distance(_ a: Tensor, _ b: Tensor) throws -> Double {
    let difference = zip(a.values, b.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
    return a.shape == b.shape ? difference / b.values.reduce(1e-30) { max($0, abs($1)) } : .infinity
  }

  private func failures(_ name: String, _ inputs: [Tensor], _ body: ([Tensor]) throws -> Tensor) throws -> [String] {
    let exact = try run(inputs, .float64, body)
    var failures: [String] = []
    for mode in ConvolutionMode.allCases {
      let got = try ConvolutionMode.with(mode) { try run(inputs, .float32, body) }
      for (part, pair) in zip([got.output] + got.gradients, [exact.output] + exact.gradients).enumerated() {
        let error = try distance(pair.0, pair.1)
        if error > (mode == .auto ? 1e-4 : 1e-5) { failures.append("\(name), part \(part), \(mode): \(error)") }
      }
    }
    return failures
  }

  @Test(arguments: 1...5, 1...4)
  func `transposed convolutions, forward and back`(kernel: Int, stride: Int) throws {
    var found: [String] = []
    for padding in 0...3 {
      for outputPadding in 0..<stride {
        for side in 1...4 where (side - 1) * stride - 2 * padding + kernel + outputPadding > 0 {
          let groups = 1 + (side + padding) % 2
          let x = try numbers([1, 2, side, side], seed: 1), w = try numbers([2, 2 / groups, kernel, kernel], seed: 2)
          found += try failures("padding \(padding), output padding \(outputPadding), side \(side)", [x, w]) {
            try $0[0].convTranspose2d(
              weight: $0[1], stride: stride, padding: padding, outputPadding: outputPadding, groups: groups)
          }
        }
      }
    }
    #expect(found == [])
  }

  @Test(arguments: 1...5, 1...5)
  func `convolutions, forward and back`(kernel: Int, stride: Int) throws {
    var found: [String] = []
    for padding in 0...4 {
      for side in [1, 2, 3, 5, 8] where side + 2 * padding >= kernel {
        let groups = 1 + (side + padding) % 2
        let x = try numbers([1, 2, side, side], seed: 1), w = try numbers([2, 2 / groups, kernel, kernel], seed: 2)
        found += try failures("padding \(padding), side \(side)", [x, w]) {
          try $0[0].conv2d(weight: $0[1], stride: stride, padding: padding, groups: groups)
        }
      }
    }
    #expect(found == [])
  }
}
