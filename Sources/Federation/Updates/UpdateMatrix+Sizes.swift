public import Tensors

/// What rules ask of sizes: distances by absolute differences, and the numbers of a row that are largest in size.
extension UpdateMatrix {
  /// Sums the absolute differences of all pairs of rows, in double precision.
  public func absoluteDistances() throws -> PairTable {
    let rule = "absolute_distances", n = count, d = dimension
    try requireFinite(rule)
    let table = try PairTable(count: n, for: rule), out = Places(table.base)
    try forEachRow { i, rows in
      let row = rows[i]
      // A block of the row stays in the cache while the others pass by.
      for block in 0..<ColumnBlocks.count(d) {
        let columns = ColumnBlocks.columns(block, of: d)
        for j in 0..<i { out.base[i * n + j] += Self.absoluteDistance(row, rows[j], columns) }
      }
    }
    for i in 0..<n {
      for j in 0..<i { table.base[j * n + i] = table[i, j] }
    }
    return table
  }

  private static func absoluteDistance(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ columns: Range<Int>
  ) -> Double {
    // Eight sums side by side, in an order that depends on the columns alone.
    var sums = SIMD8<Double>(repeating: 0), column = columns.lowerBound
    while column + 8 <= columns.upperBound {
      var difference = SIMD8<Double>()
      for lane in 0..<8 { difference[lane] = abs(Double(a[column + lane]) - Double(b[column + lane])) }
      sums += difference
      column += 8
    }
    while column < columns.upperBound {
      sums[0] += abs(Double(a[column]) - Double(b[column]))
      column += 1
    }
    return sums.sum()
  }

  /// Adds up the signs of each column, shape `[d]`: how many rows are above 0 minus how many are below.
  public func signSums() throws -> Tensor {
    let rule = "sign_sums", n = count
    try requireFinite(rule)
    let result = try Tensor.uninitialized([dimension], .float32, op: rule)
    let definition: ColumnRule = { $0.reduce(0) { $0 + ($1 > 0 ? 1 : 0) - ($1 < 0 ? 1 : 0) } }
    try reduceColumns(into: result, "sign sums", definition: definition) { base, stride, columns, out in
      for column in columns { out[column] = 0 }
      for row in 0..<n {
        let values = base + row * stride
        for column in columns {
          let value = values[column]
          out[column] += (value > 0 ? 1 : 0) - (value < 0 ? 1 : 0)
        }
      }
    }
    return result
  }

  /// The same clients with only the numbers of each row that are largest in size; the others become 0.
  ///
  /// - Parameter kept: Numbers that a row keeps, 1 to d; of equally large ones, the first.
  public func largest(_ kept: Int) throws -> UpdateMatrix {
    try expectKept(kept, for: "largest")
    let result = try Tensor.uninitialized([count, dimension], op: "largest")
    let out = Places(result.floatPointer), d = dimension
    try forEachRow { index, rows in
      let row = rows[index], copy = out.base + index * d
      var choice = LargestChoice(row, count: d, kept: kept)
      for column in 0..<d { copy[column] = choice.takes(row[column]) ? row[column] : 0 }
    }
    return try with(result)
  }

  /// Share of those coordinates of each row that are largest in size whose sign is that of a vector `[d]`; zero is a
  /// sign of its own.
  ///
  /// - Parameter kept: Coordinates looked at, 1 to d; of equally large ones, the first.
  public func signAgreements(with vector: Tensor, largest kept: Int) throws -> [Double] {
    let rule = "sign_agreement"
    try expectKept(kept, for: rule)
    let other = try row(of: vector, for: rule), reader = Places(other.floatPointer), d = dimension
    defer { withExtendedLifetime(other) {} }
    return try products { _, row in
      var choice = LargestChoice(row, count: d, kept: kept), equal = 0
      for column in 0..<d where choice.takes(row[column]) {
        let a = row[column], b = reader.base[column]
        equal += (a > 0) == (b > 0) && (a < 0) == (b < 0) ? 1 : 0
      }
      return Double(equal) / Double(kept)
    }
  }

  private func expectKept(_ kept: Int, for rule: String) throws {
    try requireFinite(rule)
    guard (1...dimension).contains(kept) else {
      throw FederationError.option(
        name: "\(rule): count", got: "\(kept)", allowed: "1 to d = \(dimension) is allowed")
    }
  }
}

/// Says of the numbers of a row, asked in their order, which are among the largest in size.
///
/// The bits of numbers without their sign are in the order of the numbers, so two counts of bits find the bound in a
/// time that depends on d alone.
private struct LargestChoice {
  private let bound: UInt32
  private var left: Int

  init(_ row: UnsafePointer<Float>, count: Int, kept: Int) {
    let high = Self.bound(0..<count, kept: kept) { Int(row[$0].magnitude.bitPattern >> 15) }
    let low = Self.bound(0..<count, kept: high.left) {
      let bits = row[$0].magnitude.bitPattern
      return Int(bits >> 15) == high.bin ? Int(bits & 0x7fff) : nil
    }
    bound = UInt32(high.bin) << 15 | UInt32(low.bin)
    left = low.left
  }

  /// The bin that holds the number at a rank, counted from the highest, and how many of that bin are taken.
  private static func bound(_ columns: Range<Int>, kept: Int, bin: (Int) -> Int?) -> (bin: Int, left: Int) {
    var counts = [Int](repeating: 0, count: 1 << 16)
    for column in columns { if let bin = bin(column) { counts[bin] += 1 } }
    var left = kept, bin = counts.count - 1
    while counts[bin] < left {
      left -= counts[bin]
      bin -= 1
    }
    return (bin, left)
  }

  mutating func takes(_ value: Float) -> Bool {
    let bits = value.magnitude.bitPattern
    if bits != bound { return bits > bound }
    left -= 1
    return left >= 0
  }
}
