public import Tensors

/// Short descriptions of rows: by signs and by sketches.
extension UpdateMatrix {
  /// Share of the coordinates of each row whose sign is that of a vector `[d]`; zero is a sign of its own.
  public func signAgreements(with vector: Tensor) throws -> [Double] {
    let rule = "sign_agreement"
    try requireFinite(rule)
    let other = try row(of: vector, for: rule), reader = Places(other.floatPointer), d = dimension
    defer { withExtendedLifetime(other) {} }
    return try products { _, row in
      var equal = 0
      for column in 0..<d {
        let a = row[column], b = reader.base[column]
        equal += (a > 0) == (b > 0) && (a < 0) == (b < 0) ? 1 : 0
      }
      return Double(equal) / Double(d)
    }
  }

  /// Shares of the coordinates of each row that are negative, zero and positive, row-major `n x 3`.
  public func signShares() throws -> [Double] {
    let rule = "sign_shares", d = dimension, counts = Scratch<Double>(3 * count, initial: 0)
    try requireFinite(rule)
    try forEachRow { index, rows in
      let row = rows[index]
      var negative = 0, positive = 0
      for column in 0..<d {
        negative += row[column] < 0 ? 1 : 0
        positive += row[column] > 0 ? 1 : 0
      }
      for (place, number) in [negative, d - negative - positive, positive].enumerated() {
        counts.base[3 * index + place] = Double(number) / Double(d)
      }
    }
    return Array(UnsafeBufferPointer(start: counts.base, count: 3 * count))
  }

  /// A count sketch: adds each coordinate, with a random sign, to one of `size` sums, the same for every row.
  ///
  /// The inner product of two sketches is that of the rows in expectation over the seeds; its standard deviation is at
  /// most `√(2 / size)` times both norms. Rows of sketches are comparable only where size, seed and d are equal.
  ///
  /// - Source: Charikar et al., TCS 2004, <https://doi.org/10.1016/S0304-3975(03)00400-6>.
  public func sketch(size: Int, seed: UInt64) throws -> UpdateMatrix {
    guard (1...1 << 30).contains(size) else {
      throw FederationError.option(name: "sketch: size", got: "\(size)", allowed: "1 to 2^30 is allowed")
    }
    try requireFinite("sketch")
    let result = try Tensor.uninitialized([count, size], op: "sketch"), out = Places(result.floatPointer)
    var stream = RandomStream(seed: seed, purpose: "sketch")
    let d = dimension, draws = Scratch<UInt32>(d)
    for column in 0..<d { draws.base[column] = stream.nextUInt32() }
    try forEachRow { index, rows in
      let row = rows[index]
      var sums = [Double](repeating: 0, count: size)
      for column in 0..<d {
        // The lowest bit is the sign; the others choose the sum.
        let draw = draws.base[column], place = Int((UInt64(draw >> 1) * UInt64(size)) >> 31)
        sums[place] += draw & 1 == 0 ? Double(row[column]) : -Double(row[column])
      }
      for place in 0..<size { out.base[index * size + place] = Float(sums[place]) }
    }
    return try UpdateMatrix(result, clientIDs: clientIDs, sampleCounts: sampleCounts)
  }
}
