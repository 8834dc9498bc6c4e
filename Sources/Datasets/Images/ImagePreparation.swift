/// What happens to each picture before it becomes a sample.
public struct ImagePreparation: Sendable, Equatable {
  /// How a picture of another shape gets the wanted size.
  public enum Fit: String, Sendable, CaseIterable {
    /// Both sides are stretched on their own.
    case stretch
    /// The largest part in the middle that has the wanted shape.
    case crop
    /// The whole picture, on a black canvas.
    case pad
  }

  /// Height and width of a sample; nil keeps the pictures' own size, which must then be the same for all.
  public var size: (height: Int, width: Int)?
  /// 1 for grey, 3 for color.
  public var channels: Int
  public var fit: Fit
  public var filter: ResizeFilter
  /// Which shades become black and white, in pixels from 0 to 1; with one, samples are float32.
  public var window = IntensityWindow.none

  public init(
    size: (height: Int, width: Int)? = nil, channels: Int = 3, fit: Fit = .stretch, filter: ResizeFilter = .bilinear
  ) {
    self.size = size
    self.channels = channels
    self.fit = fit
    self.filter = filter
  }

  public static func == (left: ImagePreparation, right: ImagePreparation) -> Bool {
    left.description == right.description
  }

  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for sizes and channels that no sample can have.
  func check(op: String) throws {
    if let size { try Self.checkSize(height: size.height, width: size.width, op: op) }
    guard channels == 1 || channels == 3 else {
      throw DatasetError.value(
        op: op, what: "channels", got: "\(channels)", allowed: "1 for grey and 3 for color are allowed")
    }
    try window.check(op: op)
  }

  static func checkSize(height: Int, width: Int, op: String) throws {
    guard (1...16_384).contains(height), (1...16_384).contains(width) else {
      throw DatasetError.value(
        op: op, what: "size", got: "[\(height), \(width)]", allowed: "sides of 1 to 16384 are allowed")
    }
  }

  /// Returns the picture as a sample. Colors change first, since grey is a third of the work.
  public func prepare<Element: ResampleElement>(_ image: Raster<Element>) -> Raster<Element> {
    let colored = image.withChannels(channels)
    guard let size else { return colored }
    switch fit {
    case .stretch: return colored.stretched(width: size.width, height: size.height, filter)
    case .crop:
      let part = Self.covering(size, image.height, image.width)
      let left = (image.width - part.width) / 2
      let top = (image.height - part.height) / 2
      return colored.cropped(left: left, top: top, width: part.width, height: part.height)
        .stretched(width: size.width, height: size.height, filter)
    case .pad:
      let inner = Self.inside(size, image.height, image.width)
      return colored.stretched(width: inner.width, height: inner.height, filter)
        .padded(width: size.width, height: size.height)
    }
  }

  /// Size of the largest part of a picture that has the shape of `size`, in whole pixels.
  private static func covering(
    _ size: (height: Int, width: Int), _ height: Int, _ width: Int
  ) -> (height: Int, width: Int) {
    let wanted = size.width * height
    let own = size.height * width
    if own > wanted { return (height, max(1, (2 * wanted + size.height) / (2 * size.height))) }
    return (max(1, (2 * own + size.width) / (2 * size.width)), width)
  }

  /// Largest size of the picture's shape that fits into `size`, in whole pixels.
  private static func inside(
    _ size: (height: Int, width: Int), _ height: Int, _ width: Int
  ) -> (height: Int, width: Int) {
    let wanted = size.width * height
    let own = size.height * width
    if own > wanted { return (max(1, (2 * wanted + width) / (2 * width)), size.width) }
    return (size.height, max(1, (2 * own + height) / (2 * height)))
  }
}

extension ImagePreparation: CustomStringConvertible {
  /// All that decides the samples, in words that a manifest and the key of a cache share.
  public var description: String {
    let target = size.map { "\($0.height) x \($0.width) by \(filter.rawValue), \(fit.rawValue)" } ?? "own size"
    let shades = window == .none ? "" : ", window \(window)"
    return "\(target), \(channels == 1 ? "grey" : "color")\(shades)"
  }
}
