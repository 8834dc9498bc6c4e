import KernelTypes

// Depthwise convolutions of 3 by 3 with stride 1 or 2, those of most networks. Sixteen channels at a time, the nine
// weights (or their sums) stay in registers while a window moves along a row; each column of it is loaded once. Rows
// and columns outside the image are read from a pixel of zeros, so that small images need no code of their own.

/// Three rows or three columns of lanes.
private typealias Column = (Lanes, Lanes, Lanes)

/// The three image rows under a window: where each starts, and how far its pixels lie apart, which is 0 for a row of
/// zeros.
private typealias WindowRows = (first: Input, second: Input, third: Input, step: (Int, Int, Int))

/// Tells whether the functions below can compute a convolution.
@inline(__always)
func isDepthwiseThree(_ g: ChannelWindows) -> Bool {
  g.kernelHeight == 3 && g.kernelWidth == 3 && (g.strideY == 1 || g.strideY == 2) && g.strideX == g.strideY
}

/// Floats of workspace: a pixel of zeros for sixteen channels.
@inline(__always) var depthwiseThreeWorkspace: Int { laneCount }

@inline(__always)
private func windowRows(_ g: ChannelWindows, _ image: Input, _ row: Int, _ zeros: Input) -> WindowRows {
  let top = row &* g.strideY &- g.paddingY
  @inline(__always) func isInside(_ i: Int) -> Bool { top &+ i >= 0 && top &+ i < g.height }
  @inline(__always) func start(_ i: Int) -> Input {
    isInside(i) ? image + (top &+ i) &* g.width &* g.channels : zeros
  }
  @inline(__always) func step(_ i: Int) -> Int { isInside(i) ? g.channels : 0 }
  return (start(0), start(1), start(2), (step(0), step(1), step(2)))
}

/// Loads the pixels of one image column under a window, up to sixteen channels.
@inline(__always)
private func column(_ g: ChannelWindows, _ rows: WindowRows, _ x: Int, _ left: Int) -> Column {
  guard x >= 0 && x < g.width else {
    return (Lanes(repeating: 0), Lanes(repeating: 0), Lanes(repeating: 0))
  }
  return (
    read(rows.first + x &* rows.step.0, 0, left), read(rows.second + x &* rows.step.1, 0, left),
    read(rows.third + x &* rows.step.2, 0, left)
  )
}

/// Calls `f` with each output column and the three image columns under its window.
@inline(__always)
private func forEachWindow(
  _ g: ChannelWindows, _ stride: Int, _ rows: WindowRows, _ left: Int, _ f: (Int, Column, Column, Column) -> Void
) {
  var a = column(g, rows, -g.paddingX, left)
  var b = column(g, rows, 1 - g.paddingX, left)
  var x = 2 - g.paddingX
  var output = 0
  while output < g.outputWidth {
    let c = column(g, rows, x, left)
    f(output, a, b, c)
    if stride == 1 {
      a = b
      b = c
    } else {
      a = c
      b = column(g, rows, x &+ 1, left)
    }
    x &+= stride
    output &+= 1
  }
}

@inline(__always)
private func addColumn(_ c: Column, _ w: Column, _ sum: Lanes) -> Lanes {
  multiplyAdd(c.2, w.2, multiplyAdd(c.1, w.1, multiplyAdd(c.0, w.0, sum)))
}

/// Convolves every channel of the images with its own window of 3 by 3: `w` is `[3, 3, c]`.
func convolveChannelsByThree(
  _ g: ChannelWindows, _ batch: Int, _ x: Input, _ w: Input, _ bias: Input?, _ y: Output, _ zeros: Output
) {
  store(Lanes(repeating: 0), zeros)
  for row in 0..<batch &* g.outputHeight {
    let image = x + row / g.outputHeight &* g.height &* g.width &* g.channels
    let target = y + row &* g.outputWidth &* g.channels
    let rows = windowRows(g, image, row % g.outputHeight, zeros)
    if g.strideX == 1 {
      convolveRow(g, 1, rows, w, bias, target)
    } else {
      convolveRow(g, 2, rows, w, bias, target)
    }
  }
}

@inline(__always)
private func convolveRow(
  _ g: ChannelWindows, _ stride: Int, _ rows: WindowRows, _ w: Input, _ bias: Input?, _ y: Output
) {
  forEachLanes(g.channels) { c, left in
    let start = bias.map { read($0, c, left) } ?? Lanes(repeating: 0)
    @inline(__always) func weights(_ kx: Int) -> Column {
      let p = w + (kx &* g.channels &+ c)
      return (read(p, 0, left), read(p, 3 &* g.channels, left), read(p, 6 &* g.channels, left))
    }
    let (first, second, third) = (weights(0), weights(1), weights(2))
    forEachWindow(g, stride, moved(rows, by: c), left) { output, a, b, d in
      let sum = addColumn(d, third, addColumn(b, second, addColumn(a, first, start)))
      write(sum, y + (output &* g.channels &+ c), 0, left)
    }
  }
}

/// The same rows from channel `c` on; the pixel of zeros serves all channels.
@inline(__always)
private func moved(_ rows: WindowRows, by c: Int) -> WindowRows {
  (
    rows.first + (rows.step.0 == 0 ? 0 : c), rows.second + (rows.step.1 == 0 ? 0 : c),
    rows.third + (rows.step.2 == 0 ? 0 : c), rows.step
  )
}

/// Writes the gradients of all windows' weights: `gw` is `[3, 3, c]`.
func channelGradientsByThree(
  _ g: ChannelWindows, _ batch: Int, _ x: Input, _ gy: Input, _ gw: Output, _ zeros: Output
) {
  store(Lanes(repeating: 0), zeros)
  setAll(gw, 9 &* g.channels, 0)
  // A band of rows stays in the second-level cache while all channels pass over it.
  let band = max(1, 32_768 / max(1, g.width &* g.channels &* g.strideY))
  for image in 0..<batch {
    let source = x + image &* g.height &* g.width &* g.channels
    var row = 0
    while row < g.outputHeight {
      let end = min(g.outputHeight, row &+ band)
      let gradients = gy + image &* g.outputHeight &* g.outputWidth &* g.channels
      if g.strideX == 1 {
        addBandGradients(g, 1, source, gradients, row, end, gw, zeros)
      } else {
        addBandGradients(g, 2, source, gradients, row, end, gw, zeros)
      }
      row = end
    }
  }
}

@inline(__always)
private func addBandGradients(
  _ g: ChannelWindows, _ stride: Int, _ image: Input, _ gy: Input, _ first: Int, _ end: Int, _ gw: Output,
  _ zeros: Input
) {
  forEachLanes(g.channels) { c, left in
    @inline(__always) func sums(_ kx: Int) -> Column {
      let p = gw + (kx &* g.channels &+ c)
      return (read(p, 0, left), read(p, 3 &* g.channels, left), read(p, 6 &* g.channels, left))
    }
    var (one, two, three) = (sums(0), sums(1), sums(2))
    var row = first
    while row < end {
      let gradients = gy + (row &* g.outputWidth &* g.channels &+ c)
      forEachWindow(g, stride, moved(windowRows(g, image, row, zeros), by: c), left) { output, a, b, d in
        let gradient = read(gradients + output &* g.channels, 0, left)
        one = (multiplyAdd(a.0, gradient, one.0), multiplyAdd(a.1, gradient, one.1), multiplyAdd(a.2, gradient, one.2))
        two = (multiplyAdd(b.0, gradient, two.0), multiplyAdd(b.1, gradient, two.1), multiplyAdd(b.2, gradient, two.2))
        three = (
          multiplyAdd(d.0, gradient, three.0), multiplyAdd(d.1, gradient, three.1), multiplyAdd(d.2, gradient, three.2)
        )
      }
      row &+= 1
    }
    @inline(__always) func put(_ kx: Int, _ s: Column) {
      let p = gw + (kx &* g.channels &+ c)
      write(s.0, p, 0, left)
      write(s.1, p, 3 &* g.channels, left)
      write(s.2, p, 6 &* g.channels, left)
    }
    put(0, one)
    put(1, two)
    put(2, three)
  }
}
