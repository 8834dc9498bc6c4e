import Tensors

/// A generated problem: each class is a normal cloud around its own center.
///
/// Small, instant and as hard as wished: with a distance of D deviations between two centers, the best possible
/// classifier of two classes errs with the normal tail probability of D / 2.
public struct GaussianBlobs: Sendable {
  /// Shape of one sample: `[d]`, or `[c, h, w]` for a model that takes images.
  public var sampleShape: [Int] = [2]
  public var classes = 3
  /// Length of each center's vector, in deviations of its cloud.
  public var separation = 4.0
  public var trainCount = 1000
  public var testCount = 200
  public var seed: UInt64 = 1

  public init() {}

  /// Memory that both sets take; at most `Int.max`.
  public var byteCount: Int {
    var product = trainCount.addingReportingOverflow(testCount)
    for size in sampleShape + [4] where !product.overflow {
      product = product.partialValue.multipliedReportingOverflow(by: size)
    }
    return product.overflow ? .max : product.partialValue
  }

  /// Draws a training and a test set around the same centers; classes come in turn, so that counts are equal.
  ///
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for sizes that make no problem.
  public func make() throws -> (train: Dataset, test: Dataset) {
    let size = try checkedSize()
    let root = RandomStream(seed: seed, purpose: .synthetic)
    var centers = [Float](repeating: 0, count: classes * size)
    var stream = root.derive("centers")
    centers.withUnsafeMutableBufferPointer { stream.fillNormal($0.baseAddress!, count: $0.count) }
    for label in 0..<classes { stretch(&centers, label * size, size) }
    return (
      try draw(trainCount, centers, size, root.derive("train")), try draw(testCount, centers, size, root.derive("test"))
    )
  }

  private func checkedSize() throws -> Int {
    func require(_ isRight: Bool, _ what: String, _ got: String, _ allowed: String) throws {
      guard isRight else { throw DatasetError.value(op: "blobs", what: what, got: got, allowed: allowed) }
    }
    try require((1...1000).contains(classes), "classes", "\(classes)", "1 to 1000 is allowed")
    let isImage = sampleShape.count == 3 || sampleShape.count == 1
    let inRange = sampleShape.allSatisfy { (1...4096).contains($0) }
    let size = inRange ? sampleShape.reduce(1, *) : 0
    try require(
      isImage && size > 0 && size <= 1 << 20, "shape", "\(sampleShape)", "[d] or [c, h, w] of at most 2^20 numbers")
    try require(separation.isFinite && separation >= 0, "separation", "\(separation)", "0 or more is allowed")
    let most = (1 << 30) / size
    try require((1...most).contains(trainCount), "train", "\(trainCount)", "1 to \(most) is allowed")
    try require((1...most).contains(testCount), "test", "\(testCount)", "1 to \(most) is allowed")
    return size
  }

  private func stretch(_ centers: inout [Float], _ start: Int, _ size: Int) {
    let square = centers[start..<start + size].reduce(0.0) { $0 + Double($1) * Double($1) }
    let factor = square > 0 ? Float(separation / square.squareRoot()) : 0
    for index in start..<start + size { centers[index] *= factor }
  }

  private func draw(_ count: Int, _ centers: [Float], _ size: Int, _ stream: RandomStream) throws -> Dataset {
    var stream = stream
    let values = [Float](unsafeUninitializedCapacity: count * size) { values, filled in
      stream.fillNormal(values.baseAddress!, count: count * size)
      for sample in 0..<count {
        for index in 0..<size { values[sample * size + index] += centers[sample % classes * size + index] }
      }
      filled = count * size
    }
    return try Dataset(
      name: "blobs", samples: SampleStorage(floats: values, sampleShape: sampleShape),
      labels: (0..<count).map { $0 % classes }, classNames: (0..<classes).map(String.init))
  }
}
