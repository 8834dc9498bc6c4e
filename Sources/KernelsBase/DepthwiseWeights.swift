import KernelTypes

/// Adds, for one image, the gradients of the windows' weights: `gw` is `[kh, kw, c]`.
func addChannelGradients(_ g: ChannelWindows, _ x: Input, _ gy: Input, _ gw: Output) {
  for ky in 0..<g.kernelHeight {
    var kx = 0
    while kx < g.kernelWidth {
      let isThree = kx &+ 3 <= g.kernelWidth
      forEachLanes(g.channels) { c, left in
        let weights = gw + (ky &* g.kernelWidth &+ kx) &* g.channels
        if isThree && left >= laneCount {
          addThreeTaps(g, ky, kx, x + c, gy + c, weights + c)
        } else {
          for t in 0..<(isThree ? 3 : 1) {
            let sum = tapGradient(g, ky, kx &+ t, x + c, gy + c, left, 0..<g.outputWidth)
            let weight = weights + t &* g.channels
            write(read(weight, c, left) + sum, weight, c, left)
          }
        }
      }
      kx &+= isThree ? 3 : 1
    }
  }
}

@inline(__always)
private func columns(_ g: ChannelWindows, _ kx: Int) -> Range<Int> {
  validOutputs(kx, g.width, g.outputWidth, g.strideX, g.paddingX)
}

/// Adds the gradients of three neighbouring taps for sixteen channels: each gradient of an output is read once.
private func addThreeTaps(_ g: ChannelWindows, _ ky: Int, _ kx: Int, _ x: Input, _ gy: Input, _ gw: Output) {
  let common = columns(g, kx).clamped(to: columns(g, kx + 2))
  let step = g.strideX &* g.channels
  var (a, b, c) = (Lanes(repeating: 0), Lanes(repeating: 0), Lanes(repeating: 0))
  for row in validOutputs(ky, g.height, g.outputHeight, g.strideY, g.paddingY) {
    let top = row &* g.strideY &+ ky &- g.paddingY
    var p = x + (top &* g.width &+ common.lowerBound &* g.strideX &+ kx &- g.paddingX) &* g.channels
    var q = gy + (row &* g.outputWidth &+ common.lowerBound) &* g.channels
    for _ in common {
      let gradient = load(q)
      a = multiplyAdd(load(p), gradient, a)
      b = multiplyAdd(load(p, g.channels), gradient, b)
      c = multiplyAdd(load(p, 2 &* g.channels), gradient, c)
      p += step
      q += g.channels
    }
  }
  let sums = (a, b, c)
  @inline(__always) func add(_ t: Int, _ sum: Lanes) {
    let before = tapGradient(g, ky, kx &+ t, x, gy, laneCount, 0..<common.lowerBound)
    let after = tapGradient(g, ky, kx &+ t, x, gy, laneCount, common.upperBound..<g.outputWidth)
    store(load(gw, t &* g.channels) + (sum + (before + after)), gw, t &* g.channels)
  }
  add(0, sums.0)
  add(1, sums.1)
  add(2, sums.2)
}

/// Returns the gradient of one tap for up to sixteen channels, from the output columns in `range`.
private func tapGradient(
  _ g: ChannelWindows, _ ky: Int, _ kx: Int, _ x: Input, _ gy: Input, _ left: Int, _ range: Range<Int>
) -> Lanes {
  let valid = columns(g, kx).clamped(to: range)
  var sum = Lanes(repeating: 0)
  for row in validOutputs(ky, g.height, g.outputHeight, g.strideY, g.paddingY) {
    let top = row &* g.strideY &+ ky &- g.paddingY
    for column in valid {
      let source = x + (top &* g.width &+ column &* g.strideX &+ kx &- g.paddingX) &* g.channels
      let gradient = gy + (row &* g.outputWidth &+ column) &* g.channels
      sum = multiplyAdd(read(source, 0, left), read(gradient, 0, left), sum)
    }
  }
  return sum
}
