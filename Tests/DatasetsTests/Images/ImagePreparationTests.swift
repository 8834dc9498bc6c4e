import Testing

@testable import Datasets

@Suite struct ImagePreparationTests {
  /// Columns 0 to 7 and rows 0 to 3: each pixel says where it is.
  private let wide = PixelImage(width: 8, height: 4, channels: 1, bytes: (0..<32).map { UInt8($0) })

  @Test func centerCropTakesTheMiddle() throws {
    #expect(try wide.centerCropped(width: 2, height: 2).bytes == [11, 12, 19, 20])
    #expect(try wide.centerCropped(width: 8, height: 4) == wide)
    #expect(
      throws: DatasetError.value(
        op: "center_crop", what: "size", got: "[5, 8]", allowed: "1 to the picture's own [4, 8] is allowed")
    ) { try wide.centerCropped(width: 8, height: 5) }
  }

  @Test func cropKeepsTheShapeOfThings() {
    let square = ImagePreparation(size: (4, 4), channels: 1, fit: .crop).prepare(wide)
    #expect(square == wide.cropped(left: 2, top: 0, width: 4, height: 4))
    let tall = ImagePreparation(size: (4, 2), channels: 1, fit: .crop).prepare(wide)
    #expect(tall == wide.cropped(left: 3, top: 0, width: 2, height: 4))
    let line = ImagePreparation(size: (1, 8), channels: 1, fit: .crop).prepare(wide)
    #expect(line == wide.cropped(left: 0, top: 1, width: 8, height: 1))
  }

  @Test func paddingKeepsTheWholePicture() {
    let padded = ImagePreparation(size: (8, 8), channels: 1, fit: .pad).prepare(wide)
    #expect(padded.width == 8 && padded.height == 8)
    #expect(padded.cropped(left: 0, top: 2, width: 8, height: 4) == wide)
    #expect(padded.bytes.prefix(16).allSatisfy { $0 == 0 } && padded.bytes.suffix(16).allSatisfy { $0 == 0 })
  }

  @Test func stretchUsesEveryPixel() {
    let stretched = ImagePreparation(size: (2, 2), channels: 1, filter: .area).prepare(wide)
    #expect(stretched.bytes == [6, 10, 22, 26])  // Means 5.5, 9.5, 21.5 and 25.5, rounded half up.
  }

  @Test(arguments: [(1, 1), (3, 7), (7, 3), (64, 2), (2, 64)])
  func everyFitGivesTheWantedSize(height: Int, width: Int) {
    for fit in ImagePreparation.Fit.allCases {
      for image in [wide, PixelImage(width: 1, height: 9, channels: 1, bytes: [UInt8](repeating: 1, count: 9))] {
        let sample = ImagePreparation(size: (height, width), channels: 3, fit: fit).prepare(image)
        #expect([sample.height, sample.width, sample.channels] == [height, width, 3])
      }
    }
  }

  @Test func eachSettingHasADescriptionOfItsOwn() {
    var all: [String] = []
    for fit in ImagePreparation.Fit.allCases {
      for filter in ResizeFilter.allCases {
        for channels in [1, 3] {
          all.append("\(ImagePreparation(size: (4, 5), channels: channels, fit: fit, filter: filter))")
        }
      }
    }
    #expect(Set(all).count == all.count)
    #expect(ImagePreparation(size: (4, 5)) != ImagePreparation(size: (5, 4)))
    #expect(ImagePreparation(size: (4, 5)) == ImagePreparation(size: (4, 5)))
  }
}
