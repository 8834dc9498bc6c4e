/// A picture in memory: rows of pixels from the top, 8 bits a channel, the channels of a pixel side by side.
public struct PixelImage: Sendable, Equatable {
  public let width: Int
  public let height: Int
  /// 1 for grey, 3 for red, green and blue.
  public let channels: Int
  /// `height * width * channels` bytes.
  public let bytes: [UInt8]

  /// Wraps bytes that fill the picture exactly.
  public init(width: Int, height: Int, channels: Int, bytes: [UInt8]) {
    precondition(width > 0 && height > 0 && channels > 0 && bytes.count == width * height * channels)
    self.width = width
    self.height = height
    self.channels = channels
    self.bytes = bytes
  }

  /// Returns the picture with another number of channels.
  ///
  /// Grey is the weighted sum of ITU-R BT.601 in 16 bits of fraction, the one that most programs compute:
  /// 0.299 red + 0.587 green + 0.114 blue.
  ///
  /// - Parameter count: 1 for grey, 3 for color; the caller has checked.
  public func withChannels(_ count: Int) -> PixelImage {
    if channels == count { return self }
    let pixels = width * height
    let converted = [UInt8](unsafeUninitializedCapacity: pixels * count) { output, filled in
      bytes.withUnsafeBufferPointer { input in
        if count == 1 {
          for pixel in 0..<pixels { output[pixel] = Self.grey(input.baseAddress! + 3 * pixel) }
        } else {
          for index in 0..<pixels * count { output[index] = input[index / count] }
        }
      }
      filled = pixels * count
    }
    return PixelImage(width: width, height: height, channels: count, bytes: converted)
  }

  @inline(__always)
  private static func grey(_ pixel: UnsafePointer<UInt8>) -> UInt8 {
    let sum = UInt32(pixel[0]) &* 19_595 &+ UInt32(pixel[1]) &* 38_470 &+ UInt32(pixel[2]) &* 7_471
    return UInt8(truncatingIfNeeded: (sum &+ 0x8000) >> 16)
  }

  /// Returns a part of the picture; the caller has checked that it lies inside.
  func cropped(left: Int, top: Int, width newWidth: Int, height newHeight: Int) -> PixelImage {
    if newWidth == width && newHeight == height { return self }
    let rowBytes = newWidth * channels
    let part = [UInt8](unsafeUninitializedCapacity: newHeight * rowBytes) { output, filled in
      bytes.withUnsafeBufferPointer { input in
        for row in 0..<newHeight {
          let start = input.baseAddress! + ((top + row) * width + left) * channels
          (output.baseAddress! + row * rowBytes).initialize(from: start, count: rowBytes)
        }
      }
      filled = newHeight * rowBytes
    }
    return PixelImage(width: newWidth, height: newHeight, channels: channels, bytes: part)
  }

  /// Returns the part in the middle. Where the margins are not even, the larger one is at the right and the bottom.
  ///
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for a part that is larger than the picture.
  public func centerCropped(width newWidth: Int, height newHeight: Int) throws -> PixelImage {
    guard (1...width).contains(newWidth), (1...height).contains(newHeight) else {
      throw DatasetError.value(
        op: "center_crop", what: "size", got: "[\(newHeight), \(newWidth)]",
        allowed: "1 to the picture's own [\(height), \(width)] is allowed")
    }
    return cropped(
      left: (width - newWidth) / 2, top: (height - newHeight) / 2, width: newWidth, height: newHeight)
  }

  /// Returns the picture on a black canvas that is at least as large, in its middle.
  func padded(width newWidth: Int, height newHeight: Int) -> PixelImage {
    if newWidth == width && newHeight == height { return self }
    var canvas = [UInt8](repeating: 0, count: newWidth * newHeight * channels)
    let left = (newWidth - width) / 2
    let top = (newHeight - height) / 2
    for row in 0..<height {
      let start = ((top + row) * newWidth + left) * channels
      let source = row * width * channels
      canvas.replaceSubrange(start..<start + width * channels, with: bytes[source..<source + width * channels])
    }
    return PixelImage(width: newWidth, height: newHeight, channels: channels, bytes: canvas)
  }
}
