import Tensors

/// A smooth random field over the plane: gradient noise on a lattice that repeats after 32 cells.
///
/// - Source: Perlin, *An image synthesizer*, SIGGRAPH 1985, <https://doi.org/10.1145/325165.325247>.
/// - Deviation: gradients are uniform in a square, not on a circle, which needs no angle.
struct LatticeNoise {
  private static let period = 32
  private let gradients: [SIMD2<Float>]

  init(_ stream: inout RandomStream) {
    let count = Self.period * Self.period
    var numbers = [Float](repeating: 0, count: 2 * count)
    numbers.withUnsafeMutableBufferPointer {
      stream.fillUniform($0.baseAddress!, count: $0.count, lower: -1.5, upper: 1.5)
    }
    gradients = (0..<count).map { SIMD2(numbers[2 * $0], numbers[2 * $0 + 1]) }
  }

  /// Returns the field at a point, about -1 to 1 with a deviation of 0.4; one lattice cell is the finest feature.
  ///
  /// - Parameters:
  ///   - x: Coordinate in cells, between -64 and 64, as those of a head are.
  ///   - y: The same for the other axis.
  @inline(__always)
  func callAsFunction(_ x: Float, _ y: Float) -> Float {
    // Cells are found by truncation, which is the same instruction everywhere: so no number may be negative.
    let x = x + 64
    let y = y + 64
    let column = Int(x)
    let row = Int(y)
    let dx = x - Float(column)
    let dy = y - Float(row)
    let topLeft = corner(column, row, dx, dy)
    let topRight = corner(column &+ 1, row, dx - 1, dy)
    let bottomLeft = corner(column, row &+ 1, dx, dy - 1)
    let bottomRight = corner(column &+ 1, row &+ 1, dx - 1, dy - 1)
    let shareX = dx * dx * (3 - 2 * dx)
    let shareY = dy * dy * (3 - 2 * dy)
    let top = topLeft + (topRight - topLeft) * shareX
    let bottom = bottomLeft + (bottomRight - bottomLeft) * shareX
    return top + (bottom - top) * shareY
  }

  @inline(__always)
  private func corner(_ column: Int, _ row: Int, _ dx: Float, _ dy: Float) -> Float {
    let mask = Self.period - 1
    let gradient = gradients[(row & mask) * Self.period + (column & mask)]
    return gradient.x * dx + gradient.y * dy
  }
}
