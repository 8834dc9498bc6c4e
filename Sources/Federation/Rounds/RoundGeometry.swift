import Kernels
import Tensors

/// How the updates of a round lie to each other: norms, inner products, distances and cosines of `n` rows.
///
/// One pass over the `[n, d]` matrix gives the Gram matrix; everything else is arithmetic on `n × n` numbers. Sums are
/// carried in double precision over fixed blocks of columns, so the values do not depend on the number of threads.
public struct RoundGeometry: Sendable {
  public let count: Int
  /// Inner products, row-major `n × n`.
  public let gram: [Double]
  /// Squared Euclidean distances, row-major `n × n`, exactly 0 between equal rows.
  public let squaredDistances: [Double]
  /// Euclidean norm of each row.
  public let norms: [Double]

  /// - Throws: ``FederationError/notFinite(rule:client:value:coordinate:)`` in the name of `rule`.
  init(_ updates: UpdateMatrix, for rule: String) throws {
    count = updates.count
    let sums = try Self.products(updates, center: nil)
    // An element that is not finite shows in its row's sum of squares, so the elements need no pass of their own.
    if sums.contains(where: { !$0.isFinite }) { try updates.requireFinite(rule) }
    gram = Self.repaired(sums, updates, center: nil)
    norms = (0..<updates.count).map { [gram, count] in gram[$0 * count + $0].squareRoot() }
    squaredDistances = Self.squaredDistances(updates, gram: gram)
  }

  /// Cosine of the angle between two rows, in [-1, 1]; 0 where a row is zero.
  public func cosine(_ i: Int, _ j: Int) -> Double {
    // One root of the product and not two, so that a row's cosine with itself is exactly 1.
    let scale = (gram[i * count + i] * gram[j * count + j]).squareRoot()
    return scale > 0 ? min(1, max(-1, gram[i * count + j] / scale)) : 0
  }

  /// Cosines of all pairs, row-major `n × n`.
  public var cosines: [Double] { (0..<count * count).map { cosine($0 / count, $0 % count) } }

  /// Euclidean distances of all pairs, row-major `n × n`.
  public var distances: [Double] { squaredDistances.map { $0.squareRoot() } }

  // MARK: Computation

  /// Returns the inner products of the rows minus `center`, row-major `n × n`.
  static func gram(_ updates: UpdateMatrix, center: Tensor) throws -> [Double] {
    let center = center.contiguous()
    return repaired(try products(updates, center: center), updates, center: center)
  }

  /// Returns the inner products as the kernel computes them; not all are finite where single precision overflows.
  private static func products(_ updates: UpdateMatrix, center shift: Tensor?) throws -> [Double] {
    // The kernel fetches ahead within a block, so it gets long ones; centered rows are copied, a short block at a time.
    let width = ColumnBlocks.width * (shift == nil ? 4 : 1)
    let n = updates.count, d = updates.dimension, blocks = ColumnBlocks.count(d, width: width)
    let partial = Scratch<Double>(blocks * n * n, initial: 0)
    try updates.withRows { base, stride in
      let rows = Rows(base: base, stride: stride, count: n)
      try Profiler.measure("gram", flops: n * (n + 1) * d, bytes: 4 * n * d) {
        try ColumnBlocks.forEach(d, width: width) { block, columns in
          defer { updates.letGo(columns) }
          let out = partial.base + block * n * n
          guard let shift else {
            return Kernels.aggregation.gram(rows.base, n, stride, columns.lowerBound, columns.upperBound, out)
          }
          let centered = rows.centered(columns, at: shift)
          Kernels.aggregation.gram(centered.base, n, columns.count, 0, columns.count, out)
        }
      }
    }
    var sums = [Double](repeating: 0, count: n * n)
    for block in 0..<blocks {
      for entry in 0..<n * n { sums[entry] += partial.base[block * n * n + entry] }
    }
    return sums
  }

  /// Replaces sums that overflowed single precision inside the kernel by sums in double precision.
  private static func repaired(_ sums: [Double], _ updates: UpdateMatrix, center: Tensor?) -> [Double] {
    guard sums.contains(where: { !$0.isFinite }) else { return sums }
    let n = updates.count, d = updates.dimension, middle = center?.values ?? []
    var sums = sums
    updates.withRows { base, stride in
      for entry in 0..<n * n where !sums[entry].isFinite {
        let a = base + entry / n * stride, b = base + entry % n * stride
        sums[entry] = (0..<d).reduce(0.0) { sum, column in
          let c = center == nil ? 0 : middle[column]
          return sum + (Double(a[column]) - c) * (Double(b[column]) - c)
        }
      }
    }
    return sums
  }

  /// Distances from inner products, and from the rows themselves where the subtraction would leave only rounding.
  private static func squaredDistances(_ updates: UpdateMatrix, gram: [Double]) -> [Double] {
    let n = updates.count, d = updates.dimension
    var result = [Double](repeating: 0, count: n * n)
    updates.withRows { base, stride in
      for i in 0..<n {
        for j in 0..<i {
          let scale = gram[i * n + i] + gram[j * n + j]
          var value = scale - 2 * gram[i * n + j]
          if value < 1e-3 * scale {
            value = Kernels.reduction.squaredDistance(base + i * stride, base + j * stride, d)
            updates.letGo(0..<d, ofRow: j)
          }
          result[i * n + j] = value
          result[j * n + i] = value
        }
        updates.letGo(0..<d, ofRow: i)
      }
    }
    return result
  }
}

/// The rows of a matrix as an address that several threads may read.
struct Rows: @unchecked Sendable {
  let base: UnsafePointer<Float>
  let stride: Int
  let count: Int

  /// Copies a block of columns, `center` subtracted from each row.
  func centered(_ columns: Range<Int>, at center: Tensor) -> Scratch<Float> {
    let width = columns.count, copy = Scratch<Float>(count * width)
    let middle = center.storage.base.assumingMemoryBound(to: Float.self) + center.offset + columns.lowerBound
    for row in 0..<count {
      Kernels.elementwise.binary(
        .subtract, base + row * stride + columns.lowerBound, middle, copy.base + row * width, width)
    }
    return copy
  }
}

/// Memory for numbers that several threads fill in separate places.
final class Scratch<Element: BitwiseCopyable>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>

  init(_ count: Int) { base = .allocate(capacity: max(count, 1)) }

  convenience init(_ count: Int, initial: Element) {
    self.init(count)
    base.initialize(repeating: initial, count: count)
  }

  deinit { base.deallocate() }
}
