import Foundation
import Testing

@testable import Tensors

/// The C library is the oracle here; only the agreement is claimed, not the same bits.
@Suite struct PortableMathTests {
  private func points(_ count: Int, from low: Double, to high: Double) -> [Double] {
    (0...count).map { low + (high - low) * Double($0) / Double(count) }
  }

  private func isClose(_ value: Double, _ expected: Double, units: Double = 2) -> Bool {
    value == expected || abs(value - expected) <= units * max(expected.ulp, Double.leastNormalMagnitude)
  }

  @Test func logarithmAgreesWithTheCLibrary() {
    for x in points(20_000, from: 1e-6, to: 4) { #expect(isClose(PortableMath.log(x), log(x)), "x = \(x)") }
    let extremes = [Double.leastNonzeroMagnitude, 0x1p-1030, 1e-300, 1e-17, 1e17, 1e300]
    for x in extremes { #expect(isClose(PortableMath.log(x), log(x)), "x = \(x)") }
    #expect(PortableMath.log(0) == -.infinity && PortableMath.log(-1).isNaN && PortableMath.log(.nan).isNaN)
    #expect(PortableMath.log(.infinity) == .infinity && PortableMath.log(1) == 0)
  }

  @Test func exponentialAgreesWithTheCLibrary() {
    for x in points(20_000, from: -700, to: 700) { #expect(isClose(PortableMath.exp(x), exp(x)), "x = \(x)") }
    for x in points(2_000, from: -1, to: 1) { #expect(isClose(PortableMath.exp(x), exp(x)), "x = \(x)") }
    #expect(PortableMath.exp(-1e9) == 0 && PortableMath.exp(1e9) == .infinity && PortableMath.exp(.nan).isNaN)
    #expect(PortableMath.exp(-740) > 0 && PortableMath.exp(709.7).isFinite)
  }

  @Test func sineAndCosineAgreeWithTheCLibrary() {
    for u in points(40_000, from: 0, to: 1) {
      let value = PortableMath.sineAndCosine(turns: u)
      #expect(abs(value.sine - sin(2 * .pi * u)) < 1e-15 && abs(value.cosine - cos(2 * .pi * u)) < 1e-15, "u = \(u)")
    }
    #expect(PortableMath.sineAndCosine(turns: 0.25) == (1, 0))
  }
}
