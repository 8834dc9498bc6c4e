import KernelTypes

// Each channel is convolved alone, sixteen channels at a time, straight from the images: windows at an edge use only
// the taps inside, so that no bordered copy is needed.

/// How the windows of a depthwise convolution lie: sizes of the images read and written.
typealias ChannelWindows = (
  height: Int, width: Int, channels: Int, outputHeight: Int, outputWidth: Int, kernelHeight: Int, kernelWidth: Int,
  strideY: Int, strideX: Int, paddingY: Int, paddingX: Int
)

/// Returns the output positions along one axis whose tap `k` lies inside the input.
@inline(__always)
func validOutputs(_ k: Int, _ length: Int, _ outputs: Int, _ stride: Int, _ padding: Int) -> Range<Int> {
  let first = padding > k ? (padding - k + stride - 1) / stride : 0
  let last = length + padding - k
  let end = last <= 0 ? 0 : min(outputs, (last + stride - 1) / stride)
  return min(first, end)..<end
}

/// Returns the taps along one axis that lie inside the input at output position `o`.
@inline(__always)
private func validTaps(_ o: Int, _ length: Int, _ kernel: Int, _ stride: Int, _ padding: Int) -> Range<Int> {
  let start = padding - o &* stride
  let first = min(max(0, start), kernel)
  return first..<max(first, min(kernel, length + start))
}

/// Convolves every channel of the images with its own window: `w` is `[kh, kw, c]`.
func convolveChannels(_ g: ChannelWindows, _ batch: Int, _ x: Input, _ w: Input, _ bias: Input?, _ y: Output) {
  let interior = validOutputs(0, g.width, g.outputWidth, g.strideX, g.paddingX).clamped(
    to: validOutputs(g.kernelWidth - 1, g.width, g.outputWidth, g.strideX, g.paddingX))
  for row in 0..<batch &* g.outputHeight {
    let image = row / g.outputHeight
    let o = row % g.outputHeight
    let rows = validTaps(o, g.height, g.kernelHeight, g.strideY, g.paddingY)
    let top = image &* g.height &+ o &* g.strideY &- g.paddingY &+ rows.lowerBound
    let source = x + top &* g.width &* g.channels
    let weights = w + rows.lowerBound &* g.kernelWidth &* g.channels
    let target = y + row &* g.outputWidth &* g.channels
    forEachLanes(g.channels) { c, left in
      let start = bias.map { read($0, c, left) } ?? Lanes(repeating: 0)
      let (p, q, t) = (source + c, weights + c, target + c)
      let whole = left >= laneCount ? interior : 0..<0
      convolveRun(g, rows.count, p, q, start, t, whole)
      for column in 0..<whole.lowerBound { convolveEdge(g, rows.count, column, p, q, start, left, t) }
      for column in whole.upperBound..<g.outputWidth { convolveEdge(g, rows.count, column, p, q, start, left, t) }
    }
  }
}

/// Convolves sixteen channels of neighbouring pixels whose windows lie inside along the row.
private func convolveRun(
  _ g: ChannelWindows, _ rows: Int, _ x: Input, _ w: Input, _ start: Lanes, _ y: Output, _ columns: Range<Int>
) {
  // With constant sizes the weights stay in registers.
  if rows == 3 && g.kernelWidth == 3 {
    convolveFours(g, 3, 3, x, w, start, y, columns)
  } else {
    convolveFours(g, rows, g.kernelWidth, x, w, start, y, columns)
  }
}

@inline(__always)
private func convolveFours(
  _ g: ChannelWindows, _ kernelHeight: Int, _ kernelWidth: Int, _ x: Input, _ w: Input, _ start: Lanes, _ y: Output,
  _ columns: Range<Int>
) {
  let step = g.strideX &* g.channels
  var column = columns.lowerBound
  while column < columns.upperBound {
    let isFour = column &+ 4 <= columns.upperBound
    let p = x + (column &* g.strideX &- g.paddingX) &* g.channels
    let (a, b, c, d) = convolveFour(g, kernelHeight, kernelWidth, p, isFour ? step : 0, w, start)
    let target = y + column &* g.channels
    store(a, target)
    column &+= 1
    guard isFour else { continue }
    store(b, target, g.channels)
    store(c, target, 2 &* g.channels)
    store(d, target, 3 &* g.channels)
    column &+= 3
  }
}

@inline(__always)
private func convolveFour(
  _ g: ChannelWindows, _ kernelHeight: Int, _ kernelWidth: Int, _ x: Input, _ step: Int, _ w: Input, _ start: Lanes
) -> (Lanes, Lanes, Lanes, Lanes) {
  var (a, b, c, d) = (start, start, start, start)
  var ky = 0
  while ky < kernelHeight {
    var kx = 0
    while kx < kernelWidth {
      let p = x + (ky &* g.width &+ kx) &* g.channels
      let weight = load(w, (ky &* kernelWidth &+ kx) &* g.channels)
      a = multiplyAdd(load(p), weight, a)
      b = multiplyAdd(load(p, step), weight, b)
      c = multiplyAdd(load(p, 2 &* step), weight, c)
      d = multiplyAdd(load(p, 3 &* step), weight, d)
      kx &+= 1
    }
    ky &+= 1
  }
  return (a, b, c, d)
}

/// Convolves up to sixteen channels of one pixel with the taps that lie inside.
private func convolveEdge(
  _ g: ChannelWindows, _ rows: Int, _ column: Int, _ x: Input, _ w: Input, _ start: Lanes, _ left: Int, _ y: Output
) {
  let taps = validTaps(column, g.width, g.kernelWidth, g.strideX, g.paddingX)
  let origin = column &* g.strideX &- g.paddingX
  var sum = start
  for ky in 0..<rows {
    for kx in taps {
      let value = read(x + (ky &* g.width &+ origin &+ kx) &* g.channels, 0, left)
      sum = multiplyAdd(value, read(w + (ky &* g.kernelWidth &+ kx) &* g.channels, 0, left), sum)
    }
  }
  write(sum, y + column &* g.channels, 0, left)
}
