import Tensors
import Testing

@testable import Networks

@Suite("BatchNorm")
struct BatchNormTests {
  private let first = Tensor([1, 10, 3, 10, 5, 40] as [Float], shape: [3, 2])
  private let second = Tensor([0, 0, 2, 6, 10, 0] as [Float], shape: [3, 2])

  @Test("normalizes with the batch's statistics in training and moves the running ones a tenth of the way")
  func training() throws {
    let model = try Model(BatchNorm(channels: 2), seed: 0)
    let output = try model.forward(first, mode: .training).values
    // Column 1 is 1, 3, 5: mean 3, variance 8/3 in the batch and 4 unbiased.
    #expect(abs(output[0] + 2 / (8.0 / 3).squareRoot()) < 1e-4)
    #expect(abs(output[2]) < 1e-6)
    let statistics = model.statistics.values
    #expect(abs(statistics[0] - 0.3) < 1e-6)
    #expect(abs(statistics[1] - 2) < 1e-5)
    #expect(abs(statistics[2] - (0.9 + 0.4)) < 1e-6)
    #expect(abs(statistics[3] - (0.9 + 30)) < 1e-4)
  }

  @Test("uses the running statistics in evaluation and leaves them")
  func evaluation() throws {
    let model = try Model(BatchNorm(channels: 2), seed: 0)
    try model.statistics.copy_(Tensor([1, 2, 4, 9] as [Float]))
    let output = try model.forward(first).values
    #expect(abs(output[0]) < 1e-6)
    #expect(abs(output[2] - 1) < 1e-5)
    #expect(abs(output[5] - 38.0 / 3) < 1e-4)
    #expect(model.statistics.values == [1, 2, 4, 9])
  }

  @Test("re-estimates statistics as the plain mean over batches, whatever they were before")
  func estimation() throws {
    let model = try Model(BatchNorm(channels: 2), seed: 0)
    try model.statistics.fill_(99)
    try model.reestimateStatistics(over: [first, second])
    let got = model.statistics.values
    // Means 3 and 4, 20 and 2; unbiased variances 4 and 28, 300 and 12.
    for (value, expected) in zip(got, [3.5, 11, 16, 156]) { #expect(abs(value - expected) < 1e-4 * expected) }
  }

  @Test("refuses inputs with other channels")
  func wrongChannels() throws {
    let model = try Model(BatchNorm(channels: 2), seed: 0)
    #expect(
      throws: NetworkError.input(layer: "batch_norm", got: [3, 4], expected: "it must be [b, 2, h, w] or [b, 2]")
    ) {
      try model.forward(Tensor.zeros([3, 4]))
    }
  }
}
