import Tensors

/// The matrix while updates arrive, before anybody reads it.
extension UpdateMatrix {
  /// Makes a row for each client that is asked for an update; ``put(_:at:)`` fills it.
  ///
  /// - Parameter isInFile: Whether the rows lie in a file, of which only what is read is in memory.
  convenience init(
    awaiting clientIDs: [Int], sampleCounts: [Int], sections: [UpdateSection], isInFile: Bool
  ) throws {
    let shape = [clientIDs.count, sections.last?.columns.upperBound ?? 0]
    try self.init(
      isInFile ? Tensor.inFile(shape, op: "updates") : Tensor.uninitialized(shape, op: "updates"), clientIDs: clientIDs,
      sampleCounts: sampleCounts, sections: sections)
  }

  /// Copies a client's update into its row. Several threads may do so at once, each for a row of its own.
  func put(_ update: Tensor, at index: Int) {
    let row = tensor.storage.base.assumingMemoryBound(to: Float.self) + index * dimension
    update.withFloats { row.update(from: $0, count: dimension) }
    letGo(0..<dimension, ofRow: index)
  }

  /// The rows at these ascending positions, moved together in the same memory. Nobody may read the old rows any more.
  func compacted(to rows: [Int]) throws -> UpdateMatrix {
    let base = tensor.storage.base.assumingMemoryBound(to: Float.self)
    for (place, row) in rows.enumerated() where place != row {
      (base + place * dimension).update(from: base + row * dimension, count: dimension)
      letGo(0..<dimension, ofRow: place)
    }
    return try UpdateMatrix(
      tensor.narrow(axis: 0, start: 0, count: rows.count), clientIDs: rows.map { clientIDs[$0] },
      sampleCounts: rows.map { sampleCounts[$0] }, sections: sections)
  }

  /// Tells that a block of columns has been read; see ``Storage/letGo(_:)``.
  func letGo(_ columns: Range<Int>) {
    guard tensor.storage.isInFile else { return }
    for row in 0..<count { letGo(columns, ofRow: row) }
  }

  func letGo(_ columns: Range<Int>, ofRow row: Int) {
    guard tensor.storage.isInFile else { return }
    let start = tensor.offset + row * tensor.strides[0], size = MemoryLayout<Float>.stride
    tensor.storage.letGo((start + columns.lowerBound) * size..<(start + columns.upperBound) * size)
  }
}
