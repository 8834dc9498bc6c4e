import Tensors
import Testing

@testable import Datasets

/// The anatomy under the pictures.
@Suite("Slices of heads") struct HeadSliceTests {
  private func slices(_ level: Float, count: Int = 20) -> [HeadSlice] {
    (0..<count).map { HeadSlice(RandomStream(seed: UInt64($0), purpose: .synthetic), level: level) }
  }

  /// Share of the brain's points whose signal lies in a range.
  private func share(_ slice: HeadSlice, _ range: ClosedRange<Float>, _ contrast: TissueContrast) -> Double {
    var (inside, counted) = (0, 0)
    for row in 0..<100 {
      for column in 0..<100 {
        let sample = slice.sample(Float(column) / 50 - 0.99, Float(row) / 50 - 0.99, pitch: 0.02, contrast)
        guard sample.brain > 0.99 else { continue }
        counted += 1
        if range.contains(sample.signal) { inside += 1 }
      }
    }
    return Double(inside) / Double(counted)
  }

  @Test("Layers follow each other from the skin to the brain")
  func layers() {
    for slice in slices(0.4) {
      let head = slice.head
      #expect(0 < head.fatDepth && head.fatDepth < head.skullDepth && head.skullThickness > 0.03)
      #expect(head.brainDepth > head.skullDepth + head.skullThickness && head.brainDepth < 0.25)
      let contrast = MRIWeighting.t1.contrast
      #expect(slice.sample(-1, -1, pitch: 0.01, contrast).signal == contrast.air)
      #expect(slice.sample(0, -1.2, pitch: 0.01, contrast).brain == 0)
      #expect(slice.sample(0.3, 0.3, pitch: 0.01, contrast).brain == 1)
    }
  }

  @Test("Grey, white and fluid have the shares of a brain")
  func tissueShares() {
    let contrast = MRIWeighting.t1.contrast
    for (index, slice) in slices(0.5).enumerated() {
      let fluid = share(slice, 0...0.25, contrast)
      let white = share(slice, 0.58...0.80, contrast)
      #expect((0.03...0.40).contains(fluid), "fluid of slice \(index)")
      #expect((0.25...0.75).contains(white), "white matter of slice \(index)")
    }
  }

  @Test("Ventricles are met in the middle and not near the vertex, and narrow heads belong there")
  func levels() {
    let contrast = MRIWeighting.t2.contrast
    func middleFluid(_ slice: HeadSlice) -> Int {
      var count = 0
      for row in 0..<60 {
        for column in 0..<30 {
          let (x, y) = (Float(column - 15) / 75, Float(row - 30) / 75)
          if slice.sample(x, y, pitch: 0.02, contrast).signal > 0.8 { count += 1 }
        }
      }
      return count
    }
    for (low, high) in zip(slices(0.45), slices(0.95)) {
      #expect(middleFluid(low) > 3 * middleFluid(high) / 2)
      #expect(high.head.brainHalfLength < low.head.brainHalfLength)
    }
  }

  @Test("A lesion has room only in tissue, and all lesions of many heads lie where they had room")
  func places() {
    var mri = SyntheticMRI()
    mri.lesionShare = 1
    let renderer = SliceRenderer(mri)
    for index in 0..<120 {
      let patient = renderer.patient(index)
      let slice = renderer.slice(patient, 0)
      #expect((1...3).contains(slice.lesions.count))
      for lesion in slice.lesions {
        #expect(lesion.kind == patient.kind)
        #expect(slice.head.place(lesion.centerX, lesion.centerY).depth > slice.head.brainDepth)
        #expect((0.04...0.23).contains(lesion.radius) && lesion.strength > 0.5 && lesion.strength <= 1)
      }
      #expect(!slice.hasRoom(for: .glioma, radius: 0.1, x: 0, y: -0.95))
    }
  }

  @Test("A lesion pushes tissue outwards, less with distance")
  func pressure() {
    var stream = RandomStream(seed: 1, purpose: .synthetic)
    let lesion = Lesion(&stream, .meningioma, x: 0.2, y: 0.1, radius: 0.15, contrast: 1)
    #expect(lesion.push >= 0.15)
    let near = lesion.unpushed(0.35, 0.1)
    let far = lesion.unpushed(0.8, 0.1)
    #expect(near.x < 0.34 && near.x > 0.2 && near.y == 0.1)
    #expect(0.8 - far.x < 0.35 - near.x)
    #expect(lesion.unpushed(0.2, 0.1) == SIMD2(0.2, 0.1))
  }

  @Test("Noise is smooth, centered and repeats only after 32 cells")
  func noise() {
    var stream = RandomStream(seed: 3, purpose: .synthetic)
    let noise = LatticeNoise(&stream)
    let values = (0..<4000).map { noise(Float($0 % 63) * 0.37 - 9, Float($0 / 63) * 0.41 - 11) }
    let mean = values.reduce(0, +) / 4000
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000).squareRoot()
    #expect(abs(mean) < 0.05 && (0.25...0.6).contains(deviation))
    #expect(abs(noise(1.5, 2.5) - noise(1.5001, 2.5)) < 0.001)
    #expect(abs(noise(0.9999, 2.5) - noise(1.0001, 2.5)) < 0.001)
    #expect(noise(1.25, 2.5) == noise(-30.75, 2.5) && noise(1.25, 2.5) != noise(2.25, 2.5))
  }
}
