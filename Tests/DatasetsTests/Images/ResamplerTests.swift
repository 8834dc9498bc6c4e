import Testing

@testable import Datasets

@Suite struct ResamplerTests {
  /// Pillow computes bilinear in float32 for its mode F, numpy the exact areas; a byte is rounded by half a level.
  @Test func bothFiltersAgreeWithTheReferenceWithinRounding() throws {
    for (index, fixture) in try ImageFixtures.load().resized.enumerated() {
      for (filter, expected) in [(ResizeFilter.bilinear, fixture.bilinear), (.area, fixture.area)] {
        let resized = try fixture.image.resized(width: fixture.size[1], height: fixture.size[0], filter: filter)
        let worst = zip(resized.bytes, expected).map { abs(Double($0) - $1) }.max() ?? 255
        #expect(worst <= 0.51, "case \(index), \(filter): \(worst) apart")
      }
    }
  }

  @Test func floatsAgreeWithTheReference() throws {
    for (index, fixture) in try ImageFixtures.load().resized.enumerated() {
      let resampler = Resampler(
        width: fixture.shape[1], height: fixture.shape[0], channels: fixture.shape[2], toWidth: fixture.size[1],
        height: fixture.size[0], .bilinear)
      let input = fixture.pixels.map(Float.init)
      var output = [Float](repeating: 0, count: resampler.outputCount)
      resampler.run(input, &output)
      let worst = zip(output, fixture.bilinear).map { abs(Double($0) - $1) }.max() ?? 255
      #expect(worst <= 0.002, "case \(index): \(worst) apart")
    }
  }

  @Test func thePairOfFiltersDiffers() throws {
    let fixture = try ImageFixtures.load().resized[0]
    let area = try fixture.image.resized(width: 9, height: 7, filter: .area)
    let bilinear = try fixture.image.resized(width: 9, height: 7, filter: .bilinear)
    #expect(area != bilinear)
  }

  @Test(arguments: [1, 2, 7, 64, 129], [1, 3, 64, 100])
  func pictureOfOneShadeKeepsIt(from size: Int, to newSize: Int) throws {
    let image = PixelImage(width: size, height: 3, channels: 1, bytes: [UInt8](repeating: 201, count: 3 * size))
    for filter in ResizeFilter.allCases {
      #expect(try image.resized(width: newSize, height: 5, filter: filter).bytes.allSatisfy { $0 == 201 })
    }
  }

  @Test func sameSizeChangesNothing() throws {
    let fixture = try ImageFixtures.load().resized[0]
    #expect(try fixture.image.resized(width: fixture.shape[1], height: fixture.shape[0]) == fixture.image)
  }

  /// A mirrored picture, resized, is the resized picture, mirrored.
  @Test func bothDirectionsAreTreatedAlike() throws {
    for fixture in try ImageFixtures.load().resized {
      let resized = try fixture.image.resized(width: fixture.size[1], height: fixture.size[0])
      let other = try mirrored(fixture.image).resized(width: fixture.size[1], height: fixture.size[0])
      let worst = zip(mirrored(other).bytes, resized.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 255
      #expect(worst <= 1)
    }
  }

  private func mirrored(_ image: PixelImage) -> PixelImage {
    var bytes = image.bytes
    for row in 0..<image.height {
      for column in 0..<image.width {
        for channel in 0..<image.channels {
          bytes[(row * image.width + column) * image.channels + channel] =
            image.bytes[(row * image.width + image.width - 1 - column) * image.channels + channel]
        }
      }
    }
    return PixelImage(width: image.width, height: image.height, channels: image.channels, bytes: bytes)
  }

  @Test(arguments: [(0, 5), (5, 0), (-1, 5), (5, 16_385)])
  func impossibleSizesAreRefused(width: Int, height: Int) {
    let image = PixelImage(width: 1, height: 1, channels: 1, bytes: [1])
    #expect(
      throws: DatasetError.value(
        op: "resize", what: "size", got: "[\(height), \(width)]", allowed: "sides of 1 to 16384 are allowed")
    ) { try image.resized(width: width, height: height) }
  }
}
