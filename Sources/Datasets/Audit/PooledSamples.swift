/// Samples of several sets side by side, with their classes and groups, without copying them.
struct PooledSamples {
  private let storages: [SampleStorage]
  /// Set and row of each sample.
  private let places: [(set: Int, row: Int)]
  let labels: [Int]
  /// Group of each sample; equal numbers are one group in all sets.
  let groups: [Int]
  let classCount: Int

  /// - Parameters:
  ///   - sets: At least one; all with the same classes and shape.
  ///   - groups: Group of each sample, one set after the other.
  init(_ sets: [Dataset], groups: [Int]) {
    storages = sets.map(\.samples)
    places = sets.enumerated().flatMap { index, set in set.rows.map { (index, $0) } }
    labels = sets.flatMap(\.labels)
    self.groups = groups
    classCount = sets[0].classCount
  }

  private init(_ whole: PooledSamples, _ indices: [Int]) {
    storages = whole.storages
    places = indices.map { whole.places[$0] }
    labels = indices.map { whole.labels[$0] }
    groups = indices.map { whole.groups[$0] }
    classCount = whole.classCount
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
      guard case .floats(let floats) = storage.values else {
        largest = max(largest, 255)
        continue
      }
      let start = place.row * storage.sampleSize
      for index in start..<start + storage.sampleSize { largest = max(largest, abs(floats[index])) }
    }
    return largest > 0 && (1 / largest).isFinite ? 1 / largest : 1
  }

  /// Copies some numbers of a sample, each times a factor.
  @inline(__always)
  func copy(_ index: Int, _ part: Range<Int>, times factor: Float, to output: UnsafeMutablePointer<Float>) {
    let storage = storages[places[index].set]
    let start = places[index].row * storage.sampleSize + part.lowerBound
    switch storage.values {
    case .bytes(let bytes):
      bytes.withUnsafeBufferPointer { Self.copy($0.baseAddress! + start, part.count, output) { Float($0) * factor } }
    case .mapped(let bytes):
      withExtendedLifetime(bytes) { Self.copy(bytes.base + start, part.count, output) { Float($0) * factor } }
    case .floats(let floats):
      floats.withUnsafeBufferPointer { Self.copy($0.baseAddress! + start, part.count, output) { $0 * factor } }
    }
  }

  @inline(__always)
  private static func copy<Element>(
    _ input: UnsafePointer<Element>, _ count: Int, _ output: UnsafeMutablePointer<Float>, _ number: (Element) -> Float
  ) {
    for index in 0..<count { output[index] = number(input[index]) }
  }
}
