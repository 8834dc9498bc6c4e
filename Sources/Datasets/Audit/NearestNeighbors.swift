import Kernels
import Synchronization
import Tensors

/// Finds for each sample the nearest one on the other side of a split, by Euclidean distance of the raw numbers.
///
/// Squared distances come from matrix products of blocks of samples, each block with each once; several splits share
/// them. Nothing larger than some blocks is in memory.
struct NearestNeighbors {
  let samples: PooledSamples

  /// Sides of a split: a side for each sample that takes part. Neighbours are sought on all other sides.
  typealias Sides = [Int32]

  /// Samples of a block.
  private static let blockRows = 1024
  /// Numbers of each sample in one product.
  private static let blockColumns = 2048

  /// The nearest sample so far.
  private struct Best: Sendable {
    var distance = Float.infinity
    var index = Int32.max

    /// Keeps the nearer one; of equals the first in the set, so that the order of the work does not matter.
    @inline(__always)
    mutating func take(_ distance: Float, _ index: Int32) {
      if distance < self.distance || (distance == self.distance && index < self.index) {
        (self.distance, self.index) = (distance, index)
      }
    }
  }

  /// Returns for each split and sample the index of its nearest neighbour in the pool; nil where the other sides
  /// are empty.
  ///
  /// - Parameter onDone: Called now and then, on any thread, with the share of the work that is done.
  /// - Throws: ``Interrupted`` on request.
  func search(_ splits: [Sides], onDone: @Sendable (Double) -> Void) throws -> [[Int?]] {
    let count = samples.count
    let blocks = (count + Self.blockRows - 1) / Self.blockRows
    let pairs = (0..<blocks).flatMap { first in (first..<blocks).map { (first, $0) } }
    let factor = samples.factor
    let found = Mutex((done: 0, best: splits.map { _ in [Best](repeating: Best(), count: count) }))
    Parallel.forEach(pairs.count) { pair in
      if Interrupt.isRequested { return }
      let (rows, columns) = (block(pairs[pair].0), block(pairs[pair].1))
      let products = products(rows, columns, factor)
      let near = splits.map { compare(rows, columns, products, $0) }
      found.withLock { found in
        found.done += 1
        for split in near.indices {
          for (offset, best) in near[split].rows.enumerated() {
            found.best[split][rows.lowerBound + offset].take(best.distance, best.index)
          }
          for (offset, best) in near[split].columns.enumerated() {
            found.best[split][columns.lowerBound + offset].take(best.distance, best.index)
          }
        }
        onDone(Double(found.done) / Double(pairs.count))
      }
    }
    try Interrupt.check()
    return found.withLock { $0.best.map { $0.map { $0.index == .max ? nil : Int($0.index) } } }
  }

  private func block(_ index: Int) -> Range<Int> {
    index * Self.blockRows..<min(samples.count, (index + 1) * Self.blockRows)
  }

  /// Inner products of the samples of two blocks, and the squared lengths of both.
  private struct Products {
    var table: [Float]
    var rowLengths: [Float]
    var columnLengths: [Float]
  }

  private func products(_ rows: Range<Int>, _ columns: Range<Int>, _ factor: Float) -> Products {
    let size = samples.sampleSize
    let width = min(size, Self.blockColumns)
    var result = Products(
      table: [Float](repeating: 0, count: rows.count * columns.count),
      rowLengths: [Float](repeating: 0, count: rows.count), columnLengths: [Float](repeating: 0, count: columns.count))
    var left = [Float](repeating: 0, count: rows.count * width)
    var right = [Float](repeating: 0, count: columns.count * width)
    var workspace = [Float](
      repeating: 0, count: Kernels.matrix.gemmWorkspace(rows.count, columns.count, width))
    for start in stride(from: 0, to: size, by: width) {
      if Interrupt.isRequested { return result }
      let part = start..<min(size, start + width)
      copy(rows, part, factor, width, &left, &result.rowLengths)
      copy(columns, part, factor, width, &right, &result.columnLengths)
      Kernels.matrix.gemm(
        rows.count, columns.count, part.count, left, width, 1, right, 1, width, &result.table, columns.count, start > 0,
        &workspace)
    }
    return result
  }

  /// Copies some numbers of a block's samples and adds their squares to the lengths.
  private func copy(
    _ block: Range<Int>, _ part: Range<Int>, _ factor: Float, _ width: Int, _ output: inout [Float],
    _ lengths: inout [Float]
  ) {
    output.withUnsafeMutableBufferPointer { output in
      for (line, index) in block.enumerated() {
        let target = output.baseAddress! + line * width
        samples.copy(index, part, times: factor, to: target)
        lengths[line] += Float(Kernels.reduction.dot(target, target, part.count))
      }
    }
  }

  /// The nearest neighbours of either block in the other.
  private func compare(
    _ rows: Range<Int>, _ columns: Range<Int>, _ products: Products, _ sides: Sides
  ) -> (rows: [Best], columns: [Best]) {
    var rowBest = [Best](repeating: Best(), count: rows.count)
    var columnBest = [Best](repeating: Best(), count: columns.count)
    products.table.withUnsafeBufferPointer { table in
      for (line, row) in rows.enumerated() {
        let side = sides[row]
        let length = products.rowLengths[line]
        var best = Best()
        for (offset, column) in columns.enumerated() where sides[column] != side {
          let distance = length + products.columnLengths[offset] - 2 * table[line * columns.count + offset]
          best.take(distance, Int32(column))
          columnBest[offset].take(distance, Int32(row))
        }
        rowBest[line] = best
      }
    }
    return (rowBest, columnBest)
  }
}
