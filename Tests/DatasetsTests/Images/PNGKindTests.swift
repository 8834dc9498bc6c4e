import TestSupport
import Testing

@testable import Datasets

/// Every kind of PNG against the numbers that were written into it, by the standard's own words: the reference is the
/// writer of the tests, which packs bits and passes by hand.
@Suite struct PNGKindTests {
  private func numbers(_ count: Int, below end: Int) -> [Int] { (0..<count).map { ($0 * 7919 + 13) % end } }

  @Test(arguments: PictureFiles.Kind.all)
  func pixelsAreThoseThatWereWritten(_ kind: PictureFiles.Kind) throws {
    for (width, height) in [(1, 1), (2, 3), (5, 4), (9, 8), (17, 11)] {
      let count = width * height * kind.samples
      let numbers = numbers(count, below: min(1 << kind.depth, kind.color == 3 ? 1 << kind.depth : 1 << 16))
      let palette = kind.color == 3 ? (0..<3 << kind.depth).map { UInt8($0 * 37 % 256) } : []
      let file = PictureFiles.png(width: width, height: height, kind, numbers, palette: palette)
      let image = try ImageDecoder.decodeAll(FileContent(path: "sample.png", bytes: file))
      let expected = colors(numbers, kind, palette)
      switch image {
      case .bytes(let image):
        #expect(kind.depth < 16 && image.bytes.map(Int.init) == expected, "\(kind), \(width) x \(height)")
      case .deep(let image):
        #expect(
          kind.depth == 16 && image.values == expected.map { Float($0) / 65_535 }, "\(kind), \(width) x \(height)")
      }
      #expect(image.size == (height, width))
    }
  }

  /// What the numbers mean, in 8 or 16 bits: transparency dropped, palettes looked up, few bits spread over the range.
  private func colors(_ numbers: [Int], _ kind: PictureFiles.Kind, _ palette: [UInt8]) -> [Int] {
    if kind.color == 3 { return numbers.flatMap { number in (0..<3).map { Int(palette[3 * number + $0]) } } }
    let spread = kind.depth < 8 ? 255 / ((1 << kind.depth) - 1) : 1
    let hasAlpha = kind.color >= 4
    return numbers.enumerated().filter { !hasAlpha || ($0.offset + 1) % kind.samples != 0 }.map { $0.element * spread }
  }

  @Test func sixteenBitsAreRoundedWhereEightAreAskedFor() throws {
    let kind = PictureFiles.Kind(depth: 16, color: 0, isInterlaced: true)
    let file = PictureFiles.png(width: 4, height: 1, kind, [0, 128, 129, 65_535])
    let content = FileContent(path: "sample.png", bytes: file)
    // 257 of 65,535 are one of 255.
    #expect(try ImageDecoder.decode(content).bytes == [0, 0, 1, 255])
  }

  @Test func twelveBitsKeepTheirLevels() throws {
    let kind = PictureFiles.Kind(depth: 16, color: 0, isInterlaced: false)
    let file = PictureFiles.png(width: 64, height: 64, kind, Array(0..<4096))
    let image = try ImageDecoder.decodeAll(FileContent(path: "scan.png", bytes: file))
    let values = try PictureTensors.tensor(image).values
    #expect(Set(values).count == 4096 && values.map { ($0 * 65_535).rounded() } == (0..<4096).map(Double.init))
  }

  @Test func aDamagedInterlacedPictureIsRefused() throws {
    let kind = PictureFiles.Kind(depth: 16, color: 6, isInterlaced: true)
    let file = PictureFiles.png(width: 9, height: 7, kind, numbers(9 * 7 * 4, below: 65_536))
    for place in stride(from: 8, to: file.count, by: 5) {
      var damaged = file
      damaged[place] ^= 0x40
      #expect(throws: DatasetError.self, "byte \(place)") {
        try ImageDecoder.decodeAll(FileContent(path: "sample.png", bytes: damaged))
      }
    }
  }
}
