import KernelTypes

/// Input gradients where the input has few channels, as that of a network's first layer on images: an attack asks for
/// them in each of its steps. Tiles as wide as a register would be almost empty there, so lanes are pixels of the output.
extension Convolution {
  /// Sums that are formed at once, to hide the latency of multiplication.
  private static var tapGroup: Int { 9 }

  @inline(__always)
  static func isThin(_ s: ConvolutionShape) -> Bool { s.groups == 1 && s.inputChannels <= 4 }

  static func thinPreparedCount(_ s: ConvolutionShape) -> Int { thinTaps(s) &* s.outputChannels }

  static func thinWorkspace(_ s: ConvolutionShape) -> Int { (s.outputChannels &+ tapGroup) &* laneCount }

  /// Weights of one output position: a row of `outputChannels` for each kernel position and input channel.
  @inline(__always)
  private static func thinTaps(_ s: ConvolutionShape) -> Int { s.kernelHeight &* s.kernelWidth &* s.inputChannels }

  static func thinInputGradient(
    _ s: ConvolutionShape, _ gy: Input, _ w: Input, _ gx: Output, _ workspace: Output
  ) {
    setAll(gx, s.batch &* s.height &* s.width &* s.inputChannels, 0)
    for image in 0..<s.batch {
      for row in 0..<s.outputHeight {
        var column = 0
        while column < s.outputWidth {
          let count = min(laneCount, s.outputWidth &- column)
          let first = (image &* s.outputHeight &+ row) &* s.outputWidth &+ column
          if count < laneCount { setAll(workspace, s.outputChannels &* laneCount, 0) }
          transposeMatrix(
            gy + first &* s.outputChannels, s.outputChannels, count, s.outputChannels, workspace, laneCount)
          addPixels(s, row, column, count, workspace, w, gx + image &* s.height &* s.width &* s.inputChannels)
          column &+= laneCount
        }
      }
    }
  }

  /// Adds what up to sixteen output positions of a row give, of which `pixels` holds the gradients channel by channel.
  private static func addPixels(
    _ s: ConvolutionShape, _ row: Int, _ column: Int, _ count: Int, _ pixels: Output, _ w: Input, _ gx: Output
  ) {
    let taps = thinTaps(s), sums = pixels + s.outputChannels &* laneCount
    var tap = 0
    while tap < taps {
      let some = min(tapGroup, taps &- tap)
      sumTaps(Input(pixels), s.outputChannels, w + tap &* s.outputChannels, some, sums)
      for offset in 0..<some {
        addTap(s, row, column, count, tap &+ offset, Input(sums) + offset &* laneCount, gx)
      }
      tap &+= some
    }
  }

  /// Writes the sums over output channels of up to nine taps; those beyond `count` repeat the last.
  private static func sumTaps(_ pixels: Input, _ channels: Int, _ w: Input, _ count: Int, _ sums: Output) {
    @inline(__always) func weights(_ tap: Int) -> Input { w + min(tap, count &- 1) &* channels }
    let (w0, w1, w2) = (weights(0), weights(1), weights(2))
    let (w3, w4, w5) = (weights(3), weights(4), weights(5))
    let (w6, w7, w8) = (weights(6), weights(7), weights(8))
    let zero = Lanes(repeating: 0)
    var (s0, s1, s2, s3, s4, s5, s6, s7, s8) = (zero, zero, zero, zero, zero, zero, zero, zero, zero)
    for channel in 0..<channels {
      let v = load(pixels, channel &* laneCount)
      s0 = multiplyAdd(Lanes(repeating: w0[channel]), v, s0)
      s1 = multiplyAdd(Lanes(repeating: w1[channel]), v, s1)
      s2 = multiplyAdd(Lanes(repeating: w2[channel]), v, s2)
      s3 = multiplyAdd(Lanes(repeating: w3[channel]), v, s3)
      s4 = multiplyAdd(Lanes(repeating: w4[channel]), v, s4)
      s5 = multiplyAdd(Lanes(repeating: w5[channel]), v, s5)
      s6 = multiplyAdd(Lanes(repeating: w6[channel]), v, s6)
      s7 = multiplyAdd(Lanes(repeating: w7[channel]), v, s7)
      s8 = multiplyAdd(Lanes(repeating: w8[channel]), v, s8)
    }
    store(s0, sums)
    store(s1, sums, laneCount)
    store(s2, sums, 2 &* laneCount)
    store(s3, sums, 3 &* laneCount)
    store(s4, sums, 4 &* laneCount)
    store(s5, sums, 5 &* laneCount)
    store(s6, sums, 6 &* laneCount)
    store(s7, sums, 7 &* laneCount)
    store(s8, sums, 8 &* laneCount)
  }

  /// Adds one tap's sums to the places of the input that its output positions saw through it.
  private static func addTap(
    _ s: ConvolutionShape, _ row: Int, _ column: Int, _ count: Int, _ tap: Int, _ sums: Input, _ gx: Output
  ) {
    let channel = tap % s.inputChannels, position = tap / s.inputChannels
    let y = row &* s.strideY &+ position / s.kernelWidth &- s.paddingY
    guard y >= 0, y < s.height else { return }
    // Lane i lies at column start + i * strideX.
    let start = column &* s.strideX &+ position % s.kernelWidth &- s.paddingX
    var lane = start >= 0 ? 0 : (s.strideX &- 1 &- start) / s.strideX
    let end = start < s.width ? min(count, (s.width &- 1 &- start) / s.strideX &+ 1) : 0
    guard lane < end else { return }
    var place = gx + ((y &* s.width &+ start &+ lane &* s.strideX) &* s.inputChannels &+ channel)
    let step = s.strideX &* s.inputChannels
    while lane < end {
      place.pointee += sums[lane]
      place += step
      lane &+= 1
    }
  }
}
