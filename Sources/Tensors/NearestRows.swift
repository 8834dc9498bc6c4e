import Kernels

/// Loops over the distances from one row of a matrix to all: what rules about nearest neighbours are made of.
///
/// Sums go by position, so that they do not depend on how the smallest numbers were found.
public enum NearestRows {
  /// Writes the squared Euclidean distances of a row to all rows, in double precision.
  ///
  /// - Parameters:
  ///   - rows: First number of row 0.
  ///   - stride: Numbers from one row to the next.
  public static func squaredDistances(
    _ rows: UnsafePointer<Float>, stride: Int, count: Int, dimension: Int, from row: Int,
    to distances: UnsafeMutablePointer<Double>
  ) {
    for other in 0..<count {
      distances[other] = Kernels.reduction.squaredDistance(rows + row * stride, rows + other * stride, dimension)
    }
  }

  /// Returns the sum of the smallest distances but that of the row itself.
  ///
  /// - Parameter neighbors: How many; all others where there are fewer.
  public static func sum(
    _ distances: UnsafePointer<Double>, count: Int, nearest neighbors: Int, to row: Int
  ) -> Double {
    let others = min(neighbors, count - 1)
    guard others > 0 else { return 0 }
    let edge = edge(distances, count: count, nearest: others, to: row)
    var sum = 0.0, nearer = 0
    for other in 0..<count where other != row && distances[other] < edge {
      sum += distances[other]
      nearer += 1
    }
    return sum + Double(others - nearer) * edge
  }

  /// Writes `value` at the places of the nearest rows, the row itself among them; of equally near ones, of the first.
  ///
  /// - Parameter neighbors: From 1 to `count`.
  public static func mark(
    _ distances: UnsafePointer<Double>, count: Int, nearest neighbors: Int, to row: Int, with value: Float,
    in places: UnsafeMutablePointer<Float>
  ) {
    places[row] = value
    guard neighbors > 1 else { return }
    let edge = edge(distances, count: count, nearest: neighbors - 1, to: row)
    var left = neighbors - 1
    for other in 0..<count where other != row && distances[other] < edge {
      places[other] = value
      left -= 1
    }
    for other in 0..<count where other != row && distances[other] == edge && left > 0 {
      places[other] = value
      left -= 1
    }
  }

  /// The largest of the `neighbors` smallest distances to other rows.
  private static func edge(
    _ distances: UnsafePointer<Double>, count: Int, nearest neighbors: Int, to row: Int
  ) -> Double {
    let copy = UnsafeMutableBufferPointer<Double>.allocate(capacity: count - 1)
    defer { copy.deallocate() }
    for other in 0..<count where other != row { copy[other < row ? other : other - 1] = distances[other] }
    return smallest(copy, neighbors - 1)
  }

  /// The number that would stand at a position if all were sorted, by splitting into smaller, equal and larger ones.
  private static func smallest(_ values: UnsafeMutableBufferPointer<Double>, _ position: Int) -> Double {
    var low = 0, high = values.count
    while true {
      let a = values[low], b = values[(low + high) / 2], c = values[high - 1]
      let pivot = max(min(a, b), min(max(a, b), c))
      var equal = low, next = low, larger = high
      while next < larger {
        if values[next] < pivot {
          values.swapAt(equal, next)
          equal += 1
          next += 1
        } else if values[next] > pivot {
          larger -= 1
          values.swapAt(next, larger)
        } else {
          next += 1
        }
      }
      if position < equal {
        high = equal
      } else if position >= larger {
        low = larger
      } else {
        return pivot
      }
    }
  }
}
