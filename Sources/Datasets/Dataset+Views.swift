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

  /// Returns other rows of the same storage; what is not given stays.
  func view(
    rows: [Int], labels: [Int], scaling: Scaling? = nil, groups: SampleGroups? = nil, split: SplitUnit? = nil
  ) -> Dataset {
    Dataset(
      name: name, samples: samples, rows: rows, labels: labels, classNames: classNames, sources: sources,
      origins: origins, skipped: skipped, scaling: scaling ?? self.scaling, groups: groups ?? self.groups,
      identity: identity, split: split ?? self.split, masks: masks)
  }
}
