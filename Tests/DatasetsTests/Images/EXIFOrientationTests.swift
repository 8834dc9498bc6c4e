import Testing

@testable import Datasets

@Suite struct EXIFOrientationTests {
  /// A JPEG with an Exif segment of one tag in front.
  private func jpeg(_ orientation: Int, isBig: Bool = true, type: UInt8 = 3) throws -> [UInt8] {
    let number = { (value: Int, count: Int) -> [UInt8] in
      let bytes = FileBytes.littleEndian(value, count)
      return isBig ? bytes.reversed() : bytes
    }
    let tag =
      number(0x0112, 2) + number(Int(type), 2) + number(1, 4)
      + (type == 4 ? number(orientation, 4) : number(orientation, 2) + [0, 0])
    let tiff: [UInt8] =
      (isBig ? [0x4d, 0x4d, 0, 42] : [0x49, 0x49, 42, 0]) + number(8, 4) + number(1, 2) + tag + [0, 0, 0, 0]
    let content: [UInt8] = Array("Exif".utf8) + [0, 0] + tiff
    let picture = try MadeUpScans.jpeg(
      MadeUpScans.picture(1, size: 64).cropped(left: 8, top: 4, width: 40, height: 56), quality: 100)
    return Array(picture.prefix(2)) + [0xff, 0xe1, 0, UInt8(content.count + 2)] + content + picture.dropFirst(2)
  }

  private func decode(_ bytes: [UInt8]) throws -> PixelImage {
    try ImageDecoder.decode(FileContent(path: "sample.jpg", bytes: bytes))
  }

  /// Row and column of the pixel that is shown at the top left and at its right neighbour, as the standard's drawing
  /// of the letter F has them, for a picture of 40 x 56.
  @Test(arguments: [
    (1, (0, 0), (0, 1)), (2, (0, 39), (0, 38)), (3, (55, 39), (55, 38)), (4, (55, 0), (55, 1)), (5, (0, 0), (1, 0)),
    (6, (55, 0), (54, 0)), (7, (55, 39), (54, 39)), (8, (0, 39), (1, 39)),
  ])
  func picturesAreTurnedUpright(orientation: Int, corner: (Int, Int), right: (Int, Int)) throws {
    let plain = try decode(try jpeg(1))
    for isBig in [true, false] {
      let shown = try decode(try jpeg(orientation, isBig: isBig))
      #expect([shown.width, shown.height] == (orientation > 4 ? [56, 40] : [40, 56]))
      #expect(shown.bytes.sorted() == plain.bytes.sorted())
      #expect(shown.bytes[0] == plain.bytes[corner.0 * 40 + corner.1])
      #expect(shown.bytes[1] == plain.bytes[right.0 * 40 + right.1])
      // Far along the first shown row, too: the direction is right all the way.
      let last = shown.width - 1
      let row = corner.0 + (right.0 - corner.0) * last
      let column = corner.1 + (right.1 - corner.1) * last
      #expect(shown.bytes[last] == plain.bytes[row * 40 + column])
    }
  }

  /// The standard's type is SHORT; some programs write LONG.
  @Test func orientationsOfFourBytesCountToo() throws {
    for orientation in 1...8 {
      for isBig in [true, false] {
        let long = try decode(try jpeg(orientation, isBig: isBig, type: 4))
        #expect(try long == decode(try jpeg(orientation, isBig: isBig)))
      }
    }
  }

  @Test func turnsOfAQuarterTurnBack() {
    let picture = PixelImage(width: 3, height: 2, channels: 3, bytes: Array(0..<18))
    #expect(picture.upright(6).upright(8) == picture && picture.upright(3).upright(3) == picture)
    #expect(picture.upright(6).bytes.prefix(6) == [9, 10, 11, 0, 1, 2])
    #expect(picture.upright(5).upright(5) == picture && picture.upright(2) != picture)
  }

  @Test func metadataWithoutASensibleOrientationChangeNothing() throws {
    let plain = try decode(try jpeg(1))
    for orientation in [0, 9, 255] { #expect(try decode(try jpeg(orientation)) == plain) }
    #expect(try decode(try jpeg(6, type: 2)) == plain)
    for bytes in [[], [0xff], [0xff, 0xd8], [0xff, 0xd8, 0xff, 0xe1, 0, 1], [0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff]]
      as [[UInt8]]
    {
      #expect(EXIFOrientation.read(bytes) == 1)
    }
    // A directory that starts or goes on outside the segment.
    var broken = try jpeg(6)
    broken[19] = 0xff
    #expect(EXIFOrientation.read(broken) == 1)
  }
}
