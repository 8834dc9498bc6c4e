import KernelTypes

// An image of few channels is small and its output is large: the output is made from registers, four pixels by up to
// 32 channels at a time, and never read again before it has its final form.

extension Fused {
  static func takesFirstLayer(_ s: ConvolutionShape) -> Bool {
    s.groups == 1 && 1...4 ~= s.inputChannels && s.strideY == 1 && s.strideX == 1
  }

  static func firstLayerWorkspace(_ s: ConvolutionShape) -> Int {
    let taps = s.kernelHeight * s.kernelWidth * s.inputChannels
    return alignmentSlack + (taps + 1) * wholePanels(s.outputChannels) + floatsForIndices(taps + tapChunk)
      + (s.height + 2 * s.paddingY) * (s.width + 2 * s.paddingX) * s.inputChannels
  }

  static func firstLayerPooled(
    _ s: ConvolutionShape, _ x: Input, _ w: Input, _ bias: Input?, _ y: Output,
    _ codes: UnsafeMutablePointer<Int32>?, _ workspace: Output
  ) {
    let panels = aligned(workspace)
    packWithBias(s, w, bias, panels)
    let space = panels + panelFloats(s)
    let (height, width) = (s.outputHeight / 2, s.outputWidth / 2)
    for b in 0..<s.batch {
      let image = borderedImage(s, x, b, space)
      for oy in 0..<height {
        let line = b &* height &+ oy
        writePooled(
          s, image + 2 &* oy &* imageRow(s), panels, y + line &* width &* s.outputChannels,
          codes.map { $0 + line &* codeQuads(width) &* s.outputChannels })
      }
    }
  }
}

/// Taps whose gradients are summed in registers at a time.
#if WIDE_REGISTERS
  @inline(__always) var tapChunk: Int { 9 }
#else
  @inline(__always) var tapChunk: Int { 5 }
#endif

/// Floats of a row of the image with its border.
@inline(__always)
func imageRow(_ s: ConvolutionShape) -> Int { (s.width &+ 2 &* s.paddingX) &* s.inputChannels }

/// Returns image `b` with its border, copied to `space` where it needs one.
@inline(__always)
func borderedImage(_ s: ConvolutionShape, _ x: Input, _ b: Int, _ space: Output) -> Input {
  let image = x + b &* s.height &* s.width &* s.inputChannels
  guard s.paddingY > 0 || s.paddingX > 0 else { return image }
  copyWithBorder(
    image, 1, s.height, s.width, s.inputChannels, s.paddingY, s.paddingX, space, s.height + 2 * s.paddingY,
    s.width + 2 * s.paddingX)
  return Input(space)
}

private func panelFloats(_ s: ConvolutionShape) -> Int {
  (s.kernelHeight * s.kernelWidth * s.inputChannels + 1) * wholePanels(s.outputChannels)
}

/// Writes panels of 32 output channels: the bias, then one row a tap.
private func packWithBias(_ s: ConvolutionShape, _ w: Input, _ bias: Input?, _ panels: Output) {
  let taps = s.kernelHeight &* s.kernelWidth &* s.inputChannels
  let outputs = s.outputChannels
  var target = panels
  var column = 0
  while column < outputs {
    let width = min(panelWidth, outputs - column)
    setAll(target, (taps &+ 1) &* panelWidth, 0)
    if let bias { copy(bias + column, target, width) }
    for t in 0..<taps { copy(w + (t &* outputs &+ column), target + (t &+ 1) &* panelWidth, width) }
    target += (taps &+ 1) &* panelWidth
    column &+= panelWidth
  }
}

typealias FourLanes = (Lanes, Lanes, Lanes, Lanes)

/// Returns the outputs of four windows, which start at the elements of `p`, for 16 or 32 channels of a panel.
@inline(__always)
private func windowSums(
  _ rows: Int, _ depth: Int, _ row: Int, _ p: (Input, Input, Input, Input), _ panel: Input, _ wide: Bool
) -> (low: FourLanes, high: FourLanes) {
  let bias = load(panel)
  let highBias = wide ? load(panel, laneCount) : bias
  var low = (bias, bias, bias, bias)
  var high = (highBias, highBias, highBias, highBias)
  var w = panel + panelWidth
  for ky in 0..<rows {
    for k in ky &* row..<ky &* row &+ depth {
      let first = load(w)
      let second = wide ? load(w, laneCount) : first
      let x = (Lanes(repeating: p.0[k]), Lanes(repeating: p.1[k]), Lanes(repeating: p.2[k]), Lanes(repeating: p.3[k]))
      low = (
        multiplyAdd(x.0, first, low.0), multiplyAdd(x.1, first, low.1), multiplyAdd(x.2, first, low.2),
        multiplyAdd(x.3, first, low.3)
      )
      if wide {
        high = (
          multiplyAdd(x.0, second, high.0), multiplyAdd(x.1, second, high.1), multiplyAdd(x.2, second, high.2),
          multiplyAdd(x.3, second, high.3)
        )
      }
      w += panelWidth
    }
  }
  return (low, high)
}

/// Calls `f` with the sizes of the kernel, as constants for the usual ones: their loops become straight code.
@inline(__always)
private func withKernelSize(_ s: ConvolutionShape, _ f: (_ rows: Int, _ depth: Int) -> Void) {
  switch (s.kernelHeight, s.kernelWidth &* s.inputChannels) {
  case (3, 3): f(3, 3)
  case (5, 5): f(5, 5)
  case (3, 9): f(3, 9)
  case (let rows, let depth): f(rows, depth)
  }
}

/// Calls `f` for the parts of the output channels that make one tile: their panel, first channel and number.
@inline(__always)
private func forEachTile(_ s: ConvolutionShape, _ panels: Input, _ f: (Input, _ channel: Int, _ left: Int) -> Void) {
  let panel = (s.kernelHeight &* s.kernelWidth &* s.inputChannels &+ 1) &* panelWidth
  let step = tileIsWide ? panelWidth : laneCount
  var channel = 0
  while channel < s.outputChannels {
    let within = channel % panelWidth
    f(panels + (channel / panelWidth &* panel &+ within), channel, min(step, s.outputChannels - channel))
    channel &+= step
  }
}

/// Writes one row of maxima and, where wanted, the words of their codes.
private func writePooled(
  _ s: ConvolutionShape, _ image: Input, _ panels: Input, _ y: Output, _ codes: UnsafeMutablePointer<Int32>?
) {
  let row = imageRow(s)
  let c = s.inputChannels
  let outputs = s.outputChannels
  withKernelSize(s) { rows, depth in
    forEachTile(s, panels) { panel, channel, left in
      let width = s.outputWidth / 2
      var ox = 0
      while ox < width {
        let quad = ox / 4
        let end = min(ox &+ 4, width)
        var words = (LaneBits(repeating: 0), LaneBits(repeating: 0))
        var shift: Int32 = 0
        while ox < end {
          let p = image + 2 &* ox &* c
          let v = windowSums(rows, depth, row, (p, p + c, p + row, p + (row &+ c)), panel, tileIsWide)
          let low = rectifiedWinner(v.low.0, v.low.1, v.low.2, v.low.3)
          words.0 |= low.1 &<< LaneBits(repeating: shift)
          write(low.0, y + (ox &* outputs &+ channel), 0, left)
          if tileIsWide && left > laneCount {
            let high = rectifiedWinner(v.high.0, v.high.1, v.high.2, v.high.3)
            words.1 |= high.1 &<< LaneBits(repeating: shift)
            write(high.0, y + (ox &* outputs &+ channel), laneCount, left &- laneCount)
          }
          shift &+= 8
          ox &+= 1
        }
        guard let codes else { continue }
        let target = UnsafeMutableRawPointer(codes + (quad &* outputs &+ channel)).assumingMemoryBound(to: Float.self)
        write(floats(words.0), target, 0, left)
        if tileIsWide && left > laneCount { write(floats(words.1), target, laneCount, left &- laneCount) }
      }
    }
  }
}
