/// The samples of a data set as they lie in memory, shared by all views of it.
///
/// Images are kept channels-last, `[n, h, w, c]`, in the type of their file; vectors row-major.
public struct SampleStorage: Sendable {
  enum Values: Sendable {
    case bytes([UInt8])
    case floats([Float])
    /// 8-bit samples in a file of the cache, read as they are needed.
    case mapped(MappedBytes)
    /// Float samples in such a file.
    case mappedFloats(MappedBytes)
    /// Samples of another storage, and all of them once more with a pattern over them.
    case stamped(StampedSamples)
  }

  let values: Values
  /// Shape of one sample as users see it: `[c, h, w]` for images, `[d]` for vectors.
  public let sampleShape: [Int]
  /// Numbers in one sample.
  public let sampleSize: Int
  /// How many samples there are.
  public let count: Int

  /// Wraps 8-bit samples; images channels-last. The count must be a whole number of samples.
  public init(bytes: [UInt8], sampleShape: [Int]) {
    self.init(.bytes(bytes), elementCount: bytes.count, sampleShape)
  }

  /// Wraps float samples; images channels-last. The count must be a whole number of samples.
  public init(floats: [Float], sampleShape: [Int]) {
    self.init(.floats(floats), elementCount: floats.count, sampleShape)
  }

  /// Wraps 8-bit or float samples in a mapped file. The count must be a whole number of samples.
  init(mapped: MappedBytes, isFloat: Bool, sampleShape: [Int]) {
    self.init(
      isFloat ? .mappedFloats(mapped) : .mapped(mapped), elementCount: mapped.count / (isFloat ? 4 : 1), sampleShape)
  }

  /// The samples of a storage, and behind them each of them again under a stamp, made when it is read.
  init(_ base: SampleStorage, under stamp: Stamp) {
    self.init(
      .stamped(StampedSamples(base: base, stamp: stamp)), elementCount: 2 * base.count * base.sampleSize,
      base.sampleShape)
  }

  private init(_ values: Values, elementCount: Int, _ sampleShape: [Int]) {
    self.values = values
    self.sampleShape = sampleShape
    sampleSize = sampleShape.reduce(1, *)
    precondition(sampleSize > 0 && elementCount.isMultiple(of: sampleSize))
    count = elementCount / sampleSize
  }

  /// Channels of an image; 1 for other samples.
  public var channels: Int { sampleShape.count == 3 ? sampleShape[0] : 1 }

  /// Whether the numbers are 0 to 255 and stand for 0 to 1.
  public var isBytes: Bool {
    switch values {
    case .bytes, .mapped: true
    case .floats, .mappedFloats, .stamped: false
    }
  }

  /// Calls `body` with one sample's bytes, channels-last; nil for samples that are no bytes.
  func withBytes<Result>(_ row: Int, _ body: (UnsafePointer<UInt8>) -> Result) -> Result? {
    switch values {
    case .bytes(let bytes): bytes.withUnsafeBufferPointer { body($0.baseAddress! + row * sampleSize) }
    case .mapped(let bytes): withExtendedLifetime(bytes) { body(bytes.base + row * sampleSize) }
    case .floats, .mappedFloats, .stamped: nil
    }
  }

  /// Calls `body` with one sample's floats, channels-last; nil for samples that are bytes.
  func withFloats<Result>(_ row: Int, _ body: (UnsafePointer<Float>) -> Result) -> Result? {
    switch values {
    case .floats(let floats): floats.withUnsafeBufferPointer { body($0.baseAddress! + row * sampleSize) }
    case .mappedFloats(let bytes): withExtendedLifetime(bytes) { body(bytes.floats + row * sampleSize) }
    case .stamped(let stamped): stamped.withFloats(row, body)
    case .bytes, .mapped: nil
    }
  }

  /// The first number that is infinite or none at all, and its sample: one would spread to every parameter, and only
  /// show as a client that fails in some round.
  static func firstNonFinite(_ floats: [Float], sampleSize: Int) -> (sample: Int, value: Float)? {
    floats.firstIndex { !$0.isFinite }.map { ($0 / sampleSize, floats[$0]) }
  }

  /// Memory that the samples take.
  public var byteCount: Int { count * sampleSize * (isBytes ? 1 : 4) }

  /// Copies one sample to `output`, bytes divided by 255, then channel by channel scaled and shifted.
  ///
  /// The division is a true one: multiplying by a rounded 1/255 would give other pixels than everybody else has.
  @inline(__always)
  func copyRow(_ row: Int, scaling: Scaling, to output: UnsafeMutablePointer<Float>) {
    switch values {
    case .bytes(let bytes):
      bytes.withUnsafeBufferPointer {
        scaling.apply($0.baseAddress! + row * sampleSize, output, sampleSize) { Float($0) / 255 }
      }
    case .mapped(let bytes):
      scaling.apply(bytes.base + row * sampleSize, output, sampleSize) { Float($0) / 255 }
    case .floats(let floats):
      floats.withUnsafeBufferPointer {
        scaling.apply($0.baseAddress! + row * sampleSize, output, sampleSize) { $0 }
      }
    case .mappedFloats(let bytes):
      scaling.apply(bytes.floats + row * sampleSize, output, sampleSize) { $0 }
    case .stamped(let stamped): stamped.copyRow(row, scaling, output)
    }
  }
}

/// A factor and a summand for each channel, applied when samples become a batch.
struct Scaling: Sendable, Equatable {
  var factors: [Float]
  var summands: [Float]

  /// Changes nothing.
  static func identity(channels: Int) -> Scaling {
    Scaling(factors: [Float](repeating: 1, count: channels), summands: [Float](repeating: 0, count: channels))
  }

  @inline(__always)
  func apply<Element>(
    _ input: UnsafePointer<Element>, _ output: UnsafeMutablePointer<Float>, _ count: Int,
    _ number: (Element) -> Float
  ) {
    let channels = factors.count
    if channels == 1 {
      let factor = factors[0]
      let summand = summands[0]
      for index in 0..<count { output[index] = number(input[index]) * factor + summand }
      return
    }
    for channel in 0..<channels {
      let factor = factors[channel]
      let summand = summands[channel]
      var index = channel
      while index < count {
        output[index] = number(input[index]) * factor + summand
        index += channels
      }
    }
  }
}
