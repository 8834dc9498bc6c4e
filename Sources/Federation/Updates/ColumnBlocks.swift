import Tensors

/// Cuts the columns of an update into blocks that depend on `d` alone, so that sums over them do not depend on threads.
enum ColumnBlocks {
  /// Columns of a block: a row of it stays in the first-level cache, and it is a multiple of the Gram kernel's chunk.
  static let width = 8192

  static func count(_ dimension: Int, width: Int = width) -> Int { (dimension + width - 1) / width }

  static func columns(_ block: Int, of dimension: Int, width: Int = width) -> Range<Int> {
    block * width..<min((block + 1) * width, dimension)
  }

  /// Calls `body` for each block of columns, at the same time where this thread owns more than one worker.
  static func forEach(
    _ dimension: Int, width: Int = width, _ body: @Sendable (_ block: Int, _ columns: Range<Int>) -> Void
  ) throws {
    try Interrupt.check()
    Parallel.forEach(count(dimension, width: width)) { body($0, columns($0, of: dimension, width: width)) }
    try Interrupt.check()
  }
}
