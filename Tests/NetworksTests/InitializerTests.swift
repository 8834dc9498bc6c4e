import Tensors
import Testing

@testable import Networks

@Suite("Initializer")
struct InitializerTests {
  private func moments(_ initializer: Initializer, count: Int = 40_000) -> (
    mean: Double, deviation: Double, largest: Double
  ) {
    var stream = RandomStream(seed: 3, purpose: .initialization)
    let values = initializer.values(count: count, stream: &stream).map(Double.init)
    let mean = values.reduce(0, +) / Double(count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    return (mean, variance.squareRoot(), values.map { abs($0) }.max() ?? 0)
  }

  @Test("gives linear weights PyTorch's default: uniform within 1 / sqrt(inputs)")
  func fanIn() {
    let (mean, deviation, largest) = moments(.fanIn(25))
    #expect(abs(mean) < 0.003)
    #expect(abs(deviation - 0.2 / 3.0.squareRoot()) < 0.002)
    #expect(largest <= 0.2 && largest > 0.1999)
  }

  @Test("gives Kaiming's normal rule the deviation sqrt(2 / fan)")
  func kaiming() {
    let (mean, deviation, largest) = moments(.kaimingNormal(fan: 8))
    #expect(abs(mean) < 0.01)
    #expect(abs(deviation - 0.5) < 0.01)
    #expect(largest > 1.5)
  }

  @Test("cuts the truncated normal at two deviations")
  func truncated() {
    let (mean, deviation, largest) = moments(.truncatedNormal(deviation: 0.5))
    #expect(abs(mean) < 0.01)
    // A normal distribution cut at two deviations has 0.8796 of its deviation.
    #expect(abs(deviation - 0.5 * 0.8796) < 0.01)
    #expect(largest <= 1)
  }

  @Test("gives Glorot's bound sqrt(6 / (in + out))")
  func glorot() {
    #expect(Initializer.glorotUniform(fanIn: 10, fanOut: 14) == .uniform(bound: 0.5))
    #expect(moments(.constant(2)).mean == 2)
  }
}
