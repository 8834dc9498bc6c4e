/// Samples of several sets side by side, with their classes and groups, without copying them.
struct PooledSamples {
  private let storages: [SampleStorage]
  /// Set and row of each sample.
  private let places: [(set: Int, row: Int)]
  let labels: [Int]
  /// Group of each sample; equal numbers are one group in all sets.
  let groups: [Int]
  let classCount: Int
  /// Whether some samples are bytes of 0 to 255 and others floats.
  private let isMixed: Bool

  /// - Parameters:
  ///   - sets: At least one; all with the same classes and shape.
  ///   - groups: Group of each sample, one set after the other.
  init(_ sets: [Dataset], groups: [Int]) {
    storages = sets.map(\.samples)
    places = sets.enumerated().flatMap { index, set in set.rows.map { (index, $0) } }
    labels = sets.flatMap(\.labels)
    self.groups = groups
    classCount = sets[0].classCount
    isMixed = Set(storages.map(\.isBytes)).count > 1
  }

  private init(_ whole: PooledSamples, _ indices: [Int]) {
    storages = whole.storages
    places = indices.map { whole.places[$0] }
    labels = indices.map { whole.labels[$0] }
    groups = indices.map { whole.groups[$0] }
    classCount = whole.classCount
    isMixed = whole.isMixed
  }

  var count: Int { labels.count }
  var sampleSize: Int { storages[0].sampleSize }

  /// Returns some of the samples.
  func subset(_ indices: [Int]) -> PooledSamples { PooledSamples(self, indices) }

  /// Number of the set that a sample comes from.
  func set(of index: Int) -> Int { places[index].set }

  /// Samples in the pieces that a split must not cut.
  func units(by unit: SplitUnit) -> SampleUnits {
    SampleUnits(labels: labels, classCount: classCount, groups: unit == .group ? groups : nil)
  }

  /// Brings numbers of any size near 1, where their squares neither overflow nor vanish.
  var factor: Float {
    var largest: Float = 0
    for place in places {
      let storage = storages[place.set]
      let own = storage.withFloats(place.row) { floats in
        (0..<storage.sampleSize).reduce(Float(0)) { max($0, abs(floats[$1])) }
      }
      largest = max(largest, own ?? (isMixed ? 1 : 255))
    }
    return largest > 0 && (1 / largest).isFinite ? 1 / largest : 1
  }

  /// Copies some numbers of a sample, each times a factor.
  @inline(__always)
  func copy(_ index: Int, _ part: Range<Int>, times factor: Float, to output: UnsafeMutablePointer<Float>) {
    let storage = storages[places[index].set]
    let row = places[index].row
    // Beside samples that are floats, bytes count as what batches make of them.
    let byteFactor = isMixed ? factor / 255 : factor
    let isCopied: Void? = storage.withBytes(row) { bytes in
      Self.copy(bytes + part.lowerBound, part.count, output) { Float($0) * byteFactor }
    }
    if isCopied != nil { return }
    _ = storage.withFloats(row) { floats in
      Self.copy(floats + part.lowerBound, part.count, output) { $0 * factor }
    }
  }

  @inline(__always)
  private static func copy<Element>(
    _ input: UnsafePointer<Element>, _ count: Int, _ output: UnsafeMutablePointer<Float>, _ number: (Element) -> Float
  ) {
    for index in 0..<count { output[index] = number(input[index]) }
  }
}
