extension RandomStream {
  /// Fills a buffer with numbers drawn uniformly between two bounds.
  ///
  /// Element i comes from word i after the current block, so a buffer's numbers do not depend on how it is used.
  public mutating func fillUniform(
    _ output: UnsafeMutablePointer<Float>, count: Int, lower: Float = 0, upper: Float = 1
  ) {
    let first = reserve(words: count)
    let scale = (upper - lower) * 0x1p-24
    forEachBlock(from: first, count: count) { words, start, width in
      for lane in 0..<width {
        output[start + lane] = lower + Float(words[lane] >> 8) * scale
      }
    }
  }

  /// Fills a buffer with numbers drawn from a normal distribution.
  ///
  /// Each pair of elements comes from one pair of words; values reach 6.7 deviations from the mean.
  public mutating func fillNormal(
    _ output: UnsafeMutablePointer<Float>, count: Int, mean: Float = 0, deviation: Float = 1
  ) {
    let first = reserve(words: count)
    forEachBlock(from: first, count: count) { words, start, width in
      let left = Self.normalPair(words[0], words[1])
      let right = Self.normalPair(words[2], words[3])
      let values = SIMD4<Float>(Float(left.0), Float(left.1), Float(right.0), Float(right.1)) * deviation + mean
      for lane in 0..<width { output[start + lane] = values[lane] }
    }
  }

  @inline(__always)
  private static func normalPair(_ first: UInt32, _ second: UInt32) -> (Double, Double) {
    let radius = (-2 * PortableMath.log((Double(first) + 0.5) * 0x1p-32)).squareRoot()
    let direction = PortableMath.sineAndCosine(turns: Double(second) * 0x1p-32)
    return (radius * direction.cosine, radius * direction.sine)
  }

  @inline(__always)
  private func forEachBlock(
    from first: UInt64, count: Int, _ body: (_ words: Philox.Block, _ start: Int, _ width: Int) -> Void
  ) {
    var index = first
    var start = 0
    while start < count {
      body(block(index), start, Swift.min(4, count - start))
      index &+= 1
      start += 4
    }
  }
}
