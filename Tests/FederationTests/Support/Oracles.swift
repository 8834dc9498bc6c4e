import Federation

/// Rules and facts by their definitions, in double precision, one loop after the other: what the real ones are held to.
enum Oracle {
  typealias Row = [Double]

  static func norm(_ row: Row) -> Double { row.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  static func dot(_ a: Row, _ b: Row) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  static func difference(_ a: Row, _ b: Row) -> Row { zip(a, b).map { $0 - $1 } }

  static func distance(_ a: Row, _ b: Row) -> Double { norm(difference(a, b)) }

  static func cosine(_ a: Row, _ b: Row) -> Double {
    let scale = norm(a) * norm(b)
    return scale > 0 ? dot(a, b) / scale : 0
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted(), middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  static func columns(_ rows: [Row], _ rule: ([Double]) -> Double) -> Row {
    rows[0].indices.map { column in rule(rows.map { $0[column] }) }
  }

  static func mean(_ rows: [Row]) -> Row { columns(rows) { $0.reduce(0, +) / Double($0.count) } }

  static func coordinateMedian(_ rows: [Row]) -> Row { columns(rows, median) }

  static func trimmedMean(_ rows: [Row], f: Int) -> Row {
    columns(rows) { values in
      let kept = values.sorted().dropFirst(f).dropLast(f)
      return kept.reduce(0, +) / Double(kept.count)
    }
  }

  static func deviations(_ rows: [Row]) -> Row {
    let mean = mean(rows)
    return rows[0].indices.map { column in
      (rows.reduce(0) { $0 + ($1[column] - mean[column]) * ($1[column] - mean[column]) } / Double(rows.count - 1))
        .squareRoot()
    }
  }

  /// The values nearest to the median, by sorting them by distance and then by size.
  static func meanAroundMedian(_ rows: [Row], keep: Int) -> Row {
    columns(rows) { values in
      let middle = median(values)
      let order = values.sorted { abs($0 - middle) != abs($1 - middle) ? abs($0 - middle) < abs($1 - middle) : $0 < $1 }
      return order.prefix(keep).reduce(0, +) / Double(keep)
    }
  }

  static func normClipping(_ rows: [Row]) -> Row {
    let norms = rows.map(norm), bound = median(norms)
    return mean(zip(rows, norms).map { row, norm in row.map { norm > bound ? $0 * (bound / norm) : $0 } })
  }

  /// Three steps from the coordinate median, each difference shortened to the median distance.
  static func centeredClipping(_ rows: [Row]) -> Row {
    var point = coordinateMedian(rows)
    for _ in 0..<3 {
      let bound = median(rows.map { distance($0, point) })
      let steps = rows.map { row -> Row in
        let length = distance(row, point)
        return difference(row, point).map { length > bound ? $0 * (bound / length) : $0 }
      }
      point = zip(point, mean(steps)).map { $0 + $1 }
    }
    return point
  }

  /// Weiszfeld's steps in full dimension, from the best row on, far more of them than the rule takes.
  static func geometricMedian(_ rows: [Row]) -> Row {
    let sums = rows.map { row in rows.reduce(0) { $0 + distance(row, $1) } }
    var point = rows[sums.indices.min { sums[$0] < sums[$1] }!]
    for _ in 0..<20_000 {
      let distances = rows.map { distance($0, point) }
      let pulls = distances.map { 1 / max($0, 1e-9 * median(distances)) }, total = pulls.reduce(0, +)
      point = rows[0].indices.map { column in
        zip(rows, pulls).reduce(0) { $0 + $1.0[column] * ($1.1 / total) }
      }
    }
    return point
  }

  static func neighborScore(_ rows: [Row], _ row: Int, _ neighbors: Int) -> Double {
    let squares = rows.indices.filter { $0 != row }.map { other -> Double in
      let length = distance(rows[row], rows[other])
      return length * length
    }
    return squares.sorted().prefix(neighbors).reduce(0, +)
  }

  static func nearestMeans(_ rows: [Row], _ count: Int) -> [Row] {
    rows.indices.map { row in
      let others = rows.indices.filter { $0 != row }.sorted {
        let (a, b) = (distance(rows[row], rows[$0]), distance(rows[row], rows[$1]))
        return a != b ? a < b : $0 < $1
      }
      return mean(([row] + others.prefix(count - 1)).map { rows[$0] })
    }
  }
}

/// Whether results agree with an oracle's, as far as single precision can: relative to the largest of them.
func agrees(_ got: [Float], _ expected: [Double], _ tolerance: Double = 1e-5) -> Bool {
  agrees(got.map(Double.init), expected, tolerance)
}

func agrees(_ got: [Double], _ expected: [Double], _ tolerance: Double = 1e-5) -> Bool {
  let size = expected.reduce(0) { max($0, abs($1)) }
  return got.count == expected.count && zip(got, expected).allSatisfy { abs($0 - $1) <= tolerance * size }
}
