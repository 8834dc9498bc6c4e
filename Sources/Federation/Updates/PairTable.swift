public import Tensors

/// A number for each pair of updates: `n x n` doubles, which count towards the memory limit as those of any tensor do.
public struct PairTable: @unchecked Sendable {  // filled before anybody else sees it, and read from then on
  /// n: number of updates.
  public let count: Int
  /// Float64, shape `[n, n]`. Whoever wants to write to it takes a clone.
  public let tensor: Tensor

  /// Makes a table of zeros.
  ///
  /// - Throws: ``TensorError/overBudget(op:needed:used:limit:)`` in the name of `rule`.
  init(count: Int, for rule: String) throws {
    self.count = count
    tensor = try Tensor.full([count, count], 0, .float64, op: rule)
  }

  /// Takes a table that was read, float64 `[n, n]`.
  init?(_ tensor: Tensor) {
    guard tensor.elementType == .float64, tensor.rank == 2, tensor.shape[0] == tensor.shape[1] else { return nil }
    count = tensor.shape[0]
    self.tensor = tensor
  }

  /// The number of a pair, given the positions of its rows from 0.
  public subscript(i: Int, j: Int) -> Double { base[i * count + j] }

  /// All numbers, row by row.
  public var values: [Double] { Array(UnsafeBufferPointer(start: base, count: count * count)) }

  /// First number, for loops that fill the table.
  var base: UnsafeMutablePointer<Double> { tensor.doublePointer }

  /// The numbers of one row.
  func row(_ index: Int) -> UnsafePointer<Double> { UnsafePointer(base + index * count) }
}

/// The first of numbers that several threads fill in separate places.
struct Places<Element>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>

  init(_ base: UnsafeMutablePointer<Element>) { self.base = base }
}
