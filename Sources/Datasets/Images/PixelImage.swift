/// A number that a picture is made of.
public protocol PixelElement: Sendable, Equatable {
  /// Black.
  static var black: Self { get }
  /// The weighted sum of red, green and blue that most programs take for grey.
  static func grey(red: Self, green: Self, blue: Self) -> Self
}

extension UInt8: PixelElement {
  public static var black: UInt8 { 0 }

  /// In 16 bits of fraction.
  @inline(__always)
  public static func grey(red: UInt8, green: UInt8, blue: UInt8) -> UInt8 {
    let sum = UInt32(red) &* 19_595 &+ UInt32(green) &* 38_470 &+ UInt32(blue) &* 7_471
    return UInt8(truncatingIfNeeded: (sum &+ 0x8000) >> 16)
  }
}

extension Float: PixelElement {
  public static var black: Float { 0 }

  @inline(__always)
  public static func grey(red: Float, green: Float, blue: Float) -> Float {
    0.299 * red + 0.587 * green + 0.114 * blue
  }
}

/// A picture of 8 bits a channel.
public typealias PixelImage = Raster<UInt8>

/// A picture of more than 8 bits a channel: numbers from 0 to 1.
public typealias DeepImage = Raster<Float>

/// A picture in memory: rows of pixels from the top, the channels of a pixel side by side.
public struct Raster<Element: PixelElement>: Sendable, Equatable {
  public let width: Int
  public let height: Int
  /// 1 for grey, 3 for red, green and blue.
  public let channels: Int
  /// `height * width * channels` numbers.
  public let values: [Element]

  /// Wraps numbers that fill the picture exactly.
  public init(width: Int, height: Int, channels: Int, values: [Element]) {
    precondition(width > 0 && height > 0 && channels > 0 && values.count == width * height * channels)
    self.width = width
    self.height = height
    self.channels = channels
    self.values = values
  }

  /// Returns the picture with another number of channels.
  ///
  /// Grey is the weighted sum of ITU-R BT.601, for bytes in 16 bits of fraction, as most programs compute it:
  /// 0.299 red + 0.587 green + 0.114 blue.
  ///
  /// - Parameter count: 1 for grey, 3 for color; the caller has checked.
  public func withChannels(_ count: Int) -> Raster {
    if channels == count { return self }
    let pixels = width * height
    let converted = [Element](unsafeUninitializedCapacity: pixels * count) { output, filled in
      values.withUnsafeBufferPointer { input in
        if count == 1 {
          for pixel in 0..<pixels { output[pixel] = Self.grey(input.baseAddress! + 3 * pixel) }
        } else {
          for index in 0..<pixels * count { output[index] = input[index / count] }
        }
      }
      filled = pixels * count
    }
    return Raster(width: width, height: height, channels: count, values: converted)
  }

  @inline(__always)
  private static func grey(_ pixel: UnsafePointer<Element>) -> Element {
    Element.grey(red: pixel[0], green: pixel[1], blue: pixel[2])
  }

  /// Returns a part of the picture; the caller has checked that it lies inside.
  func cropped(left: Int, top: Int, width newWidth: Int, height newHeight: Int) -> Raster {
    if newWidth == width && newHeight == height { return self }
    let rowBytes = newWidth * channels
    let part = [Element](unsafeUninitializedCapacity: newHeight * rowBytes) { output, filled in
      values.withUnsafeBufferPointer { input in
        for row in 0..<newHeight {
          let start = input.baseAddress! + ((top + row) * width + left) * channels
          (output.baseAddress! + row * rowBytes).initialize(from: start, count: rowBytes)
        }
      }
      filled = newHeight * rowBytes
    }
    return Raster(width: newWidth, height: newHeight, channels: channels, values: part)
  }

  /// Returns the part in the middle. Where the margins are not even, the larger one is at the right and the bottom.
  ///
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for a part that is larger than the picture.
  public func centerCropped(width newWidth: Int, height newHeight: Int) throws -> Raster {
    guard (1...width).contains(newWidth), (1...height).contains(newHeight) else {
      throw DatasetError.value(
        op: "center_crop", what: "size", got: "[\(newHeight), \(newWidth)]",
        allowed: "1 to the picture's own [\(height), \(width)] is allowed")
    }
    return cropped(
      left: (width - newWidth) / 2, top: (height - newHeight) / 2, width: newWidth, height: newHeight)
  }

  /// Returns the picture on a black canvas that is at least as large, in its middle.
  func padded(width newWidth: Int, height newHeight: Int) -> Raster {
    if newWidth == width && newHeight == height { return self }
    var canvas = [Element](repeating: .black, count: newWidth * newHeight * channels)
    let left = (newWidth - width) / 2
    let top = (newHeight - height) / 2
    for row in 0..<height {
      let start = ((top + row) * newWidth + left) * channels
      let source = row * width * channels
      canvas.replaceSubrange(start..<start + width * channels, with: values[source..<source + width * channels])
    }
    return Raster(width: newWidth, height: newHeight, channels: channels, values: canvas)
  }
}

extension Raster where Element == UInt8 {
  /// The picture's numbers.
  public var bytes: [UInt8] { values }

  /// Wraps bytes that fill the picture exactly.
  public init(width: Int, height: Int, channels: Int, bytes: [UInt8]) {
    self.init(width: width, height: height, channels: channels, values: bytes)
  }
}

extension Raster where Element == Float {
  /// The picture in 8 bits, what is darkest in it black and what is brightest white: pictures of 12 bits, saved in 16,
  /// would else be all but black.
  var stretchedToBytes: PixelImage {
    let lowest = values.min() ?? 0
    let range = (values.max() ?? 0) - lowest
    guard range > 0, range.isFinite else {
      return PixelImage(width: width, height: height, channels: channels, bytes: values.map { _ in 0 })
    }
    let bytes = values.map { UInt8(max(0, min(255, ($0 - lowest) / range * 255 + 0.5))) }
    return PixelImage(width: width, height: height, channels: channels, bytes: bytes)
  }
}

/// A decoded picture, with as many bits as its file has.
public enum DecodedImage: Sendable, Equatable {
  case bytes(PixelImage)
  case deep(DeepImage)

  /// Height and width.
  var size: (height: Int, width: Int) {
    switch self {
    case .bytes(let image): (image.height, image.width)
    case .deep(let image): (image.height, image.width)
    }
  }

  /// The picture in 8 bits; 16 bits are rounded.
  var rounded: PixelImage {
    switch self {
    case .bytes(let image): image
    case .deep(let image):
      PixelImage(
        width: image.width, height: image.height, channels: image.channels,
        bytes: image.values.map { UInt8(max(0, min(255, ($0 * 255).rounded()))) })
    }
  }

  /// The picture as numbers from 0 to 1.
  var deepened: DeepImage {
    switch self {
    case .bytes(let image):
      DeepImage(
        width: image.width, height: image.height, channels: image.channels, values: image.bytes.map { Float($0) / 255 })
    case .deep(let image): image
    }
  }
}
