import Tensors
import Testing

@testable import Networks

@Suite("Loss")
struct LossTests {
  @Test("of cross-entropy is log k for equal logits and near 0 for a sure and right answer")
  func crossEntropy() throws {
    let labels = Tensor(labels: [0, 3])
    #expect(abs(try Loss.crossEntropy()(Tensor.zeros([2, 4]), labels).item() - 1.3862943611) < 1e-6)
    let sure = Tensor([20, 0, 0, 0, 0, 0, 0, 20] as [Float], shape: [2, 4])
    #expect(try Loss.crossEntropy()(sure, labels).item() < 1e-6)
    // Smoothing by 0.2 leaves each of the three wrong classes 0.05 of the target, 20 nats away.
    #expect(abs(try Loss.crossEntropy(labelSmoothing: 0.2)(sure, labels).item() - 3) < 1e-4)
  }

  @Test("of squares and of yes-or-no answers are means over all elements")
  func others() throws {
    let output = Tensor([0, 2] as [Float]), target = Tensor([1, 0] as [Float])
    #expect(abs(try Loss.meanSquaredError(output, target).item() - 2.5) < 1e-6)
    // (log 2 + log(1 + e²)) / 2.
    #expect(abs(try Loss.binaryCrossEntropy(output, target).item() - (0.6931471806 + 2.1269280110) / 2) < 1e-5)
  }
}
