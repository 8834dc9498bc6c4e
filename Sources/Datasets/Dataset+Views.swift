public import Tensors

extension Dataset {
  /// Returns the samples at some positions, in that order; a position may repeat.
  ///
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for a position outside the set.
  public func subset(_ positions: [Int]) throws -> Dataset {
    try check(positions, op: "subset")
    return view(rows: positions.map { rows[$0] }, labels: positions.map { labels[$0] })
  }

  func check(_ positions: [Int], op: String) throws {
    if let bad = positions.first(where: { $0 < 0 || $0 >= count }) {
      throw DatasetError.value(op: op, what: "position", got: "\(bad &+ 1)", allowed: "1 to \(count) is allowed")
    }
  }

  /// Returns the first samples, or all where there are no more.
  ///
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for a count below 1.
  public func take(_ count: Int) throws -> Dataset {
    guard count >= 1 else {
      throw DatasetError.value(op: "take", what: "count", got: "\(count)", allowed: "1 or more is allowed")
    }
    return count >= self.count ? self : try subset(Array(0..<count))
  }

  /// Returns disjoint random parts of given sizes.
  ///
  /// - Parameters:
  ///   - sizes: Samples in each part; together at most all of them.
  ///   - stream: Decides which samples go where.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)``.
  public func split(sizes: [Int], stream: inout RandomStream) throws -> [Dataset] {
    let total = sizes.reduce(0) { $0.addingReportingOverflow($1).overflow ? Int.max : $0 + $1 }
    guard sizes.allSatisfy({ $0 >= 0 }), total <= count else {
      throw DatasetError.value(
        op: "split", what: "sizes", got: "\(sizes)", allowed: "parts of 0 or more, together at most \(count)")
    }
    let order = stream.shuffled(count)
    var start = 0
    return try sizes.map { size in
      defer { start += size }
      return try subset(Array(order[start..<start + size]))
    }
  }

  /// Returns the same samples under other labels, as a label-flipping client has them.
  ///
  /// - Throws: ``DatasetError`` unless there is one label a sample, each inside the classes.
  public func relabeled(_ labels: [Int]) throws -> Dataset {
    guard labels.count == count else {
      throw DatasetError.value(
        op: "relabel", what: "number of labels", got: "\(labels.count)", allowed: "\(count) are needed")
    }
    try Self.check(labels, classes: classCount, op: "relabel")
    return view(rows: rows, labels: labels)
  }

  /// Returns a view whose batches have a mean subtracted and are divided by a deviation, channel by channel.
  ///
  /// - Parameters:
  ///   - mean: One number a channel, in the units of a batch: pixels in [0, 1].
  ///   - deviation: One number a channel, more than 0.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)``.
  public func normalized(mean: [Double], deviation: [Double]) throws -> Dataset {
    let channels = samples.channels
    guard mean.count == channels, mean.allSatisfy(\.isFinite) else {
      throw DatasetError.value(
        op: "normalize", what: "mean", got: "\(mean)", allowed: "one finite number for each of \(channels) channels")
    }
    guard deviation.count == channels, deviation.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw DatasetError.value(
        op: "normalize", what: "deviation", got: "\(deviation)",
        allowed: "one number above 0 for each of \(channels) channels")
    }
    var scaling = scaling
    for channel in 0..<channels {
      scaling.factors[channel] = Float(Double(scaling.factors[channel]) / deviation[channel])
      scaling.summands[channel] = Float((Double(scaling.summands[channel]) - mean[channel]) / deviation[channel])
    }
    return view(rows: rows, labels: labels, scaling: scaling)
  }

  private func view(rows: [Int], labels: [Int], scaling: Scaling? = nil) -> Dataset {
    Dataset(
      name: name, samples: samples, rows: rows, labels: labels, classNames: classNames, sources: sources,
      origins: origins, skipped: skipped, scaling: scaling ?? self.scaling, masks: masks)
  }
}
