import Kernels
import Tensors

/// Inner products of all pairs of rows, or of the rows minus a center.
///
/// The kernel adds products in single precision over short stretches of columns and carries on in double precision.
/// Where that overflows, or where the products of tiny numbers would vanish, pairs are added up in double precision.
struct InnerProducts {
  private let updates: UpdateMatrix
  private let center: Tensor?
  private let rule: String
  private var n: Int { updates.count }
  private var d: Int { updates.dimension }

  /// More rows than this are compared band by band, so that no thread needs a table of all pairs.
  static let largestWhole = 512
  private static let bandRows = 256
  private static let bandColumns = 1024
  /// Blocks of columns whose tables are in memory at once.
  private static let wave = 16
  /// Mean square of a row below which the products of its elements may vanish in single precision.
  private static let smallestSquare = 1e-30

  /// Returns the inner products, `n x n`; not all are finite where an element is not.
  static func table(_ updates: UpdateMatrix, center: Tensor? = nil, for rule: String) throws -> PairTable {
    let products = InnerProducts(updates: updates, center: center.map { $0.to(.float32).contiguous() }, rule: rule)
    let sums = try PairTable(count: updates.count, for: rule)
    try Profiler.measure(
      "gram", flops: products.n * (products.n + 1) * products.d, bytes: 4 * products.n * products.d
    ) {
      try updates.count > largestWhole ? products.addBands(to: sums) : products.addBlocks(to: sums)
    }
    try products.repair(sums)
    return sums
  }

  // MARK: Sums by the kernel

  /// Some rows: one table for each block of columns, added up in the order of the blocks.
  private func addBlocks(to sums: PairTable) throws {
    // The kernel fetches ahead within a block, so it gets long ones; centered rows are copied, a short block at a time.
    let width = ColumnBlocks.width * (center == nil ? 4 : 1)
    let blocks = ColumnBlocks.count(d, width: width), size = n * n
    let partial = try Tensor.uninitialized([min(blocks, Self.wave), size], .float64, op: rule)
    let places = Places(partial.doublePointer)
    try updates.withRows { base, stride in
      let rows = Rows(base: base, stride: stride, count: n)
      for first in Swift.stride(from: 0, to: blocks, by: Self.wave) {
        try Interrupt.check()
        let count = min(Self.wave, blocks - first)
        Parallel.forEach(count) { index in
          let columns = ColumnBlocks.columns(first + index, of: d, width: width), out = places.base + index * size
          out.initialize(repeating: 0, count: size)
          addBlock(rows, columns, to: out)
          updates.letGo(columns)
        }
        for index in 0..<count {
          for entry in 0..<size { sums.base[entry] += places.base[index * size + entry] }
        }
      }
    }
    withExtendedLifetime(partial) {}
  }

  private func addBlock(_ rows: Rows, _ columns: Range<Int>, to out: UnsafeMutablePointer<Double>) {
    guard center != nil else {
      return Kernels.aggregation.gram(rows.base, n, rows.stride, columns.lowerBound, columns.upperBound, out)
    }
    let copy = Scratch<Float>(n * columns.count)
    self.copy(rows, 0..<n, columns, to: copy.base)
    Kernels.aggregation.gram(copy.base, n, columns.count, 0, columns.count, out)
  }

  /// Many rows: each pair of bands is a small table of its own.
  private func addBands(to sums: PairTable) throws {
    let bands = (n + Self.bandRows - 1) / Self.bandRows
    let pairs = (0..<bands).flatMap { i in (0...i).map { (i, $0) } }
    updates.withRows { base, stride in
      let rows = Rows(base: base, stride: stride, count: n)
      Parallel.forEach(pairs.count) { pair in
        if !Interrupt.isRequested { addBands(band(pairs[pair].0), band(pairs[pair].1), rows, to: sums) }
      }
    }
    try Interrupt.check()
  }

  private func band(_ index: Int) -> Range<Int> {
    index * Self.bandRows..<min((index + 1) * Self.bandRows, n)
  }

  private func addBands(_ upper: Range<Int>, _ lower: Range<Int>, _ rows: Rows, to sums: PairTable) {
    let isDiagonal = upper == lower, count = isDiagonal ? upper.count : upper.count + lower.count
    let copy = Scratch<Float>(count * Self.bandColumns), table = Scratch<Double>(count * count, initial: 0)
    for start in Swift.stride(from: 0, to: d, by: Self.bandColumns) {
      let columns = start..<min(start + Self.bandColumns, d)
      self.copy(rows, upper, columns, to: copy.base)
      if !isDiagonal { self.copy(rows, lower, columns, to: copy.base + upper.count * columns.count) }
      Kernels.aggregation.gram(copy.base, count, columns.count, 0, columns.count, table.base)
    }
    let first = isDiagonal ? 0 : upper.count
    for (a, i) in upper.enumerated() {
      for (b, j) in lower.enumerated() {
        sums.base[i * n + j] = table.base[a * count + first + b]
        sums.base[j * n + i] = table.base[a * count + first + b]
      }
    }
  }

  /// Copies a stretch of columns of some rows, the center subtracted.
  private func copy(_ rows: Rows, _ some: Range<Int>, _ columns: Range<Int>, to copy: UnsafeMutablePointer<Float>) {
    for (place, row) in some.enumerated() {
      let values = rows[row] + columns.lowerBound, out = copy + place * columns.count
      if let center {
        Kernels.elementwise.binary(.subtract, values, center.floatPointer + columns.lowerBound, out, columns.count)
      } else {
        out.update(from: values, count: columns.count)
      }
    }
  }

  // MARK: Sums in double precision

  /// Replaces sums that overflowed, and those of rows so short that their products vanished.
  private func repair(_ sums: PairTable) throws {
    let smallest = Self.smallestSquare * Double(d)
    updates.withRows { base, stride in
      let rows = Rows(base: base, stride: stride, count: n)
      Parallel.forEach(n) { i in
        let square = sums[i, i]
        if !(square >= smallest && square.isFinite) { sums.base[i * n + i] = exact(rows[i], rows[i]) }
      }
      Parallel.forEach(n) { i in
        for j in 0..<i {
          let scale = (sums[i, i] * sums[j, j]).squareRoot()
          guard !sums[i, j].isFinite || scale > 0 && scale < smallest else { continue }
          let product = exact(rows[i], rows[j])
          sums.base[i * n + j] = product
          sums.base[j * n + i] = product
        }
      }
    }
    try Interrupt.check()
  }

  private func exact(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>) -> Double {
    guard let center else { return Kernels.reduction.dot(a, b, d) }
    if Interrupt.isRequested { return 0 }
    let c = center.floatPointer
    var sum = 0.0
    for column in 0..<d { sum += (Double(a[column]) - Double(c[column])) * (Double(b[column]) - Double(c[column])) }
    return sum
  }
}
