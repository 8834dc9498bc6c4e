import CTurboJPEGSystem
import Foundation
import Tensors

@testable import Datasets

/// Smooth random pictures, and what people do to pictures before they upload them twice.
enum MadeUpScans {
  /// A picture of waves, on a black margin as scans have it; another for each seed.
  static func picture(_ seed: Int, size: Int = 128) -> PixelImage {
    var stream = RandomStream(seed: UInt64(seed), purpose: "made-up scan")
    let waves = (0..<14).map { _ in
      (
        x: Double(stream.integer(below: 11)) - 5, y: Double(stream.integer(below: 11)) - 5, phase: stream.uniform(),
        height: 8 + 16 * stream.uniform()
      )
    }
    let bytes = (0..<size * size).map { index -> UInt8 in
      let (x, y) = (Double(index % size) / Double(size), Double(index / size) / Double(size))
      guard (x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5) < 0.2 else { return 0 }
      let value = waves.reduce(125.0) {
        $0 + $1.height
          * PortableMath.sineAndCosine(turns: ($1.x * x + $1.y * y + $1.phase + 20).truncatingRemainder(dividingBy: 1))
          .sine
      }
      return UInt8(max(30, min(220, value)))
    }
    return PixelImage(width: size, height: size, channels: 1, bytes: bytes)
  }

  static func brighter(_ image: PixelImage, factor: Double, summand: Double) -> PixelImage {
    PixelImage(
      width: image.width, height: image.height, channels: 1,
      bytes: image.bytes.map { UInt8(max(0, min(255, Double($0) * factor + summand))) })
  }

  /// The picture moved to the right and down, with black coming in.
  static func shifted(_ image: PixelImage, by pixels: Int) -> PixelImage {
    var bytes = [UInt8](repeating: 0, count: image.bytes.count)
    for y in pixels..<image.height {
      for x in pixels..<image.width {
        bytes[y * image.width + x] = image.bytes[(y - pixels) * image.width + x - pixels]
      }
    }
    return PixelImage(width: image.width, height: image.height, channels: 1, bytes: bytes)
  }

  /// A JPEG file of the picture.
  static func jpeg(_ image: PixelImage, quality: Int32) throws -> [UInt8] {
    guard let encoder = tjInitCompress() else { throw CocoaError(.fileWriteUnknown) }
    defer { tjDestroy(encoder) }
    var output: UnsafeMutablePointer<UInt8>?
    var size: UInt = 0
    let status = tjCompress2(
      encoder, image.bytes, Int32(image.width), 0, Int32(image.height), Int32(TJPF_GRAY.rawValue), &output, &size,
      Int32(TJSAMP_GRAY.rawValue), quality, 0)
    defer { tjFree(output) }
    guard status == 0, let output else { throw CocoaError(.fileWriteUnknown) }
    return Array(UnsafeBufferPointer(start: output, count: Int(size)))
  }

  static func reencoded(_ image: PixelImage, quality: Int32) throws -> PixelImage {
    try ImageDecoder.decode(FileContent(path: "sample.jpg", bytes: jpeg(image, quality: quality)))
  }

  /// A data set of pictures of one size.
  static func dataset(_ images: [PixelImage], labels: [Int], classes: Int = 2) throws -> Dataset {
    try Dataset(
      name: "scans",
      samples: SampleStorage(
        bytes: images.flatMap(\.bytes), sampleShape: [1, images.first?.height ?? 8, images.first?.width ?? 8]),
      labels: labels, classNames: (0..<classes).map { "class \($0)" })
  }
}
