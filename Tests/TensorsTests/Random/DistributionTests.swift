import Foundation
import Testing

@testable import Tensors

/// Distributions are judged by their distribution functions, written down independently of the generator.
@Suite struct DistributionTests {
  private func stream(_ client: Int = 0) -> RandomStream {
    RandomStream(seed: 2024, purpose: .script, client: client)
  }

  /// Largest distance between the empirical and a given distribution function, times the square root of the count.
  private func kolmogorov(_ values: [Double], _ distribution: (Double) -> Double) -> Double {
    let count = Double(values.count)
    let distance =
      values.sorted().enumerated().map { index, value in
        let p = distribution(value)
        return max(abs(p - Double(index) / count), abs(Double(index + 1) / count - p))
      }.max() ?? 0
    return distance * count.squareRoot()
  }

  /// Passed by a correct generator in all but 1 of 10,000 seeds.
  private let limit = 2.23

  @Test func uniformIsUniform() {
    var stream = stream()
    #expect(kolmogorov((0..<50_000).map { _ in stream.uniform() }) { $0 } < limit)
    #expect(kolmogorov((0..<50_000).map { _ in Double(stream.uniformFloat()) }) { $0 } < limit)
  }

  @Test func normalIsNormal() {
    var stream = stream()
    let values = (0..<50_000).map { _ in stream.normal() }
    #expect(kolmogorov(values) { 0.5 * erfc(-$0 / 2.0.squareRoot()) } < limit)
  }

  /// For whole and half shapes the distribution function has a closed form.
  @Test func gammaFollowsItsDistribution() {
    var stream = stream()
    #expect(kolmogorov((0..<50_000).map { _ in stream.gamma(1) }) { 1 - exp(-$0) } < limit)
    #expect(kolmogorov((0..<50_000).map { _ in stream.gamma(3) }) { 1 - exp(-$0) * (1 + $0 + $0 * $0 / 2) } < limit)
    #expect(kolmogorov((0..<50_000).map { _ in stream.gamma(0.5) }) { erf($0.squareRoot()) } < limit)
  }

  @Test func betaFollowsItsDistribution() {
    var stream = stream()
    #expect(kolmogorov((0..<50_000).map { _ in stream.beta(1, 3) }) { 1 - pow(1 - $0, 3) } < limit)
    #expect(kolmogorov((0..<50_000).map { _ in stream.beta(0.5, 0.5) }) { 2 / .pi * asin($0.squareRoot()) } < limit)
  }

  @Test func logNormalHasTheStatedMedianAndSpread() {
    var stream = stream()
    let values = (0..<20_000).map { _ in log(stream.logNormal(mean: 2, deviation: 0.5)) }
    #expect(kolmogorov(values) { 0.5 * erfc(-($0 - 2) / 0.5 / 2.0.squareRoot()) } < limit)
  }

  @Test(arguments: [0.05, 0.5, 1, 10])
  func dirichletSharesSumToOneWithTheRightMoments(concentration: Double) {
    var stream = stream()
    let draws = (0..<20_000).map { _ in stream.dirichlet(concentration, count: 4) }
    for draw in draws.prefix(100) { #expect(abs(draw.reduce(0, +) - 1) < 1e-14) }
    let mean = draws.reduce(0) { $0 + $1[2] } / 20_000
    let variance = draws.reduce(0) { $0 + ($1[2] - 0.25) * ($1[2] - 0.25) } / 20_000
    let expected = 0.25 * 0.75 / (4 * concentration + 1)
    #expect(abs(mean - 0.25) < 4 * (expected / 20_000).squareRoot())
    #expect(abs(variance / expected - 1) < 0.06)
  }

  @Test func tinyConcentrationsGiveOneWinnerAndNoNaN() {
    var stream = stream()
    for _ in 0..<200 {
      let draw = stream.dirichlet(1e-6, count: 5)
      #expect(abs(draw.reduce(0, +) - 1) < 1e-12)
      #expect(draw.max()! > 0.99)
    }
  }

  /// With a bound of three quarters of the range, a plain remainder or a truncated product would be visibly biased.
  @Test func integersBelowAnAwkwardBoundAreUnbiased() {
    var stream = stream()
    let bound = 3 << 61
    var thirds = [0, 0, 0]
    for _ in 0..<30_000 { thirds[stream.integer(below: bound) / (1 << 61)] += 1 }
    for count in thirds { #expect(abs(count - 10_000) < 4 * 82) }
    #expect((0..<100).allSatisfy { _ in stream.integer(below: 1) == 0 })
  }

  @Test func categoricalFollowsTheWeightsAndSkipsZeros() {
    var stream = stream()
    var counts = [0, 0, 0, 0]
    for _ in 0..<40_000 { counts[stream.categorical([1, 0, 3, 0])] += 1 }
    #expect(counts[1] == 0 && counts[3] == 0)
    #expect(abs(counts[0] - 10_000) < 4 * 87)
  }

  @Test func bulkNormalsAreNormalAndUncorrelated() {
    var stream = stream()
    var values = [Float](repeating: 0, count: 50_001)
    values.withUnsafeMutableBufferPointer { stream.fillNormal($0.baseAddress!, count: $0.count, mean: 1, deviation: 2) }
    let standard = values.map { (Double($0) - 1) / 2 }
    #expect(kolmogorov(standard) { 0.5 * erfc(-$0 / 2.0.squareRoot()) } < limit)
    let correlation = zip(standard, standard.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / 50_000
    #expect(abs(correlation) < 4 / 50_000.0.squareRoot())
  }

  @Test(arguments: [0, 1, 3, 4, 5, 1023])
  func bulkUniformsStartAtABlockAndTakeOneWordEach(count: Int) {
    var bulk = stream()
    _ = bulk.nextUInt32()
    var single = stream()
    single.position = 4
    var values = [Float](repeating: -1, count: count + 1)
    values.withUnsafeMutableBufferPointer { bulk.fillUniform($0.baseAddress!, count: count) }
    #expect(Array(values.prefix(count)) == (0..<count).map { _ in single.uniformFloat() })
    #expect(values[count] == -1)
    #expect(bulk.position == UInt64(4 + (count + 3) / 4 * 4))
  }

  @Test func bulkUniformsStayInTheirRange() {
    var stream = stream()
    var values = [Float](repeating: 0, count: 10_000)
    values.withUnsafeMutableBufferPointer {
      stream.fillUniform($0.baseAddress!, count: $0.count, lower: -3, upper: 5)
    }
    #expect(values.allSatisfy { $0 >= -3 && $0 <= 5 })
    #expect(kolmogorov(values.map { Double($0 + 3) / 8 }) { $0 } < limit)
  }
}
