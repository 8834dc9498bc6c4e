extension RandomStream {
  /// Fills a buffer with numbers drawn uniformly between two bounds.
  ///
  /// Element i comes from word i after the current block, so a buffer's numbers do not depend on how it is used.
  public mutating func fillUniform(
    _ output: UnsafeMutablePointer<Float>, count: Int, lower: Float = 0, upper: Float = 1
  ) {
    let scale = (upper - lower) * 0x1p-24
    forEachRun(count: count) { words, start, width in
      for index in 0..<width { output[start + index] = lower + Float(words[index] >> 8) * scale }
    }
  }

  /// Fills a buffer with numbers drawn from a normal distribution.
  ///
  /// Each pair of elements comes from one pair of words; values reach 6.7 deviations from the mean.
  public mutating func fillNormal(
    _ output: UnsafeMutablePointer<Float>, count: Int, mean: Float = 0, deviation: Float = 1
  ) {
    forEachRun(count: count) { words, start, width in
      for index in stride(from: 0, to: width, by: 2) {
        let pair = Self.normalPair(words[index], words[index + 1])
        output[start + index] = Float(pair.0) * deviation + mean
        if index + 1 < width { output[start + index + 1] = Float(pair.1) * deviation + mean }
      }
    }
  }

  @inline(__always)
  private static func normalPair(_ first: UInt32, _ second: UInt32) -> (Double, Double) {
    let radius = (-2 * PortableMath.log((Double(first) + 0.5) * 0x1p-32)).squareRoot()
    let direction = PortableMath.sineAndCosine(turns: Double(second) * 0x1p-32)
    return (radius * direction.cosine, radius * direction.sine)
  }

  /// Draws `count` words, starting with a whole block, and hands them over 32 at a time; ends early where the process
  /// was asked to stop.
  @inline(__always)
  private mutating func forEachRun(
    count: Int, _ body: (_ words: UnsafePointer<UInt32>, _ start: Int, _ width: Int) -> Void
  ) {
    var index = reserve(words: count)
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 32) { buffer in
      let words = buffer.baseAddress!
      var start = 0
      while start < count {
        if start & (1 << 18 - 1) == 0 && start > 0 && Interrupt.isRequested { return }
        let lanes = eightBlocks(index)
        for block in 0..<8 {
          words[4 * block] = lanes.0[block]
          words[4 * block + 1] = lanes.1[block]
          words[4 * block + 2] = lanes.2[block]
          words[4 * block + 3] = lanes.3[block]
        }
        body(words, start, Swift.min(32, count - start))
        index &+= 8
        start += 32
      }
    }
  }
}
