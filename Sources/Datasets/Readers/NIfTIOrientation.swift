/// How the axes of a volume lie in the body.
enum NIfTIOrientation {
  /// Returns for each of the first three axes its unit direction: to the right, to the front, to the top.
  ///
  /// The affine map is taken where the header has one, then the quaternion, then the axes as they are.
  static func directions(_ fields: NIfTIHeader.Fields) -> [[Double]] {
    let plain = [[1.0, 0, 0], [0, 1, 0], [0, 0, 1]]
    let columns: [[Double]]
    if fields.integer(254, 348, 4) > 0 {
      columns = (0..<3).map { axis in
        (0..<3).map { row in fields.real(280 + 16 * row + 4 * axis, 400 + 32 * row + 8 * axis) }
      }
    } else if fields.integer(252, 344, 4) > 0 {
      columns = rotation(fields)
    } else {
      columns = plain
    }
    let lengths = columns.map { column in column.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    guard lengths.allSatisfy({ $0.isFinite && $0 > 0 }) else { return plain }
    return zip(columns, lengths).map { column, length in column.map { $0 / length } }
  }

  private static func rotation(_ fields: NIfTIHeader.Fields) -> [[Double]] {
    let (b, c, d) = (fields.real(256, 352), fields.real(260, 360), fields.real(264, 368))
    let a = max(0, 1 - b * b - c * c - d * d).squareRoot()
    let sign = fields.real(76, 104) < 0 ? -1.0 : 1.0
    return [
      [a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c)],
      [2 * (b * c - a * d), a * a + c * c - b * b - d * d, 2 * (c * d + a * b)],
      [sign * 2 * (b * d + a * c), sign * 2 * (c * d - a * b), sign * (a * a + d * d - b * b - c * c)],
    ]
  }

  /// Returns for right, front and top the axis that lies closest to it, and whether it points the other way.
  static func closestAxes(_ directions: [[Double]]) -> [(axis: Int, isReversed: Bool)] {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
    var best = orders[0]
    var bestFit = -Double.infinity
    for order in orders {
      let fit = (0..<3).reduce(0.0) { $0 + abs(directions[order[$1]][$1]) }
      if fit > bestFit + 1e-9 { (best, bestFit) = (order, fit) }
    }
    return (0..<3).map { (best[$0], directions[best[$0]][$0] < 0) }
  }
}
