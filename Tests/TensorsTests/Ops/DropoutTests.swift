import Tensors
import Testing

@Suite struct DropoutTests {
  @Test("kept elements are scaled so that the mean stays")
  func keepsMean() throws {
    var stream = RandomStream(seed: 1, purpose: .dropout)
    let y = try Tensor.ones([100_000]).dropout(probability: 0.25, stream: &stream)
    #expect(Set(y.floats) == [0, 4.0 / 3])
    // Four deviations of a mean of 100,000 draws with variance p / (1 - p).
    #expect(abs(try y.mean().item() - 1) < 4 * (1.0 / 3 / 100_000).squareRoot())
  }

  @Test("a stream at one position drops the same elements, whatever the memory order")
  func depends() throws {
    let start = RandomStream(seed: 1, purpose: .dropout)
    var first = start, second = start
    let x = try Tensor.ones([6, 5])
    let a = try x.dropout(probability: 0.5, stream: &first)
    let b = try x.t().contiguous().t().dropout(probability: 0.5, stream: &second)
    #expect(a.floats == b.floats)
    let c = try x.dropout(probability: 0.5, stream: &second)
    #expect(a.floats != c.floats)
  }

  @Test("a probability of zero changes nothing and draws nothing")
  func zero() throws {
    var stream = RandomStream(seed: 1, purpose: .dropout)
    let x = try Tensor.ones([3])
    #expect(try x.dropout(probability: 0, stream: &stream) === x)
    #expect(stream.position == 0)
  }
}
