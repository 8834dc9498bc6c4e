import KernelTypes

extension Fused {
  static func firstLayerPooledGradient(
    _ s: ConvolutionShape, _ x: Input, _ gy: Input, _ codes: UnsafePointer<Int32>, _ gw: Output,
    _ gBias: Output?, _ workspace: Output
  ) {
    let depth = s.kernelWidth &* s.inputChannels
    let taps = s.kernelHeight &* depth
    let outputs = s.outputChannels
    let (height, width) = (s.outputHeight / 2, s.outputWidth / 2)
    let offsets = indices(aligned(workspace))
    // Taps past the last one repeat the first; their sums are dropped.
    for t in 0..<taps &+ tapChunk { offsets[t] = t < taps ? t / depth &* imageRow(s) &+ t % depth : 0 }
    let space = aligned(workspace) + floatsForIndices(taps + tapChunk)
    setAll(gw, taps &* outputs, 0)
    if let gBias { setAll(gBias, outputs, 0) }
    for b in 0..<s.batch {
      let image = borderedImage(s, x, b, space)
      let gradients = gy + b &* height &* width &* outputs
      let words = codes + b &* height &* codeQuads(width) &* outputs
      forEachLanes(outputs) { channel, left in
        let routed = (gradients + channel, codeFloats(words) + channel, outputs, height, width)
        if let gBias { addLiveGradients(routed, left, gBias + channel) }
        var tap = 0
        while tap < taps {
          let sums = tapGradients(image, imageRow(s), s.inputChannels, UnsafePointer(offsets + tap), routed, left)
          forEachRow(min(tapChunk, taps - tap), sums) { i, total in
            let target = gw + ((tap &+ i) &* outputs &+ channel)
            write(read(target, 0, left) + total, target, 0, left)
          }
          tap &+= tapChunk
        }
      }
    }
  }
}

/// Sixteen channels of a pooled gradient and of its codes, with the channels of a pixel and the size of the map.
private typealias RoutedGradient = (gy: Input, codes: Input, channels: Int, height: Int, width: Int)

/// Calls `f` with gradient and code of each pixel of a pooled map.
@inline(__always)
private func forEachRouted(
  _ routed: RoutedGradient, _ left: Int, _ f: (_ oy: Int, _ ox: Int, Lanes, LaneBits) -> Void
) {
  var gy = routed.gy
  var codes = routed.codes
  for oy in 0..<routed.height {
    var ox = 0
    while ox < routed.width {
      var word = bits(read(codes, 0, left))
      let end = min(ox &+ 4, routed.width)
      while ox < end {
        f(oy, ox, read(gy, 0, left), word & LaneBits(repeating: 255))
        word = word &>> LaneBits(repeating: 8)
        gy += routed.channels
        ox &+= 1
      }
      codes += routed.channels
    }
  }
}

/// Adds the gradients that reach any pixel to those of the bias.
private func addLiveGradients(_ routed: RoutedGradient, _ left: Int, _ gBias: Output) {
  var total = Lanes(repeating: 0)
  forEachRouted(routed, left) { _, _, g, code in
    total += select(code .== LaneBits(repeating: 4), Lanes(repeating: 0), g)
  }
  write(read(gBias, 0, left) + total, gBias, 0, left)
}

/// Returns the gradients of the taps at `offsets` for one image.
@inline(__always)
private func tapGradients(
  _ image: Input, _ row: Int, _ c: Int, _ offsets: UnsafePointer<Int>, _ routed: RoutedGradient, _ left: Int
) -> Fourteen<Lanes> {
  let at = fourteen { i in i < tapChunk ? offsets[i] : 0 }
  var sums = fourteen { _ in Lanes(repeating: 0) }
  let zero = Lanes(repeating: 0)
  forEachRouted(routed, left) { oy, ox, g, code in
    let p = image + (2 &* oy &* row &+ 2 &* ox &* c)
    let parts = (
      select(code .== LaneBits(repeating: 0), g, zero), select(code .== LaneBits(repeating: 1), g, zero),
      select(code .== LaneBits(repeating: 2), g, zero), select(code .== LaneBits(repeating: 3), g, zero)
    )
    @inline(__always) func add(_ i: Int, _ sum: inout Lanes, _ offset: Int) {
      guard i < tapChunk else { return }
      let q = p + offset
      sum = multiplyAdd(Lanes(repeating: q[0]), parts.0, sum)
      sum = multiplyAdd(Lanes(repeating: q[c]), parts.1, sum)
      sum = multiplyAdd(Lanes(repeating: q[row]), parts.2, sum)
      sum = multiplyAdd(Lanes(repeating: q[row &+ c]), parts.3, sum)
    }
    add(0, &sums.0, at.0)
    add(1, &sums.1, at.1)
    add(2, &sums.2, at.2)
    add(3, &sums.3, at.3)
    add(4, &sums.4, at.4)
    add(5, &sums.5, at.5)
    add(6, &sums.6, at.6)
    add(7, &sums.7, at.7)
    add(8, &sums.8, at.8)
  }
  return sums
}
