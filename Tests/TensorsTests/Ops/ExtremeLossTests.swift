import Testing

@testable import Tensors

/// Losses and powers where a factor of 0 meets an infinite one.
@Suite struct ExtremeLossTests {
  private func logits(_ type: ElementType) throws -> Tensor {
    try Tensor([1, -Double.infinity, 2, 0, 0, -Double.infinity], shape: [2, 3]).to(type).requiresGradient()
  }

  @Test(arguments: [ElementType.float32, .float64])
  func `a class that cannot be leaves the loss of the others alone`(type: ElementType) throws {
    let x = try logits(type), labels = Tensor(labels: [2, 0])
    // log(1 + e^-1) and log 2.
    let expected = (0.313_261_687_518_222_84 + 0.693_147_180_559_945_3) / 2
    #expect(abs(try x.crossEntropy(labels: labels).item() - expected) < 1e-6)
    let gradient = try #require(try x.crossEntropy(labels: labels).backward()[x])
    #expect(gradient.values.allSatisfy { $0.isFinite })
    let probabilities = try labels.oneHot(classes: 3).to(type)
    #expect(abs(try x.crossEntropy(probabilities: probabilities).item() - expected) < 1e-6)
    #expect(try x.crossEntropy(probabilities: probabilities).backward()[x]?.values.allSatisfy(\.isFinite) == true)
    #expect(abs(try x.logSoftmax().klDivergence(probabilities).item() - expected) < 1e-6)
    #expect(try x.crossEntropy(labels: Tensor(labels: [1, 0])).item() == .infinity)
  }

  @Test(arguments: [ElementType.float32, .float64])
  func `a power of 0 has a value and gradients`(type: ElementType) throws {
    let a = try Tensor([0.0, 0, 0, 2, -2, -3]).to(type).requiresGradient()
    let b = try Tensor([2.0, 1, 0, 0, 3, 2]).to(type).requiresGradient()
    #expect(try a.pow(b).values == [0, 0, 1, 1, -8, 9])
    let gradients = try a.pow(b).sum().backward()
    #expect(try #require(gradients[a]).values == [0, 1, 0, 0, 12, -6])
    let slopes = try #require(gradients[b]).values
    #expect(slopes[0] == 0 && slopes[1] == 0 && slopes[2] == 0)
    #expect(abs(slopes[3] - 0.693_147_18) < 1e-6 && slopes[4].isNaN && slopes[5].isNaN)
    let exponents = try Tensor([0.0, 2, 3]).to(type).requiresGradient()
    #expect(try exponents.raising(0).values == [1, 0, 0])
    #expect(try exponents.raising(0).sum().backward()[exponents]?.values == [0, 0, 0])
    #expect(try exponents.raising(-2).values == [1, 4, -8])
  }

  @Test func `functions have their limits in both precisions`() throws {
    for type in [ElementType.float32, .float64] {
      let ends = try Tensor([-Double.infinity, .infinity]).to(type).requiresGradient()
      for function in [ElementwiseFunction.gelu, .silu] {
        #expect(try ends.apply(function).values == [0, .infinity])
        #expect(try ends.apply(function).sum().backward()[ends]?.values == [0, 1])
      }
    }
  }
}
