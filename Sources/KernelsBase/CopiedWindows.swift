import KernelTypes

// Images of few channels have windows of a few floats a row: the inner loops would end as soon as they start. So
// their windows are copied to lie one behind the other.

/// Tells whether the windows of a convolution with one group are copied: the first layer of most networks.
@inline(__always)
func copiesWindows(_ g: WindowGeometry) -> Bool {
  g.tapCount > 1 && g.tapCount == g.kernelHeight && g.depth == g.kernelWidth * g.channels && g.channels <= 4
    && g.tapCount * g.depth <= 256
}

/// Returns the floats of a block of copied windows.
func copiedWindowsCount(_ g: WindowGeometry) -> Int {
  copiesWindows(g) ? pixelBlock * g.tapCount * g.depth : 0
}

/// Returns the geometry of copied windows: one row of pixels with as many channels as a window has floats.
func copiedGeometry(_ g: WindowGeometry, _ count: Int) -> WindowGeometry {
  windowGeometry(
    height: 1, width: count, channels: g.tapCount * g.depth, outputHeight: 1, outputWidth: count, strideY: 1,
    strideX: 1, kernelHeight: 1, kernelWidth: 1, groups: 1)
}

/// Copies the windows at `starts`.
func copyWindows(
  _ g: WindowGeometry, _ image: Input, _ starts: UnsafePointer<Int>, _ taps: UnsafePointer<Int>, _ count: Int,
  _ windows: Output
) {
  var target = windows
  for i in 0..<count {
    let window = image + starts[i]
    for t in 0..<g.tapCount {
      let row = window + taps[t]
      var k = 0
      while k < g.depth {
        target[k] = row[k]
        k &+= 1
      }
      target += g.depth
    }
  }
}

/// Writes the products of all windows, like ``multiplyWindows`` but through copies of them in `space`.
func multiplyCopiedWindows(
  _ g: WindowGeometry, _ x: Input, _ pixels: Int, _ panels: Input, _ outputs: Int, _ bias: Input?, _ y: Output,
  _ workspace: Output, _ space: Output
) {
  let starts = indices(workspace)
  let taps = starts + pixelBlock
  var first = 0
  while first < pixels {
    let count = min(pixelBlock, pixels - first)
    writeTaps(g, taps)
    writeWindowStarts(g, first, count, starts)
    copyWindows(g, x + imageStart(g, first), UnsafePointer(starts), UnsafePointer(taps), count, space)
    multiplyWindows(
      copiedGeometry(g, count), space, 0, count, panels, outputs, bias, y + first &* outputs, outputs, workspace)
    first &+= count
  }
}
