import Tensors

/// How the updates of a round lie to each other: norms, inner products, distances and cosines of `n` rows.
///
/// Norms are there at once, `n` numbers. A table of all pairs takes `8 n²` bytes and is made when it is first asked for.
/// Sums are carried in double precision over fixed blocks of columns, so no value depends on the number of threads.
public struct RoundGeometry: Sendable {
  /// Euclidean norm of each row.
  public let norms: [Double]
  private let source: Source

  /// The rows themselves, or tables that somebody else made of them.
  private enum Source {
    case rows(UpdateMatrix, rule: String)
    case tables(gram: PairTable, squaredDistances: PairTable)
  }

  public var count: Int { norms.count }

  /// - Throws: ``FederationError/notFinite(rule:client:value:coordinate:)`` in the name of `rule`.
  init(_ updates: UpdateMatrix, for rule: String) throws {
    source = .rows(updates, rule: rule)
    norms = try updates.norms(for: rule)
  }

  init(norms: [Double], gram: PairTable, squaredDistances: PairTable) {
    source = .tables(gram: gram, squaredDistances: squaredDistances)
    self.norms = norms
  }

  /// Returns the inner products of all pairs.
  public func gram() throws -> PairTable {
    switch source {
    case .rows(let updates, let rule): try updates.gram(for: rule)
    case .tables(let gram, _): gram
    }
  }

  /// Returns the squared Euclidean distances of all pairs, exactly 0 between equal rows.
  public func squaredDistances() throws -> PairTable {
    switch source {
    case .rows(let updates, let rule): try updates.squaredDistances(for: rule)
    case .tables(_, let distances): distances
    }
  }

  /// Returns the cosines of the angles of all pairs, in [-1, 1]; 0 where a row is zero.
  public func cosines() throws -> PairTable {
    let gram = try gram(), n = count, cosines = try PairTable(count: n, for: "cosines")
    for i in 0..<n {
      for j in 0..<n {
        // One root of the product and not two, so that a row's cosine with itself is exactly 1.
        cosines.base[i * n + j] = cosine(gram[i, j], (gram[i, i] * gram[j, j]).squareRoot())
      }
    }
    return cosines
  }
}

/// Cosine of an angle from an inner product and the product of both norms, in [-1, 1]; 0 where a norm is 0.
func cosine(_ product: Double, _ scale: Double) -> Double {
  scale > 0 ? min(1, max(-1, product / scale)) : 0
}

/// The rows of a matrix as an address that several threads may read.
struct Rows: @unchecked Sendable {
  let base: UnsafePointer<Float>
  let stride: Int
  let count: Int

  /// Address of a row, from 0.
  subscript(row: Int) -> UnsafePointer<Float> { base + row * stride }
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
