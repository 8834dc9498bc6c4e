import Tensors
import Testing

@testable import Datasets

@Suite("MRI scanners") struct MRIScannerTests {
  /// Healthy heads under one scanner, without its chance: the same heads for every scanner.
  private func scan(_ change: (inout MRIScanner) -> Void, size: Int = 64, count: Int = 6) throws -> (Dataset, [Float]) {
    var mri = SyntheticMRI()
    (mri.count, mri.size, mri.lesionShare) = (count, size, 0)
    change(&mri.scanners[0])
    let set = try mri.make()
    return (set, try set.wholeBatch().inputs.floats)
  }

  private func mean(_ values: [Float], _ isCounted: (Int) -> Bool = { _ in true }) -> Double {
    let counted = values.indices.filter(isCounted)
    return counted.reduce(0) { $0 + Double(values[$1]) } / Double(counted.count)
  }

  private func difference(_ a: [Float], _ b: [Float]) -> Double { mean(zip(a, b).map { abs($0 - $1) }) }

  @Test("Every named scanner can be found, and each shows other pictures of the same heads")
  func profiles() throws {
    let pictures = try MRIScanner.profiles.map { profile in
      #expect(MRIScanner.named(profile.name) == profile)
      return try scan { $0 = profile }.1
    }
    for first in pictures.indices {
      for second in 0..<first { #expect(difference(pictures[first], pictures[second]) > 0.02) }
    }
    #expect(MRIScanner.named("t3_sharp") == nil)
  }

  /// Fluid, grey and white matter in the order that textbooks give for each weighting.
  @Test("Weightings order the tissues as they should")
  func weightings() {
    let (t1, t2, flair) = (MRIWeighting.t1.contrast, MRIWeighting.t2.contrast, MRIWeighting.flair.contrast)
    #expect(t1.fluid < t1.grey && t1.grey < t1.white && t1.white < t1.fat)
    #expect(t2.white < t2.grey && t2.grey < t2.edema && t2.edema < t2.fluid)
    #expect(flair.fluid < flair.white && flair.white < flair.grey && flair.grey < flair.edema)
    #expect(MRIWeighting.t1Contrast.contrast.meningioma > 2 * t1.meningioma)
  }

  /// The mean of a Rician variable without a signal is the deviation times the root of pi / 2.
  @Test("The noise in the air is Rician")
  func noise() throws {
    let (set, values) = try scan { ($0.noise, $0.blur, $0.ringing) = (0.1, 0, 0) }
    let corners = values.indices.filter { $0 % 64 < 4 && $0 / 64 % 64 < 8 }
    let air = corners.reduce(0) { $0 + Double(values[$1]) } / Double(corners.count)
    let signal = Double(MRIWeighting.t1.contrast.air)
    // A small signal raises the mean by its square over four deviations.
    let expected = 0.1 * (Double.pi / 2).squareRoot() * (1 + signal * signal / (4 * 0.01))
    #expect(abs(air - expected) < 0.012 && set.count == 6)
  }

  @Test("Blur takes edges away and keeps the mean")
  func blur() throws {
    let sharp = try scan { ($0.noise, $0.blur, $0.ringing) = (0, 0, 0) }.1
    let blurred = try scan { ($0.noise, $0.blur, $0.ringing) = (0, 2, 0) }.1
    #expect(abs(mean(sharp) - mean(blurred)) < 0.003)
    #expect(roughness(blurred) < 0.4 * roughness(sharp))
  }

  private func roughness(_ values: [Float]) -> Double {
    let inner = values.indices.filter { $0 % 64 > 0 }
    return inner.reduce(0) { $0 + Double(abs(values[$1] - values[$1 - 1])) } / Double(inner.count)
  }

  @Test("Ringing leaves waves outside the head, ghosts leave copies of it")
  func faults() throws {
    let clean = try scan { ($0.noise, $0.blur, $0.ringing) = (0, 1, 0) }
    let air = try #require(try clean.0.masks(.brain)).values.map { $0 == 0 }
    let outside = { (index: Int) in air[index] && (index % 64 < 10 || index % 64 > 53) }
    let rung = try scan { ($0.noise, $0.blur, $0.ringing) = (0, 1, 1) }.1
    let ghosted = try scan { ($0.noise, $0.blur, $0.ringing, $0.ghosting) = (0, 1, 0, 0.3) }.1
    #expect(difference(rung, clean.1) > 0.003)
    #expect(mean(ghosted) { $0 / 64 % 64 < 4 } > 1.5 * mean(clean.1) { $0 / 64 % 64 < 4 })
    #expect(mean(clean.1, outside) < 0.2)
  }

  @Test("Bias tilts the brightness, gamma and scale change it, each on its own")
  func brightness() throws {
    let plain = try scan { ($0.noise, $0.bias, $0.scale) = (0, 0, 0.8) }.1
    let dark = try scan { ($0.noise, $0.bias, $0.scale) = (0, 0, 0.4) }.1
    #expect(abs(mean(dark) / mean(plain) - 0.5) < 0.02)
    let curved = try scan { ($0.noise, $0.bias, $0.scale, $0.gamma) = (0, 0, 0.8, 2) }.1
    #expect(mean(curved) < 0.8 * mean(plain))
    let tilted = try scan { ($0.noise, $0.bias, $0.scale) = (0, 0.8, 0.8) }.1
    #expect(difference(tilted, plain) > 0.02)
  }

  @Test("A scanner at 128 pixels blurs heads as far as at 64")
  func sizeOfBlur() throws {
    let small = try scan({ ($0.noise, $0.blur, $0.ringing) = (0, 1.5, 0) }, size: 64).1
    let large = try scan({ ($0.noise, $0.blur, $0.ringing) = (0, 1.5, 0) }, size: 128).1
    let shrunk = (0..<6 * 4096).map { index -> Float in
      let (image, place) = index.quotientAndRemainder(dividingBy: 4096)
      let corner = image * 16384 + place / 64 * 256 + place % 64 * 2
      return (large[corner] + large[corner + 1] + large[corner + 128] + large[corner + 129]) / 4
    }
    #expect(difference(shrunk, small) < 0.01)
  }
}
