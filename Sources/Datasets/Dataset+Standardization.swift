import Tensors

extension Dataset {
  /// Returns a set whose samples each have mean 0 and deviation 1 over all their numbers.
  ///
  /// The result has samples of its own, of 4 bytes a number; a sample of one shade becomes zeros.
  ///
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` where the samples would not fit, ``Interrupted`` on
  ///   request.
  public func standardizedPerSample() throws -> Dataset {
    let size = samples.sampleSize
    let (bytes, overflow) = (4 * size).multipliedReportingOverflow(by: count)
    guard !overflow, bytes <= ReaderLimits.standard.decodedBytes else {
      throw DatasetError.value(
        op: "standardize", what: "size in bytes", got: "\(overflow ? Int.max : bytes)",
        allowed: "at most \(ReaderLimits.standard.decodedBytes) is allowed")
    }
    let values = try [Float](unsafeUninitializedCapacity: count * size) { values, filled in
      try gather(Array(0..<count), into: values.baseAddress!)
      for position in 0..<count { Self.standardize(values.baseAddress! + position * size, size) }
      filled = count * size
    }
    return Dataset(
      name: name, samples: SampleStorage(floats: values, sampleShape: sampleShape), rows: Array(0..<count),
      labels: labels, classNames: classNames, sources: sources,
      origins: origins.isEmpty ? [] : rows.map { origins[$0] }, skipped: skipped,
      scaling: .identity(channels: samples.channels),
      groups: groups.map { groups in SampleGroups(ofRow: rows.map { groups.ofRow[$0] }, audit: groups.audit) },
      identity: identity.picking(rows), split: split, masks: masks?.picking(rows))
  }

  private static func standardize(_ sample: UnsafeMutablePointer<Float>, _ count: Int) {
    var sum = 0.0
    for index in 0..<count { sum += Double(sample[index]) }
    let mean = sum / Double(count)
    var squares = 0.0
    for index in 0..<count {
      let difference = Double(sample[index]) - mean
      squares += difference * difference
    }
    let deviation = (squares / Double(count)).squareRoot()
    let factor = deviation > 1e-8 ? 1 / deviation : 0
    for index in 0..<count { sample[index] = Float((Double(sample[index]) - mean) * factor) }
  }
}
