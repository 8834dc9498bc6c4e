import KernelTypes

extension Convolution {
  static func weightGradientWorkspace(_ s: ConvolutionShape) -> Int {
    let g = geometry(s)
    return windowWorkspace(g) + pixelBlock * panelWidth + borderedCount(s) + copiedWindowsCount(g)
  }

  static func windowWeightGradient(
    _ s: ConvolutionShape, _ x: Input, _ gy: Input, _ gw: Output, _ workspace: Output
  ) {
    let g = geometry(s)
    let pixels = s.batch * s.outputHeight * s.outputWidth
    let length = g.tapCount &* g.depth
    if pixels == 0 { setAll(gw, length &* s.outputChannels, 0) }
    let starts = indices(workspace)
    let taps = starts + pixelBlock
    let gradients = workspace + windowWorkspace(g)
    let space = gradients + pixelBlock * panelWidth
    let images = bordered(s, x, space)
    var first = 0
    while first < pixels {
      let count = min(pixelBlock, pixels - first)
      writeTaps(g, taps)
      writeWindowStarts(g, first, count, starts)
      var image = images + imageStart(g, first)
      var block = g
      if copiesWindows(g) {
        let windows = space + borderedCount(s)
        copyWindows(g, image, UnsafePointer(starts), UnsafePointer(taps), count, windows)
        block = copiedGeometry(g, count)
        image = Input(windows)
        for i in 0..<count { starts[i] = i &* length }
        taps[0] = 0
      }
      addWeightGradients(
        s, block, image, starts, taps, count, gy + first &* s.outputChannels, first > 0, gw, gradients, workspace)
      first &+= count
    }
  }

  /// Adds what a block of `count` output pixels brings; the first block overwrites.
  private static func addWeightGradients(
    _ s: ConvolutionShape, _ g: WindowGeometry, _ image: Input, _ starts: UnsafePointer<Int>,
    _ taps: UnsafePointer<Int>, _ count: Int, _ gy: Input, _ accumulate: Bool, _ gw: Output, _ gradients: Output,
    _ workspace: Output
  ) {
    let outputs = s.outputChannels / s.groups
    let scratch = workspace + (windowWorkspace(g) - scratchTile)
    for group in 0..<s.groups {
      let source = image + group &* (s.inputChannels / s.groups)
      var column = 0
      while column < outputs {
        let width = min(panelWidth, outputs - column)
        let output = group &* outputs &+ column
        var y = gy + output
        var yStride = s.outputChannels
        if width != panelWidth && width != laneCount {
          packPanel(y, yStride, 1, count, width, gradients)
          y = Input(gradients)
          yStride = panelWidth
        }
        for t in 0..<g.tapCount {
          multiplyColumns(
            g.depth, width, (source + taps[t], starts, count, y, yStride), accumulate,
            gw + (t &* g.depth &* s.outputChannels &+ output), s.outputChannels, scratch)
        }
        column &+= panelWidth
      }
    }
  }
}
