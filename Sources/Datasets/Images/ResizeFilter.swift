/// How the pixels of a resized picture come from those of the original.
///
/// Both filters widen when a picture shrinks, so that every pixel counts and fine patterns do not turn into false ones.
public enum ResizeFilter: String, Sendable, CaseIterable {
  /// Mean over exactly the area that a new pixel covers.
  case area
  /// Triangle as wide as two new pixels: what Pillow and torchvision call bilinear with antialiasing.
  case bilinear
}

/// For each new position along one axis: the first old position that counts, and the weights from there on.
struct ResampleWeights {
  /// Weights a new position; short rows end in zeros.
  let width: Int
  let starts: [Int]
  /// How many weights of each row are in use.
  let counts: [Int]
  let weights: [Float]

  init(from oldSize: Int, to newSize: Int, _ filter: ResizeFilter) {
    let scale = Double(oldSize) / Double(newSize)
    let rows = (0..<newSize).map { position in
      oldSize == newSize ? (start: position, weights: [1]) : Self.row(position, scale, oldSize, filter)
    }
    let width = rows.reduce(1) { max($0, $1.weights.count) }
    self.width = width
    starts = rows.map(\.start)
    counts = rows.map(\.weights.count)
    weights = rows.flatMap { row in
      // Weights sum to 1, so that a picture of one shade keeps it.
      let total = row.weights.reduce(0, +)
      return row.weights.map { Float($0 / total) } + [Float](repeating: 0, count: width - row.weights.count)
    }
  }

  private static func row(
    _ position: Int, _ scale: Double, _ oldSize: Int, _ filter: ResizeFilter
  ) -> (start: Int, weights: [Double]) {
    switch filter {
    case .area:
      let lower = Double(position) * scale
      let upper = min(Double(position + 1) * scale, Double(oldSize))
      let start = min(Int(lower), oldSize - 1)
      let end = min(max(start + 1, Int(upper.rounded(.up))), oldSize)
      let weights = (start..<end).map { max(0, min(Double($0 + 1), upper) - max(Double($0), lower)) }
      return weights.contains { $0 > 0 } ? (start, weights) : (start, [1])
    case .bilinear:
      let center = (Double(position) + 0.5) * scale
      let reach = max(scale, 1)
      let start = max(0, Int((center - reach + 0.5).rounded(.down)))
      let end = min(oldSize, max(start + 1, Int((center + reach + 0.5).rounded(.down))))
      let first = min(start, oldSize - 1)
      let weights = (first..<max(end, first + 1)).map { max(0, 1 - abs(Double($0) + 0.5 - center) / reach) }
      return weights.contains { $0 > 0 } ? (first, weights) : (first, [1] + weights.dropFirst())
    }
  }
}

/// A number that a resized picture can hold.
public protocol ResampleElement: Sendable {
  /// The number as sums are computed in.
  var resampleValue: Float { get }
  /// The nearest number of this type.
  init(resampled value: Float)
}

extension UInt8: ResampleElement {
  @inline(__always) public var resampleValue: Float { Float(self) }
  /// Rounds half up.
  @inline(__always) public init(resampled value: Float) { self = UInt8(Swift.max(0, Swift.min(255, value + 0.5))) }
}

extension Float: ResampleElement {
  @inline(__always) public var resampleValue: Float { self }
  @inline(__always) public init(resampled value: Float) { self = value }
}
