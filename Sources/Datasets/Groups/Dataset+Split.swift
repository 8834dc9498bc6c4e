public import Tensors

extension Dataset {
  /// Returns disjoint random parts of given sizes.
  ///
  /// Where groups stay whole, a part has as nearly its size as they allow, and each class is spread as evenly as they
  /// allow; else the sizes are exact.
  ///
  /// - Parameters:
  ///   - sizes: Samples in each part; together at most all of them.
  ///   - unit: What stays whole; nil means groups where the set has some.
  ///   - stream: Decides which samples go where.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)``.
  public func split(sizes: [Int], by unit: SplitUnit? = nil, stream: inout RandomStream) throws -> [Dataset] {
    let total = sizes.reduce(0) { $0.addingReportingOverflow($1).overflow ? Int.max : $0 + $1 }
    guard sizes.allSatisfy({ $0 >= 0 }), total <= count else {
      throw DatasetError.value(
        op: "split", what: "sizes", got: "\(sizes)", allowed: "parts of 0 or more, together at most \(count)")
    }
    if unit != .sample, groups != nil || unit == .group {
      return try dealtParts(shares: sizes.map { Double($0) / Double(max(1, count)) }, by: unit, stream: &stream)
    }
    let order = stream.shuffled(count)
    var start = 0
    return try sizes.map { size in
      defer { start += size }
      return try part(Array(order[start..<start + size]), by: .sample)
    }
  }

  /// Returns two disjoint random parts, with every class in both in the same share as nearly as can be.
  ///
  /// - Parameters:
  ///   - share: Share of the second part, between 0 and 1.
  ///   - unit: What stays whole; nil means groups where the set has some.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)``.
  public func split(
    testShare share: Double, by unit: SplitUnit? = nil, stream: inout RandomStream
  ) throws -> (train: Dataset, test: Dataset) {
    guard share > 0, share < 1 else {
      throw DatasetError.value(
        op: "split", what: "test", got: "\(share)", allowed: "a share between 0 and 1 is allowed")
    }
    let parts = try dealtParts(shares: [1 - share, share], by: unit, stream: &stream)
    return (parts[0], parts[1])
  }

  private func dealtParts(shares: [Double], by unit: SplitUnit?, stream: inout RandomStream) throws -> [Dataset] {
    let units = try SampleUnits(self, by: unit, op: "split")
    let dealt = units.dealt(shares: shares, &stream)
    if let empty = dealt.indices.first(where: { dealt[$0].isEmpty && shares[$0] > 0 }) {
      let largest = units.positions.map(\.count).max() ?? 0
      throw DatasetError.value(
        op: "split", what: "part \(empty + 1)", got: "0 samples",
        allowed: "\(units.count) groups, the largest of \(largest) of \(count) samples, leave nothing for it")
    }
    return try dealt.map { try part(units.samples($0), by: units.isGrouped ? .group : .sample) }
  }

  private func part(_ positions: [Int], by unit: SplitUnit) throws -> Dataset {
    try check(positions, op: "split")
    return view(rows: positions.map { rows[$0] }, labels: positions.map { labels[$0] }, split: unit)
  }
}
