import KernelTypes

extension Fused {
  static func poolCodeCount(_ s: PoolShape) -> Int { s.batch * s.outputHeight * codeQuads(s.outputWidth) * s.channels }

  static func rectifiedMaximum(
    _ s: PoolShape, _ x: Input, _ bias: Input?, _ y: Output, _ codes: UnsafeMutablePointer<Int32>?
  ) {
    let c = s.channels
    let row = s.width &* c
    let outputs = (s.outputWidth, c)
    for line in 0..<s.batch &* s.outputHeight {
      let image = x + line / s.outputHeight &* s.height &* row
      let top = line % s.outputHeight &* s.strideY &- s.paddingY
      let target = y + line &* s.outputWidth &* c
      let words = codes.map { $0 + line &* codeQuads(s.outputWidth) &* c }
      if halvesExactly(s) {
        writeRow(outputs, target, words) { ox, channel, left in
          let p = image + (top &* row &+ 2 &* ox &* c)
          var b = Lanes(repeating: 0)
          if let bias { b = read(bias, channel, left) }
          return rectifiedWinner(
            read(p, channel, left) + b, read(p + c, channel, left) + b, read(p + row, channel, left) + b,
            read(p + (row &+ c), channel, left) + b)
        }
      } else {
        writeRow(outputs, target, words) { ox, channel, left in
          var b = Lanes(repeating: 0)
          if let bias { b = read(bias, channel, left) }
          return windowWinner(s, image, top, ox &* s.strideX &- s.paddingX, b, channel, left)
        }
      }
    }
  }

  static func rectifiedMaximumGradient(
    _ s: PoolShape, _ gy: Input, _ codes: UnsafePointer<Int32>, _ gx: Output, _ gBias: Output?
  ) {
    let c = s.channels
    let row = s.width &* c
    let image = s.height &* row
    if let gBias { setAll(gBias, c, 0) }
    let isExact = halvesExactly(s)
    for b in 0..<s.batch {
      let target = gx + b &* image
      if isExact { clearUncovered(s, target) } else { setAll(target, image, 0) }
      for oy in 0..<s.outputHeight {
        let line = b &* s.outputHeight &+ oy
        let gradients = gy + line &* s.outputWidth &* c
        let words = codes + line &* codeQuads(s.outputWidth) &* c
        if isExact {
          scatterQuarters((s.outputWidth, c), gradients, words, target + 2 &* oy &* row, row, gBias)
        } else {
          addToWindows(s, gradients, words, oy &* s.strideY &- s.paddingY, target, row, gBias)
        }
      }
    }
  }
}

/// Words that hold the codes of a row of `width` windows of one channel.
@inline(__always)
func codeQuads(_ width: Int) -> Int { (width + 3) / 4 }

@inline(__always)
func codeFloats(_ codes: UnsafePointer<Int32>) -> Input {
  UnsafeRawPointer(codes).assumingMemoryBound(to: Float.self)
}

/// Tells whether windows are 2 x 2 and lie side by side from the first pixel.
@inline(__always)
private func halvesExactly(_ s: PoolShape) -> Bool {
  s.kernelHeight == 2 && s.kernelWidth == 2 && s.strideY == 2 && s.strideX == 2 && s.paddingY == 0 && s.paddingX == 0
}

/// Returns the places in a window of `kernel` that starts at `first` which lie in an image of `length`.
@inline(__always)
private func covered(_ kernel: Int, _ length: Int, _ first: Int) -> Range<Int> {
  let low = max(0, -first)
  return low..<max(low, min(kernel, length - first))
}

/// Writes a row of `width` maxima and the words of their codes, where wanted.
@inline(__always)
func writeRow(
  _ size: (width: Int, channels: Int), _ y: Output, _ codes: UnsafeMutablePointer<Int32>?,
  _ winner: (_ ox: Int, _ channel: Int, _ left: Int) -> (Lanes, LaneBits)
) {
  forEachLanes(size.channels) { channel, left in
    var ox = 0
    while ox < size.width {
      let quad = ox / 4
      let end = min(ox &+ 4, size.width)
      var word = LaneBits(repeating: 0)
      var shift: Int32 = 0
      while ox < end {
        let (value, code) = winner(ox, channel, left)
        write(value, y + ox &* size.channels, channel, left)
        word |= code &<< LaneBits(repeating: shift)
        shift &+= 8
        ox &+= 1
      }
      if let codes {
        let words = UnsafeMutableRawPointer(codes + quad &* size.channels).assumingMemoryBound(to: Float.self)
        write(floats(word), words, channel, left)
      }
    }
  }
}

/// Returns the largest of four and which it was; 0 and 4 where none is positive, NaN and 0 where one is NaN.
@inline(__always)
func rectifiedWinner(_ a: Lanes, _ b: Lanes, _ c: Lanes, _ d: Lanes) -> (Lanes, LaneBits) {
  let second = b .> a
  let fourth = d .> c
  let upper = select(second, b, a)
  let lower = select(fourth, d, c)
  let isLower = lower .> upper
  var value = select(isLower, lower, upper)
  let upperCode = select(second, LaneBits(repeating: 1), LaneBits(repeating: 0))
  let lowerCode = select(fourth, LaneBits(repeating: 3), LaneBits(repeating: 2))
  var code = select(isLower, lowerCode, upperCode)
  let isDead = value .<= Lanes(repeating: 0)
  value = select(isDead, Lanes(repeating: 0), value)
  code = select(isDead, LaneBits(repeating: 4), code)
  let isBad = ((a .!= a) .| (b .!= b)) .| ((c .!= c) .| (d .!= d))
  return (select(isBad, Lanes(repeating: .nan), value), select(isBad, LaneBits(repeating: 0), code))
}

/// Returns the largest element of any window, less the padding, and which it was.
@inline(__always)
private func windowWinner(
  _ s: PoolShape, _ image: Input, _ top: Int, _ leftmost: Int, _ bias: Lanes, _ channel: Int, _ left: Int
) -> (Lanes, LaneBits) {
  var best = Lanes(repeating: 0)
  var code = LaneBits(repeating: Int32(truncatingIfNeeded: s.kernelHeight &* s.kernelWidth))
  for ky in covered(s.kernelHeight, s.height, top) {
    for kx in covered(s.kernelWidth, s.width, leftmost) {
      let pixel = (top &+ ky) &* s.width &+ leftmost &+ kx
      let v = read(image + pixel &* s.channels, channel, left) + bias
      let wins = (v .> best) .| ((v .!= v) .& (best .== best))
      best = select(wins, v, best)
      code = select(wins, LaneBits(repeating: Int32(truncatingIfNeeded: ky &* s.kernelWidth &+ kx)), code)
    }
  }
  return (best, code)
}

/// Returns a word whose lowest byte is the code of window `ox`, from that of the window before it.
@inline(__always)
private func nextCodes(
  _ word: LaneBits, _ codes: UnsafePointer<Int32>, _ ox: Int, _ c: Int, _ channel: Int, _ left: Int
) -> LaneBits {
  guard ox & 3 == 0 else { return word &>> LaneBits(repeating: 8) }
  return bits(read(codeFloats(codes), ox / 4 &* c &+ channel, left))
}

/// Clears the odd last row and column of an image, which no 2 x 2 window covers.
private func clearUncovered(_ s: PoolShape, _ image: Output) {
  let row = s.width &* s.channels
  let covered = 2 &* s.outputWidth &* s.channels
  for y in 0..<s.height {
    let end = y < 2 &* s.outputHeight ? covered : 0
    setAll(image + y &* row + end, row &- end, 0)
  }
}

/// Writes each gradient to the one of its four pixels that won and zeros to the others.
private func scatterQuarters(
  _ size: (width: Int, channels: Int), _ gy: Input, _ codes: UnsafePointer<Int32>, _ gx: Output, _ row: Int,
  _ gBias: Output?
) {
  let c = size.channels
  let zero = Lanes(repeating: 0)
  forEachLanes(c) { channel, left in
    var total = zero
    var word = LaneBits(repeating: 0)
    for ox in 0..<size.width {
      word = nextCodes(word, codes, ox, c, channel, left)
      let code = word & LaneBits(repeating: 255)
      let g = read(gy + ox &* c, channel, left)
      let p = gx + 2 &* ox &* c
      write(select(code .== LaneBits(repeating: 0), g, zero), p, channel, left)
      write(select(code .== LaneBits(repeating: 1), g, zero), p + c, channel, left)
      write(select(code .== LaneBits(repeating: 2), g, zero), p + row, channel, left)
      write(select(code .== LaneBits(repeating: 3), g, zero), p + (row &+ c), channel, left)
      total += select(code .== LaneBits(repeating: 4), zero, g)
    }
    if let gBias { write(read(gBias, channel, left) + total, gBias, channel, left) }
  }
}

/// Adds each gradient of a row of windows that start at row `top` to the pixel that won.
private func addToWindows(
  _ s: PoolShape, _ gy: Input, _ codes: UnsafePointer<Int32>, _ top: Int, _ gx: Output, _ row: Int, _ gBias: Output?
) {
  let c = s.channels
  let zero = Lanes(repeating: 0)
  let dead = LaneBits(repeating: Int32(truncatingIfNeeded: s.kernelHeight &* s.kernelWidth))
  forEachLanes(c) { channel, left in
    var total = zero
    var word = LaneBits(repeating: 0)
    for ox in 0..<s.outputWidth {
      word = nextCodes(word, codes, ox, c, channel, left)
      let code = word & LaneBits(repeating: 255)
      let g = read(gy + ox &* c, channel, left)
      let first = ox &* s.strideX &- s.paddingX
      for ky in covered(s.kernelHeight, s.height, top) {
        for kx in covered(s.kernelWidth, s.width, first) {
          let place = LaneBits(repeating: Int32(truncatingIfNeeded: ky &* s.kernelWidth &+ kx))
          let p = gx + ((top &+ ky) &* row &+ (first &+ kx) &* c)
          write(read(p, channel, left) + select(code .== place, g, zero), p, channel, left)
        }
      }
      total += select(code .== dead, zero, g)
    }
    if let gBias { write(read(gBias, channel, left) + total, gBias, channel, left) }
  }
}
