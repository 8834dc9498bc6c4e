import Tensors
import Testing

@testable import Datasets

/// What must not give the class away: if any of these could, the problem would be a trick and not a task.
@Suite("Trivial cues in synthetic MRI") struct MRITrivialCuesTests {
  private let train: Dataset
  private let test: Dataset

  init() throws {
    var mri = SyntheticMRI()
    (mri.count, mri.size) = (600, 32)
    mri.scanners = ["t1_sharp", "t1_contrast", "t2_sharp", "flair_sharp"].compactMap(MRIScanner.named)
    train = try mri.make()
    (mri.count, mri.seed) = (400, 2)
    test = try mri.make()
  }

  /// 5 deviations of a coin thrown 400 times are 0.125.
  @Test("The nearest neighbour on raw pixels is hardly better than a coin")
  func nearestNeighbor() throws {
    let accuracy = try nearestNeighborAccuracy(train, test)
    #expect(accuracy < 0.65)
  }

  /// Neighbouring slices are nearly copies, as in the public sets, so a random split says nothing.
  @Test("Slices of one patient on two sides of a split give their class away, whole patients do not")
  func leak() throws {
    var mri = SyntheticMRI()
    (mri.count, mri.size, mri.slicesPerPatient) = (400, 32, 4)
    let set = try mri.make()
    let mixed = try (set.subset((0..<400).filter { $0 % 4 != 1 }), set.subset((0..<400).filter { $0 % 4 == 1 }))
    #expect(try nearestNeighborAccuracy(mixed.0, mixed.1) > 0.9)
    let whole = try (set.subset(Array(0..<300)), set.subset(Array(300..<400)))
    #expect(try nearestNeighborAccuracy(whole.0, whole.1) < 0.75)
  }

  private func nearestNeighborAccuracy(_ known: Dataset, _ asked: Dataset) throws -> Double {
    let (references, samples) = try (known.wholeBatch().inputs.floats, asked.wholeBatch().inputs.floats)
    let right = (0..<asked.count).filter { sample in
      var (best, label) = (Float.infinity, 0)
      for other in 0..<known.count {
        var distance: Float = 0
        for pixel in 0..<1024 {
          let difference = references[1024 * other + pixel] - samples[1024 * sample + pixel]
          distance += difference * difference
        }
        if distance < best { (best, label) = (distance, known.labels[other]) }
      }
      return label == asked.labels[sample]
    }
    return Double(right.count) / Double(asked.count)
  }

  @Test("A logistic regression on mean and deviation of the pixels is hardly better than a coin")
  func intensity() throws {
    let (known, asked) = try (features(train), features(test))
    let count = Double(known.count)
    let mean = known.reduce(SIMD2<Double>(), +) / count
    let deviation = (known.reduce(SIMD2<Double>()) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
    var (weights, bias) = (SIMD2<Double>(), 0.0)
    for _ in 0..<2000 {
      var (step, slope) = (SIMD2<Double>(), 0.0)
      for (point, label) in zip(known, train.labels) {
        let z = (point - mean) / deviation
        let error = 1 / (1 + PortableMath.exp(-(weights * z).sum() - bias)) - Double(label)
        step += z * error
        slope += error
      }
      weights -= step / count
      bias -= slope / count
    }
    let right = zip(asked, test.labels).filter { point, label in
      ((weights * (point - mean) / deviation).sum() + bias > 0) == (label == 1)
    }
    #expect(Double(right.count) / 400 < 0.65)
  }

  private func features(_ set: Dataset) throws -> [SIMD2<Double>] {
    let values = try set.wholeBatch().inputs.floats
    return (0..<set.count).map { sample in
      let pixels = values[1024 * sample..<1024 * (sample + 1)].map(Double.init)
      let mean = pixels.reduce(0, +) / 1024
      return SIMD2(mean, (pixels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1024).squareRoot())
    }
  }

  /// Correlations of 2,000 independent draws have a deviation of 0.022.
  @Test("The class says nothing of the scanner and the level of the slice")
  func independence() {
    var mri = SyntheticMRI()
    mri.scanners = Array(MRIScanner.profiles.prefix(4))
    let renderer = SliceRenderer(mri)
    let patients = (0..<2000).map(renderer.patient)
    let ill = patients.map { $0.kind == nil ? 0.0 : 1.0 }
    #expect(abs(correlation(ill, patients.map(\.level))) < 0.09)
    for scanner in 0..<4 {
      #expect(abs(correlation(ill, patients.map { $0.scanner == scanner ? 1 : 0 })) < 0.09)
    }
    for kind in LesionKind.allCases {
      let members = patients.filter { $0.kind == kind }
      let level = members.reduce(0) { $0 + $1.level } / Double(members.count)
      #expect(abs(level - 0.49) < 0.06)
    }
  }

  private func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let n = Double(a.count)
    let (meanA, meanB) = (a.reduce(0, +) / n, b.reduce(0, +) / n)
    var (product, squareA, squareB) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      product += (x - meanA) * (y - meanB)
      squareA += (x - meanA) * (x - meanA)
      squareB += (y - meanB) * (y - meanB)
    }
    return product / (squareA * squareB).squareRoot()
  }
}
