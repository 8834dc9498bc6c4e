/// Resizes pictures of one size to another: weights are computed once.
struct Resampler {
  private let rows: ResampleWeights
  private let columns: ResampleWeights
  private let width: Int
  private let newWidth: Int
  private let newHeight: Int
  private let channels: Int

  init(width: Int, height: Int, channels: Int, toWidth newWidth: Int, height newHeight: Int, _ filter: ResizeFilter) {
    rows = ResampleWeights(from: height, to: newHeight, filter)
    columns = ResampleWeights(from: width, to: newWidth, filter)
    self.width = width
    self.newWidth = newWidth
    self.newHeight = newHeight
    self.channels = channels
  }

  /// Numbers in a resized picture.
  var outputCount: Int { newWidth * newHeight * channels }

  /// Resizes one picture; sums are float32, in an order that the sizes alone decide.
  func run<Element: ResampleElement>(_ input: UnsafePointer<Element>, _ output: UnsafeMutablePointer<Element>) {
    let rowCount = width * channels
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rowCount) { mixed in
      let mixed = mixed.baseAddress!
      for row in 0..<newHeight {
        mixRows(input + rows.starts[row] * rowCount, row, rowCount, mixed)
        mixColumns(mixed, output + row * newWidth * channels)
      }
    }
  }

  /// Weighs the old rows that a new one covers, whole rows at a time: the loop turns into vector instructions.
  @inline(__always)
  private func mixRows<Element: ResampleElement>(
    _ input: UnsafePointer<Element>, _ row: Int, _ count: Int, _ mixed: UnsafeMutablePointer<Float>
  ) {
    let first = rows.weights[row * rows.width]
    for index in 0..<count { mixed[index] = first * input[index].resampleValue }
    for tap in 1..<max(1, rows.counts[row]) {
      let weight = rows.weights[row * rows.width + tap]
      let line = input + tap * count
      for index in 0..<count { mixed[index] += weight * line[index].resampleValue }
    }
  }

  @inline(__always)
  private func mixColumns<Element: ResampleElement>(
    _ mixed: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Element>
  ) {
    columns.weights.withUnsafeBufferPointer { weights in
      for column in 0..<newWidth {
        let weights = weights.baseAddress! + column * columns.width
        let count = columns.counts[column]
        let start = mixed + columns.starts[column] * channels
        for channel in 0..<channels {
          var sum: Float = 0
          for tap in 0..<count { sum += weights[tap] * start[tap * channels + channel] }
          output[column * channels + channel] = Element(resampled: sum)
        }
      }
    }
  }
}

extension Raster where Element: ResampleElement {
  /// Returns the picture stretched to another size.
  ///
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for a side that is not 1 to 16,384.
  public func resized(width newWidth: Int, height newHeight: Int, filter: ResizeFilter = .bilinear) throws -> Raster {
    try ImagePreparation.checkSize(height: newHeight, width: newWidth, op: "resize")
    return stretched(width: newWidth, height: newHeight, filter)
  }

  /// Resizes to a size that is already checked.
  func stretched(width newWidth: Int, height newHeight: Int, _ filter: ResizeFilter) -> Raster {
    if newWidth == width && newHeight == height { return self }
    let resampler = Resampler(
      width: width, height: height, channels: channels, toWidth: newWidth, height: newHeight, filter)
    let resized = [Element](unsafeUninitializedCapacity: resampler.outputCount) { output, filled in
      values.withUnsafeBufferPointer { resampler.run($0.baseAddress!, output.baseAddress!) }
      filled = resampler.outputCount
    }
    return Raster(width: newWidth, height: newHeight, channels: channels, values: resized)
  }
}
