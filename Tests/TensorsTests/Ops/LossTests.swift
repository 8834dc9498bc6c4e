import TestSupport
import Tensors
import Testing

@Suite struct LossTests {
  @Test("even scores cost the logarithm of the number of classes")
  func evenScores() throws {
    let loss = try Tensor.zeros([3, 8]).crossEntropy(labels: Tensor(labels: [0, 7, 3])).item()
    #expect(Tolerance.float32Accumulated(8).mismatch([loss], [2.0794415416798357]) == nil)
  }

  @Test("a sure right answer costs nothing and a sure wrong one costs the gap")
  func sureAnswers() throws {
    let logits = Tensor([1000, 0, 0, 1000] as [Float], shape: [2, 2])
    let losses = try logits.crossEntropy(labels: Tensor(labels: [0, 0]), reduction: .none)
    #expect(losses.floats == [0, 1000])
  }

  @Test("mean, sum and none are one loss")
  func reductions() throws {
    let logits = Tensor([1, 2, 3, 4, 6, 5] as [Double], shape: [2, 3]), labels = Tensor(labels: [0, 2])
    let each = try logits.crossEntropy(labels: labels, labelSmoothing: 0.3, reduction: .none).values
    let sum = try logits.crossEntropy(labels: labels, labelSmoothing: 0.3, reduction: .sum).item()
    let mean = try logits.crossEntropy(labels: labels, labelSmoothing: 0.3).item()
    #expect(Tolerance.float64Reordered.mismatch([each[0] + each[1], sum], [sum, 2 * mean]) == nil)
  }

  @Test("a hard target distribution costs what its label costs")
  func probabilities() throws {
    let logits = Tensor([1, 2, 3, 4, 6, 5] as [Double], shape: [2, 3])
    let target = Tensor([1, 0, 0, 0, 0, 1] as [Double], shape: [2, 3])
    let expected = try logits.crossEntropy(labels: Tensor(labels: [0, 2])).item()
    #expect(
      Tolerance.float64Reordered.mismatch([try logits.crossEntropy(probabilities: target).item()], [expected]) == nil)
  }

  @Test("a distribution does not diverge from itself")
  func selfDivergence() throws {
    let p = Tensor([0.5, 0.25, 0.25, 0, 1, 0] as [Double], shape: [2, 3])
    #expect(abs(try p.clamp(1e-300, 1).log().klDivergence(p).item()) < 1e-15)
  }

  @Test("the binary loss keeps its gradient at a logit of zero")
  func zeroLogit() throws {
    let x = try Tensor([0, 0] as [Float]).requiresGradient()
    let loss = try x.binaryCrossEntropyWithLogits(Tensor([1, 0] as [Float]), reduction: .sum)
    #expect(try loss.backward()[x]?.floats == [-0.5, 0.5])
  }
}
