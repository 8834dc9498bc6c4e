import TestSupport
import Testing

@testable import Datasets

/// A file that is no good picture, and what the refusal must say.
struct HostileImage: Sendable, CustomTestStringConvertible {
  let path: String
  let bytes: [UInt8]
  let complaint: String
  var testDescription: String { complaint }

  init(_ path: String, _ bytes: [UInt8], _ complaint: String) {
    (self.path, self.bytes, self.complaint) = (path, bytes, complaint)
  }

  static let all: [HostileImage] = [
    .init("a.jpg", [], "it is empty"),
    .init("a.jpg", Array("hello".utf8), "it is neither JPEG nor PNG"),
    .init("a.jpg", [0xff, 0xd8, 0xff], "it is a damaged JPEG: "),
    .init("a.png", PNGChunks.signature, "it is a damaged PNG: it has no header"),
    .init("a.png", PictureFiles.png([]), "it is a damaged PNG: it ends early"),
    .init("a.png", PictureFiles.png([("IEND", [])]), "it is a damaged PNG: 0 packed bytes cannot hold 2 x 2 pixels"),
    .init("a.png", PictureFiles.png([("IDAT", [1, 2])], width: 0), "it is a damaged PNG: its header is wrong"),
    .init(
      "a.png", PictureFiles.png([("ABCD", [])]), "it is a damaged PNG: its chunk ABCD is unknown, and needed to read it"
    ),
    .init("a.png", PictureFiles.png([("IDAT", [1, 2, 3]), ("IEND", [])]), "it is a damaged PNG: IDAT: "),
    .init(
      "a.png", PictureFiles.png([("IDAT", [UInt8](repeating: 0, count: 200)), ("IEND", [])], width: 400, height: 400),
      "it is a damaged PNG: "),
    .init(
      "a.png", PictureFiles.png([("IDAT", [1])], width: 1 << 30, height: 1 << 30),
      "the number of pixels, 1073741824 x 1073741824, is 1152921504606846976, over the limit; at most 33554432 is"),
    .init("a.gif", Array("GIF89a....".utf8), "it is a GIF picture; save it as PNG"),
    .init("a.bmp", Array("BM......".utf8), "it is a BMP picture; save it as PNG"),
    .init("a.tif", [0x49, 0x49, 0x2a, 0, 8], "it is a TIFF picture; save it as PNG, or a stack of slices as NIfTI"),
    .init("a.webp", Array("RIFF1234WEBPVP8 ".utf8), "it is a WebP picture; save it as PNG"),
    .init("a.heic", Array("1234ftypheic".utf8), "it is a HEIF, AVIF or video file; save its pictures as PNG"),
    .init("a.h5", [0x89, 0x48, 0x44, 0x46, 0x0d], "it is an HDF5 file; save its arrays with numpy.savez"),
    .init("a.jpg", Array("<html>not found</html>".utf8), "it is a text of markup, perhaps an error page of a download"),
    .init("a.jpg", Array("version https://git-lfs.github.com".utf8), "it is a pointer of Git LFS; run `git lfs pull`"),
    .init(
      "scan", [UInt8](repeating: 0, count: 128) + Array("DICM".utf8), "it is DICOM, which is not read; convert the"),
    .init("scan.DCM", [1, 2, 3], "it is DICOM, which is not read; convert the series to NIfTI with dcm2niix"),
    .init("a.bin", [0x80, 4, 0x95, 1], "it is a Python pickle, which is never read, since it can run code"),
    .init("model.pth", [1, 2, 3], "it is a Python pickle, which is never read, since it can run code"),
  ]
}

@Suite struct ImageDecoderTests {
  /// The reference is Pillow; it and TurboJPEG may round the inverse transform differently by a level or two.
  @Test func pixelsAgreeWithPillow() throws {
    for picture in try ImageFixtures.load().pictures {
      let image = try ImageDecoder.decode(picture.content)
      #expect([image.height, image.width] == Array(picture.shape.prefix(2)), "\(picture.name)")
      #expect(image.channels == (picture.shape.count == 3 ? 3 : 1), "\(picture.name)")
      let allowed = picture.name.hasSuffix(".jpg") ? 2 : 1
      let worst = zip(image.bytes, picture.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 255
      #expect(worst <= allowed, "\(picture.name): \(worst) levels apart")
    }
  }

  @Test func greyAgreesWithPillow() throws {
    for picture in try ImageFixtures.load().pictures where picture.name.hasSuffix(".png") {
      #expect(try ImageDecoder.decode(picture.content).withChannels(1).bytes == picture.grey, "\(picture.name)")
    }
  }

  @Test func greyBecomesThreeEqualChannels() {
    let image = PixelImage(width: 2, height: 1, channels: 1, bytes: [3, 200])
    #expect(image.withChannels(3).bytes == [3, 3, 3, 200, 200, 200])
    #expect(image.withChannels(3).withChannels(1) == image)
  }

  @Test(arguments: HostileImage.all)
  func wrongFilesAreRefusedWithTheReason(_ hostile: HostileImage) {
    do {
      _ = try ImageDecoder.decode(FileContent(path: hostile.path, bytes: hostile.bytes))
      Issue.record("accepted")
    } catch {
      #expect("\(error)".hasPrefix("\(hostile.path): \(hostile.complaint)"), "\(error)")
    }
  }

  @Test func namesDecideNothing() throws {
    let png = try ImageFixtures.file("grey.png")
    let image = try ImageDecoder.decode(FileContent(path: "y.jpg", bytes: png))
    #expect(try image == ImageDecoder.decode(FileContent(path: "y.pkl", bytes: png)))
  }

  @Test func everyFileCutShortIsRefused() throws {
    for picture in try ImageFixtures.load().pictures {
      let bytes = Array(picture.file)
      for count in [bytes.count / 2, bytes.count - 3, bytes.count * 3 / 4] {
        #expect(throws: DatasetError.self, "\(picture.name) cut to \(count)") {
          try ImageDecoder.decode(FileContent(path: "cut", bytes: Array(bytes.prefix(count))))
        }
      }
    }
  }

  @Test func sizesAreCheckedBeforePixelsAreMade() throws {
    let limits = ReaderLimits(imagePixels: 100)
    for name in ["color_420.jpg", "progressive.jpg", "grey.png"] {
      let file = FileContent(path: name, bytes: try ImageFixtures.file(name))
      #expect(
        throws: DatasetError.overLimit(
          path: name, what: "the number of pixels, 17 x 13,", got: 221, limit: 100)
      ) { try ImageDecoder.decode(file, limits: limits) }
    }
  }
}
