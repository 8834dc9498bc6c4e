import Tensors
import Testing

@testable import Datasets

@Suite struct AugmentationTests {
  private let stream = RandomStream(seed: 5, purpose: "augmentation test")

  private func images(_ count: Int = 6, height: Int = 9, width: Int = 7) throws -> Tensor {
    let images = try Tensor.uninitialized([count, 2, height, width])
    var stream = RandomStream(seed: 1, purpose: "pictures")
    images.withMutableFloats { stream.fillUniform($0, count: images.count) }
    return images
  }

  @Test func nothingAskedForChangesNothing() throws {
    let images = try images()
    #expect(try Augmentation().apply(images, stream: stream).values == images.values)
  }

  @Test func certainFlipMirrorsEachRow() throws {
    var augmentation = Augmentation()
    augmentation.flip = 1
    let images = try images()
    let flipped = try augmentation.apply(images, stream: stream)
    for row in 0..<9 {
      for column in 0..<7 {
        let expected = images.element(at: [3, 1, row, 6 - column])
        #expect(flipped.element(at: [3, 1, row, column]) == expected)
      }
    }
    #expect(try augmentation.apply(flipped, stream: stream).values == images.values)
  }

  @Test func halfOfTheFlipsHappen() throws {
    var augmentation = Augmentation()
    augmentation.flip = 0.5
    let images = try images(200, height: 1, width: 2)
    let flipped = try augmentation.apply(images, stream: stream)
    let changed = (0..<200).count { flipped.element(at: [$0, 0, 0, 0]) != images.element(at: [$0, 0, 0, 0]) }
    #expect((70...130).contains(changed))
  }

  @Test func shiftsMoveByWholePixelsAndRepeatTheEdge() throws {
    var augmentation = Augmentation()
    augmentation.shift = 2
    let images = try images(40)
    let moved = try augmentation.apply(images, stream: stream)
    var seen: Set<[Int]> = []
    for picture in 0..<40 {
      let match = offsets.first { dy, dx in
        (0..<9).allSatisfy { row in
          (0..<7).allSatisfy { column in
            moved.element(at: [picture, 0, row, column])
              == images.element(at: [picture, 0, min(max(row - dy, 0), 8), min(max(column - dx, 0), 6)])
          }
        }
      }
      #expect(match != nil, "picture \(picture)")
      if let match { seen.insert([match.0, match.1]) }
    }
    #expect(seen.count > 10)
  }

  private var offsets: [(Int, Int)] { (-2...2).flatMap { dy in (-2...2).map { (dy, $0) } } }

  /// A bright spot on the right goes where the turn says, and most of its light stays.
  @Test func rotationTurnsAroundTheMiddle() throws {
    var augmentation = Augmentation()
    augmentation.rotation = 180
    var values = [Float](repeating: 0, count: 21 * 21)
    for row in 9...11 { for column in 16...18 { values[row * 21 + column] = 1 } }
    let turned = try augmentation.apply(Tensor(values, shape: [1, 1, 21, 21]), stream: stream)
    var (mass, x, y) = (0.0, 0.0, 0.0)
    for row in 0..<21 {
      for column in 0..<21 {
        let value = turned.element(at: [0, 0, row, column])
        (mass, x, y) = (mass + value, x + value * Double(column - 10), y + value * Double(row - 10))
      }
    }
    #expect(abs(mass - 9) < 0.5)
    #expect(abs((x * x + y * y).squareRoot() / mass - 7) < 0.2)
    #expect(abs(x / mass - 7) > 0.5, "it has not moved")
  }

  @Test func brightnessAddsOneNumberAPicture() throws {
    var augmentation = Augmentation()
    augmentation.brightness = 0.25
    let images = try images()
    let changed = try augmentation.apply(images, stream: stream)
    let differences = zip(changed.values, images.values).map { $0 - $1 }
    for picture in 0..<6 {
      let own = differences[picture * 126..<picture * 126 + 126]
      #expect(own.allSatisfy { abs($0 - own.first!) < 1e-6 && abs($0) <= 0.25 })
    }
    #expect(abs(differences[0] - differences[126]) > 1e-4)
  }

  @Test func contrastKeepsTheMean() throws {
    var augmentation = Augmentation()
    augmentation.contrast = 0.5
    let images = try images(1)
    let changed = try augmentation.apply(images, stream: stream)
    func mean(_ tensor: Tensor) -> Double { tensor.values.reduce(0, +) / 126 }
    #expect(abs(mean(changed) - mean(images)) < 1e-6)
    let ratios = zip(changed.values, images.values).map { ($0 - mean(images)) / ($1 - mean(images)) }
    #expect(ratios.allSatisfy { abs($0 - ratios[0]) < 1e-3 } && abs(ratios[0] - 1) > 1e-3)
  }

  @Test func noiseHasItsDeviation() throws {
    var augmentation = Augmentation()
    augmentation.noise = 0.1
    let images = try images(20)
    let noise = zip(try augmentation.apply(images, stream: stream).values, images.values).map { $0 - $1 }
    let deviation = (noise.reduce(0) { $0 + $1 * $1 } / Double(noise.count)).squareRoot()
    #expect(abs(deviation - 0.1) < 0.01)
  }

  @Test func resultsDependOnTheStreamAndNotOnThreads() throws {
    var augmentation = Augmentation()
    (augmentation.flip, augmentation.shift, augmentation.rotation) = (0.5, 3, 20)
    (augmentation.brightness, augmentation.contrast, augmentation.noise) = (0.1, 0.2, 0.05)
    let images = try images(16)
    let one = try augmentation.apply(images, stream: stream).values
    let three = try Parallel.withThreads(3) { try augmentation.apply(images, stream: stream).values }
    #expect(one == three)
    #expect(try augmentation.apply(images, stream: stream.derive("next")).values != one)
  }

  @Test func impossibleNumbersAreRefused() throws {
    var augmentation = Augmentation()
    augmentation.flip = 1.5
    let images = try images()
    #expect(
      throws: DatasetError.value(op: "augment", what: "flip", got: "1.5", allowed: "0 to 1 is allowed")
    ) { try augmentation.apply(images, stream: stream) }
    augmentation = Augmentation()
    augmentation.noise = .nan
    #expect(throws: DatasetError.self) { try augmentation.apply(images, stream: stream) }
    #expect(throws: DatasetError.self) { try Augmentation().apply(Tensor([1, 2, 3] as [Float]), stream: stream) }
  }
}
