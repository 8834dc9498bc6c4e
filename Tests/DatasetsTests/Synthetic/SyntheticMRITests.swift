import Tensors
import Testing

@testable import Datasets

@Suite("Synthetic MRI") struct SyntheticMRITests {
  private func make(_ change: (inout SyntheticMRI) -> Void = { _ in }) throws -> Dataset {
    var mri = SyntheticMRI()
    (mri.count, mri.size) = (24, 32)
    change(&mri)
    return try mri.make()
  }

  private func pixels(_ set: Dataset) throws -> [Float] { try set.wholeBatch().inputs.floats }

  private func marks(_ set: Dataset, _ region: SampleMasks.Region = .lesion) throws -> [Double] {
    try #require(try set.masks(region)).values
  }

  @Test(
    "Every size from 16 to 256 gives pixels from 0 to 1 that use most of the range",
    arguments: [16, 17, 63, 64, 100, 256])
  func sizes(side: Int) throws {
    let set = try make {
      $0.size = side
      $0.count = 4
      $0.scanners = [MRIScanner.named("t1_sharp")!, MRIScanner.named("t2_sharp")!]
    }
    #expect(set.sampleShape == [1, side, side] && set.count == 4)
    let values = try pixels(set)
    #expect(values.allSatisfy { (0...1).contains($0) })
    #expect(values.max()! > 0.6 && values.min()! < 0.06)
  }

  @Test("The same seed gives the same bits, and another seed others")
  func seeds() throws {
    let first = try make()
    #expect(try pixels(first) == pixels(make()) && marks(first) == marks(make()))
    #expect(try pixels(first) != pixels(make { $0.seed = 2 }))
  }

  @Test("Threads do not reach the bits")
  func threads() throws {
    let change: (inout SyntheticMRI) -> Void = { $0.scanners = MRIScanner.profiles }
    let alone = try make(change)
    let together = try Parallel.withThreads(4) { try make(change) }
    #expect(try pixels(alone) == pixels(together) && marks(alone) == marks(together))
    #expect(alone.labels == together.labels && alone.origin(of: 5) == together.origin(of: 5))
  }

  @Test("An image does not depend on how many there are")
  func prefix() throws {
    let few = try make { $0.slicesPerPatient = 3 }
    let more = try make {
      $0.count = 40
      $0.slicesPerPatient = 3
    }
    #expect(try pixels(few) == Array(pixels(more).prefix(few.count * 32 * 32)))
    #expect(few.labels == Array(more.labels.prefix(few.count)))
  }

  /// Starts of the SHA-256 of the pixels, as they came out when the pictures were last looked at: whoever changes them
  /// on purpose looks again, and nobody changes them by accident, nor a compiler, nor a machine.
  @Test("The bits are those of the pictures that were looked at")
  func knownBits() throws {
    let set = try make {
      $0.count = 8
      $0.scanners = MRIScanner.profiles
    }
    let expected = [
      "6fe8d8da15bd", "ce473f647263", "82bc452dedd6", "e27b1b8862c8",
      "dc3181e74279", "525502327433", "c72917ade4cf", "e2eca5d97ce0",
    ]
    #expect((0..<8).map { set.origin(of: $0)!.hash.prefix(12) } == expected.map { $0.prefix(12) })
  }

  @Test("Larger pictures of a seed show the same heads")
  func resolutions() throws {
    let small = try pixels(make { $0.count = 6 })
    let large = try pixels(
      make {
        $0.count = 6
        $0.size = 64
      })
    for index in 0..<6 {
      var (sum, squares, count) = (0.0, 0.0, 0.0)
      for row in 0..<32 {
        for column in 0..<32 {
          let place = index * 4096 + 2 * row * 64 + 2 * column
          let mean = (large[place] + large[place + 1] + large[place + 64] + large[place + 65]) / 4
          let difference = Double(mean - small[index * 1024 + row * 32 + column])
          (sum, squares, count) = (sum + difference, squares + difference * difference, count + 1)
        }
      }
      #expect(abs(sum / count) < 0.01 && (squares / count).squareRoot() < 0.05)
    }
  }

  /// Small lesions may fill half of no pixel, and lesions at the surface reach into pixels that are mostly skull.
  @Test(
    "A mask marks a lesion exactly where the label says so, and inside the brain that the head has without it",
    arguments: [16, 32, 64], [0.25, 1])
  func masks(side: Int, lesionSize: Double) throws {
    let set = try make {
      $0.size = side
      $0.count = 200
      $0.lesionSize = lesionSize
    }
    let healthy = try make {
      $0.size = side
      $0.count = 200
      $0.lesionShare = 0
    }
    let (lesions, brains) = try (marks(set), marks(healthy, .brain))
    for index in 0..<set.count {
      let range = index * side * side..<(index + 1) * side * side
      let lesion = lesions[range].reduce(0, +)
      let brain = brains[range].reduce(0, +)
      #expect((lesion > 0) == (set.labels[index] == 1))
      #expect(zip(lesions[range], brains[range]).allSatisfy { $0 <= $1 })
      #expect(lesion <= 0.25 * brain && (0.15...0.60).contains(brain / Double(side * side)))
    }
    #expect(try marks(set, .brain) == brains)
  }

  /// Four deviations of a binomial count on either side.
  @Test("The share of lesions is the one asked for", arguments: [0, 0.2, 0.5, 1])
  func share(share: Double) throws {
    let set = try make {
      $0.count = 600
      $0.size = 16
      $0.lesionShare = share
    }
    let margin = 4 * (share * (1 - share) / 600).squareRoot()
    #expect(abs(Double(set.classCounts[1]) / 600 - share) <= margin)
  }

  @Test("Without and with a lesion a head is the same, but for what lies near the lesion")
  func counterfactual() throws {
    let healthy = try pixels(make { $0.lesionShare = 0 })
    let ill = try make { $0.lesionShare = 1 }
    let (changed, lesions) = try (pixels(ill), marks(ill))
    var (inside, outside) = ((0.0, 0.0), (0.0, 0.0))
    for index in healthy.indices {
      let difference = Double(abs(healthy[index] - changed[index]))
      if lesions[index] > 0 {
        inside = (inside.0 + difference, inside.1 + 1)
      } else {
        outside = (outside.0 + difference, outside.1 + 1)
      }
    }
    #expect(inside.0 / inside.1 > 0.08)
    #expect(outside.0 / outside.1 < 0.012)
  }

  @Test("A contrast of 0 leaves nothing to see")
  func invisible() throws {
    let healthy = try pixels(make { $0.lesionShare = 0 })
    let hidden = try make {
      $0.lesionShare = 1
      $0.lesionContrast = 0
    }
    #expect(try pixels(hidden) == healthy)
    #expect(hidden.classCounts == [0, 24])
  }

  @Test("Classes may be the kinds of lesions")
  func kinds() throws {
    let set = try make {
      $0.classes = .kind
      $0.count = 200
      $0.size = 16
      $0.lesionKinds = [.metastasis, .glioma]
    }
    #expect(set.classNames == ["no_lesion", "metastasis", "glioma"])
    #expect(set.classCounts.allSatisfy { $0 > 30 })
    let (lesions, size) = (try marks(set), 256)
    let areas = (0..<3).map { label in
      let members = (0..<200).filter { set.labels[$0] == label }
      let area = members.reduce(0) { $0 + lesions[$1 * size..<($1 + 1) * size].reduce(0, +) }
      return area / Double(members.count)
    }
    #expect(areas[0] == 0 && areas[2] > 2 * areas[1] && areas[1] >= 1)
  }

  @Test("Slices of a patient are one group, alike, and of one class and scanner")
  func patients() throws {
    let set = try make {
      $0.slicesPerPatient = 4
      $0.scanners = Array(MRIScanner.profiles.prefix(3))
    }
    for patient in 0..<6 {
      let positions = Array(4 * patient..<4 * patient + 4)
      #expect(Set(positions.map { set.origin(of: $0)!.group }) == ["seed 1, patient \(patient + 1)"])
      #expect(Set(positions.map { set.labels[$0] }).count == 1)
      #expect(Set(positions.map { set.origin(of: $0)!.site }) == [MRIScanner.profiles[patient % 3].name])
      #expect(Set(positions.map { set.origin(of: $0)!.hash }).count == 4)
    }
    let values = try pixels(set)
    func distance(_ a: Int, _ b: Int) -> Float {
      (0..<1024).reduce(0) {
        let difference = values[1024 * a + $1] - values[1024 * b + $1]
        return $0 + difference * difference
      }
    }
    // Three scanners in turn: patient 3 is the next one of the same scanner as patient 0.
    #expect(distance(0, 1) < 0.5 * distance(0, 12))
  }

  @Test("Sets are refused that make no sense or do not fit, before anything is drawn")
  func hostile() {
    let wrong: [(inout SyntheticMRI) -> Void] = [
      { $0.size = 15 }, { $0.size = 257 }, { $0.size = -64 }, { $0.size = .max }, { $0.count = 0 }, { $0.count = -1 },
      { $0.count = .max }, { $0.count = 1 << 40 }, { $0.lesionShare = -0.1 }, { $0.lesionShare = .nan },
      { $0.lesionShare = 1.1 }, { $0.lesionContrast = .infinity }, { $0.lesionContrast = -1 }, { $0.lesionSize = 0 },
      { $0.lesionSize = .nan }, { $0.slicesPerPatient = 0 }, { $0.slicesPerPatient = 65 }, { $0.lesionKinds = [] },
      { $0.lesionKinds = [.glioma, .glioma] }, { $0.scanners = [] },
      { $0.scanners = [MRIScanner.profiles[0], MRIScanner.profiles[0]] }, { $0.scanners[0].noise = .nan },
      { $0.scanners[0].noise = -1 }, { $0.scanners[0].blur = 5 }, { $0.scanners[0].gamma = 0 },
      { $0.scanners[0].scale = 0 }, { $0.scanners[0].ghosting = 1 }, { $0.scanners[0].ringing = 2 },
      { $0.scanners[0].bias = .infinity }, { $0.scanners[0].name = "" },
    ]
    for change in wrong { #expect(throws: DatasetError.self) { try make(change) } }
    #expect(
      throws: DatasetError.value(op: "synthetic_mri", what: "size", got: "15", allowed: "16 to 256 is allowed")
    ) { try make { $0.size = 15 } }
  }

  @Test("Views keep the masks of their samples")
  func views() throws {
    let set = try make { $0.lesionShare = 1 }
    let view = try set.subset([7, 2]).normalized(mean: [0.2], deviation: [0.5])
    let all = try marks(set)
    #expect(try marks(view) == Array(all[7 * 1024..<8 * 1024] + all[2 * 1024..<3 * 1024]))
    #expect(try marks(view.standardizedPerSample()) == marks(view))
    #expect(try view.masks(at: [1])?.shape == [1, 1, 32, 32])
    #expect(throws: DatasetError.self) { try view.masks(at: [2]) }
    #expect(try GaussianBlobs().make().train.masks() == nil)
  }
}
