public import Tensors

/// Some samples as tensors, ready for a model.
public struct Batch: Sendable {
  /// Samples, float32: `[b, c, h, w]` in channels-last memory for images, `[b, d]` for vectors.
  public let inputs: Tensor
  /// Classes, int64 `[b]`.
  public let labels: Tensor

  public init(inputs: Tensor, labels: Tensor) {
    self.inputs = inputs
    self.labels = labels
  }
}

extension Dataset {
  /// Returns the samples at some positions as tensors.
  ///
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for a position outside the set, ``TensorError`` where the
  ///   batch would be too large, ``Interrupted`` on request.
  public func batch(_ positions: [Int]) throws -> Batch {
    try check(positions, op: "batch")
    let shape = [positions.count] + sampleShape
    let strides = shape.count == 4 ? shape.strides(inMemoryOrder: [0, 2, 3, 1]) : nil
    let inputs = try Tensor.uninitialized(shape, .float32, strides: strides)
    try inputs.withMutableFloats { try gather(positions, into: $0) }
    return Batch(inputs: inputs, labels: Tensor(labels: positions.map { labels[$0] }))
  }

  /// Returns all samples as one batch.
  public func wholeBatch() throws -> Batch { try batch(Array(0..<count)) }

  /// Writes the samples at some positions, scaled, one after another.
  ///
  /// - Parameters:
  ///   - positions: Positions in this set; the caller has checked them.
  ///   - output: Room for `positions.count` samples; images come channels-last.
  /// - Throws: ``Interrupted`` on request.
  public func gather(_ positions: [Int], into output: UnsafeMutablePointer<Float>) throws {
    var target = output
    for (index, position) in positions.enumerated() {
      if index & 1023 == 1023 { try Interrupt.check() }
      samples.copyRow(rows[position], scaling: scaling, to: target)
      target += samples.sampleSize
    }
  }

  /// Returns mean and standard deviation of each channel over all samples, in the units of a batch.
  ///
  /// - Throws: ``Interrupted`` on request.
  public func channelStatistics() throws -> (mean: [Double], deviation: [Double]) {
    let channels = samples.channels
    var sums = [Double](repeating: 0, count: channels)
    var squares = sums
    var buffer = [Float](repeating: 0, count: samples.sampleSize)
    for position in 0..<count {
      if position & 1023 == 1023 { try Interrupt.check() }
      buffer.withUnsafeMutableBufferPointer {
        samples.copyRow(rows[position], scaling: scaling, to: $0.baseAddress!)
      }
      for channel in 0..<channels {
        for index in stride(from: channel, to: buffer.count, by: channels) {
          let value = Double(buffer[index])
          sums[channel] += value
          squares[channel] += value * value
        }
      }
    }
    let number = Double(max(1, count * samples.sampleSize / channels))
    let mean = sums.map { $0 / number }
    let deviation = zip(squares, mean).map { max(0, $0 / number - $1 * $1).squareRoot() }
    return (mean, deviation)
  }

  /// Returns the positions of each batch of one pass over the set.
  ///
  /// - Parameters:
  ///   - size: Samples a batch, more than 0; the caller has checked.
  ///   - stream: Decides the order; nil keeps that of the set.
  ///   - dropsLast: Whether a last batch that is not full is left out, unless it is the only one.
  public func batchPositions(size: Int, stream: RandomStream? = nil, dropsLast: Bool = false) -> BatchPositions {
    BatchPositions(count: count, size: size, stream: stream, dropsLast: dropsLast)
  }
}

/// The positions of each batch of one pass, batch by batch.
public struct BatchPositions: Sequence, IteratorProtocol, Sendable {
  private let order: [Int]
  private let size: Int
  private let end: Int
  private var start = 0

  /// As ``Dataset/batchPositions(size:stream:dropsLast:)``, for anything that has `count` samples.
  public init(count: Int, size: Int, stream: RandomStream?, dropsLast: Bool = false) {
    precondition(size > 0)
    var stream = stream
    order = stream?.shuffled(count) ?? Array(0..<count)
    self.size = size
    end = dropsLast && count > size ? count - count % size : count
  }

  /// Number of batches in the whole pass.
  public var batchCount: Int { end == 0 ? 0 : (end - 1) / size + 1 }

  public mutating func next() -> [Int]? {
    guard start < end else { return nil }
    defer { start = Swift.min(start + size, end) }
    return Array(order[start..<Swift.min(start + size, end)])
  }
}
