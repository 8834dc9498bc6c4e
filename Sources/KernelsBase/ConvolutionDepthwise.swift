import KernelTypes

// Each channel is convolved alone: sixteen channels at a time, all pixels of a row of the output, the weights of the
// window in the first-level cache.

extension Convolution {
  private static func borderedHeight(_ s: ConvolutionShape) -> Int { s.height + 2 * s.paddingY }
  private static func borderedWidth(_ s: ConvolutionShape) -> Int { s.width + 2 * s.paddingX }

  static func depthwiseWorkspace(_ s: ConvolutionShape) -> Int {
    let flipped = s.kernelHeight * s.kernelWidth * s.inputChannels
    let image = s.batch * borderedHeight(s) * borderedWidth(s) * s.inputChannels
    let gradient =
      s.batch * (s.height + s.kernelHeight - 1) * (s.width + s.kernelWidth - 1) * s.inputChannels
    return flipped + max(image, gradient)
  }

  static func depthwiseForward(
    _ s: ConvolutionShape, _ x: Input, _ w: Input, _ bias: Input?, _ y: Output, _ workspace: Output
  ) {
    let images = bordered(s, x, workspace)
    convolveChannels(geometry(s), s.batch, images, w, bias, y)
  }

  static func depthwiseInputGradient(
    _ s: ConvolutionShape, _ gy: Input, _ w: Input, _ gx: Output, _ workspace: Output
  ) {
    let channels = s.inputChannels
    let taps = s.kernelHeight * s.kernelWidth
    let space = workspace + taps &* channels
    guard s.strideY == 1 && s.strideX == 1 else {
      scatterChannels(s, gy, w, gx, space)
      return
    }
    for t in 0..<taps { copy(w + (taps - 1 - t) &* channels, workspace + t &* channels, channels) }
    let g = windowGeometry(
      height: s.height + s.kernelHeight - 1, width: s.width + s.kernelWidth - 1, channels: channels,
      outputHeight: s.height, outputWidth: s.width, strideY: 1, strideX: 1, kernelHeight: s.kernelHeight,
      kernelWidth: s.kernelWidth, groups: channels)
    copyWithBorder(
      gy, s.batch, s.outputHeight, s.outputWidth, channels, s.kernelHeight - 1 - s.paddingY,
      s.kernelWidth - 1 - s.paddingX, space, g.height, g.width)
    convolveChannels(g, s.batch, space, workspace, nil, gx)
  }

  /// Writes the gradient of strided windows: each output's gradient is added to its window in a bordered image.
  private static func scatterChannels(
    _ s: ConvolutionShape, _ gy: Input, _ w: Input, _ gx: Output, _ space: Output
  ) {
    let g = geometry(s)
    setAll(space, s.batch &* g.height &* g.width &* g.channels, 0)
    for b in 0..<s.batch {
      for row in 0..<s.outputHeight {
        for column in 0..<s.outputWidth {
          let gradient = gy + ((b &* s.outputHeight &+ row) &* s.outputWidth &+ column) &* g.channels
          let window =
            space + ((b &* g.height &+ row &* s.strideY) &* g.width &+ column &* s.strideX) &* g.channels
          forEachTap(g) { t, place in
            let target = window + place
            map(gradient, w + t &* g.channels, target, target, g.channels) { a, b, c in multiplyAdd(a, b, c) }
          }
        }
      }
    }
    copyWithBorder(
      space, s.batch, g.height, g.width, g.channels, -s.paddingY, -s.paddingX, gx, s.height, s.width)
  }

  static func depthwiseWeightGradient(
    _ s: ConvolutionShape, _ x: Input, _ gy: Input, _ gw: Output, _ workspace: Output
  ) {
    let g = geometry(s)
    let images = bordered(s, x, workspace)
    setAll(gw, s.kernelHeight &* s.kernelWidth &* g.channels, 0)
    for b in 0..<s.batch {
      let image = images + b &* g.height &* g.width &* g.channels
      let gradient = gy + b &* g.outputHeight &* g.outputWidth &* g.channels
      for ky in 0..<s.kernelHeight {
        for kx in 0..<s.kernelWidth {
          let weights = gw + (ky &* s.kernelWidth &+ kx) &* g.channels
          addChannelProducts(g, image + (ky &* g.width &+ kx) &* g.channels, gradient, weights)
        }
      }
    }
  }
}

/// Calls `f` with each tap and its place relative to a window's start.
@inline(__always)
private func forEachTap(_ g: WindowGeometry, _ f: (Int, Int) -> Void) {
  for ky in 0..<g.kernelHeight {
    for kx in 0..<g.kernelWidth {
      f(ky &* g.kernelWidth &+ kx, (ky &* g.width &+ kx) &* g.channels)
    }
  }
}

/// Adds, for one image and one tap, the sum over output pixels of input times gradient of each channel.
private func addChannelProducts(_ g: WindowGeometry, _ x: Input, _ gy: Input, _ gw: Output) {
  forEachLanes(g.channels) { c, left in
    var even = Lanes(repeating: 0)
    var odd = even
    for row in 0..<g.outputHeight {
      var source = x + row &* g.strideY &* g.width &* g.channels
      var gradient = gy + row &* g.outputWidth &* g.channels
      for column in 0..<g.outputWidth {
        let a = read(source, c, left)
        let b = read(gradient, c, left)
        if column & 1 == 0 { even = multiplyAdd(a, b, even) } else { odd = multiplyAdd(a, b, odd) }
        source += g.strideX &* g.channels
        gradient += g.channels
      }
    }
    write(read(gw, c, left) + (even + odd), gw, c, left)
  }
}

/// Convolves every channel of bordered images with its own window.
private func convolveChannels(
  _ g: WindowGeometry, _ batch: Int, _ x: Input, _ w: Input, _ bias: Input?, _ y: Output
) {
  for row in 0..<batch &* g.outputHeight {
    let image = row / g.outputHeight
    let top = row % g.outputHeight &* g.strideY
    let source = x + (image &* g.height &+ top) &* g.width &* g.channels
    let target = y + row &* g.outputWidth &* g.channels
    forEachLanes(g.channels) { c, left in
      let start = bias.map { read($0, c, left) } ?? Lanes(repeating: 0)
      var column = 0
      while column < g.outputWidth {
        column &+= convolvePixels(
          g, source + column &* g.strideX &* g.channels, w, start, c, left,
          target + column &* g.channels, g.outputWidth &- column)
      }
    }
  }
}

/// Writes sixteen channels of four pixels, or of one where fewer are left; returns how many.
@inline(__always)
private func convolvePixels(
  _ g: WindowGeometry, _ x: Input, _ w: Input, _ start: Lanes, _ c: Int, _ left: Int, _ y: Output, _ pixels: Int
) -> Int {
  let step = g.strideX &* g.channels
  var sums = (start, start, start, start)
  let isFour = pixels >= 4
  forEachTap(g) { t, place in
    let weight = read(w, t &* g.channels &+ c, left)
    let p = x + place
    sums.0 = multiplyAdd(read(p, c, left), weight, sums.0)
    if isFour {
      sums.1 = multiplyAdd(read(p, step &+ c, left), weight, sums.1)
      sums.2 = multiplyAdd(read(p, 2 &* step &+ c, left), weight, sums.2)
      sums.3 = multiplyAdd(read(p, 3 &* step &+ c, left), weight, sums.3)
    }
  }
  write(sums.0, y, c, left)
  guard isFour else { return 1 }
  write(sums.1, y, g.channels &+ c, left)
  write(sums.2, y, 2 &* g.channels &+ c, left)
  write(sums.3, y, 3 &* g.channels &+ c, left)
  return 4
}
