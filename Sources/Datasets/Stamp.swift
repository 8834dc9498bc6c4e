public import Tensors

/// A pattern that is written over samples, such as the trigger of a backdoor.
public struct Stamp: Sendable {
  /// Places inside a sample as it lies in memory, rising.
  let offsets: [Int]
  /// What stands there, in the units of the samples: pixels from 0 to 1.
  let values: [Float]
  /// Share of the pattern in what is seen; 1 covers what lies under it.
  let opacity: Float

  /// Makes a stamp for samples of a shape.
  ///
  /// - Parameters:
  ///   - pattern: `[h, w]` or `[c, h, w]` for images, `[k]` for vectors; one plane stands for every channel.
  ///   - mask: Of the pattern's last two axes, or of its one: 0 where it has a hole; nil for none.
  ///   - row: Row of the samples at which the pattern begins, from 0.
  ///   - column: Column at which it begins, or the place in a vector, from 0.
  ///   - opacity: More than 0, at most 1.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for a pattern that does not fit into the samples.
  public init(
    pattern: Tensor, mask: Tensor? = nil, row: Int, column: Int, opacity: Double = 1, sampleShape: [Int]
  ) throws {
    func require(_ isRight: Bool, _ what: String, _ got: String, _ allowed: String) throws {
      guard isRight else { throw DatasetError.value(op: "stamp", what: what, got: got, allowed: allowed) }
    }
    try require(opacity > 0 && opacity <= 1, "opacity", "\(opacity)", "above 0 and at most 1 is allowed")
    let isImage = sampleShape.count == 3, rank = pattern.rank
    try require(
      isImage ? rank == 2 || rank == 3 : rank == 1, "shape of the pattern", "\(pattern.shape)",
      isImage ? "[h, w] or [c, h, w] is allowed" : "[k] is allowed")
    let size = isImage ? sampleShape : [1, 1, sampleShape[0]]
    let (channels, height, width) = (size[0], size[1], size[2])
    let plane = isImage ? Array(pattern.shape.suffix(2)) : [1, pattern.shape[0]]
    try require(
      rank < 3 || pattern.shape[0] == channels, "channels of the pattern", "\(pattern.shape[0])",
      "\(channels), as the samples have, are needed")
    try require(
      row >= 0 && column >= 0 && row + plane[0] <= height && column + plane[1] <= width, "place of the pattern",
      "rows \(row + 1) to \(row + plane[0]), columns \(column + 1) to \(column + plane[1])",
      "it must lie within \(height) x \(width)")
    let isCovered = mask?.values.map { $0 != 0 } ?? [Bool](repeating: true, count: plane[0] * plane[1])
    try require(
      isCovered.count == plane[0] * plane[1], "shape of the mask", "\(mask?.shape ?? [])", "\(plane) is needed")
    let given = pattern.detach().to(.float32).contiguous().floats
    try require(
      given.allSatisfy { $0.isFinite }, "the pattern", "a number that is not finite", "finite ones are needed")
    var places: [(offset: Int, value: Float)] = []
    for y in 0..<plane[0] {
      for x in 0..<plane[1] where isCovered[y * plane[1] + x] {
        for channel in 0..<channels {
          let source = (rank == 3 ? channel * plane[0] * plane[1] : 0) + y * plane[1] + x
          places.append((((row + y) * width + column + x) * channels + channel, given[source]))
        }
      }
    }
    offsets = places.map(\.offset)
    values = places.map(\.value)
    self.opacity = Float(opacity)
  }

  /// Writes the pattern over one sample, channels-last, that was scaled so.
  func apply(to sample: UnsafeMutablePointer<Float>, _ scaling: Scaling) {
    let channels = scaling.factors.count
    for (offset, value) in zip(offsets, values) {
      let channel = offset % channels
      let scaled = value * scaling.factors[channel] + scaling.summands[channel]
      sample[offset] += opacity * (scaled - sample[offset])
    }
  }
}

/// Samples of a storage, then the same ones under a stamp: nothing is copied until it is read.
final class StampedSamples: Sendable {
  private let base: SampleStorage
  private let stamp: Stamp

  init(base: SampleStorage, stamp: Stamp) {
    self.base = base
    self.stamp = stamp
  }

  @inline(never)
  func copyRow(_ row: Int, _ scaling: Scaling, _ output: UnsafeMutablePointer<Float>) {
    base.copyRow(row % base.count, scaling: scaling, to: output)
    if row >= base.count { stamp.apply(to: output, scaling) }
  }

  func withFloats<Result>(_ row: Int, _ body: (UnsafePointer<Float>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: base.sampleSize) { sample in
      let start = sample.baseAddress!
      copyRow(row, .identity(channels: base.channels), start)
      return body(start)
    }
  }
}

extension Dataset {
  /// Returns a view in which a stamp lies over some samples; labels stay, and no sample is copied.
  ///
  /// - Parameter positions: Samples under the stamp; nil for all.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for a position outside the set.
  public func stamped(_ stamp: Stamp, at positions: [Int]? = nil) throws -> Dataset {
    try check(positions ?? [], op: "stamp")
    let chosen = positions.map(Set.init), twice = Array(0..<samples.count) + Array(0..<samples.count)
    return Dataset(
      name: name, samples: SampleStorage(samples, under: stamp),
      rows: rows.enumerated().map { chosen?.contains($0) ?? true ? $1 + samples.count : $1 }, labels: labels,
      classNames: classNames, sources: sources, origins: origins.isEmpty ? [] : origins + origins, skipped: skipped,
      scaling: scaling, groups: groups.map { SampleGroups(ofRow: $0.ofRow + $0.ofRow, audit: $0.audit) },
      identity: identity.picking(twice), split: split, masks: masks?.picking(twice))
  }
}
