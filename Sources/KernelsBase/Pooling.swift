import KernelTypes

enum Pooling: PoolingKernels {
  static func maximum(_ s: PoolShape, _ x: Input, _ y: Output, _ indices: UnsafeMutablePointer<Int32>) {
    let c = s.channels
    forEachWindow(s) { b, output, rows, columns in
      let image = x + b &* s.height &* s.width &* c
      let out = y + output &* c
      let places = indices + output &* c
      setAll(out, c, -.infinity)
      let first = Int32(truncatingIfNeeded: rows.lowerBound &* s.width &+ columns.lowerBound)
      for j in 0..<c { places[j] = first }
      for iy in rows {
        for ix in columns {
          let place = iy &* s.width &+ ix
          takeLarger(image + place &* c, Int32(truncatingIfNeeded: place), out, places, c)
        }
      }
    }
  }

  static func maximumGradient(_ s: PoolShape, _ gy: Input, _ indices: UnsafePointer<Int32>, _ gx: Output) {
    let c = s.channels
    setAll(gx, s.batch &* s.height &* s.width &* c, 0)
    let outputs = s.outputHeight &* s.outputWidth
    for p in 0..<s.batch &* outputs {
      let image = gx + p / outputs &* s.height &* s.width &* c
      for j in 0..<c { image[Int(indices[p &* c &+ j]) &* c &+ j] += gy[p &* c &+ j] }
    }
  }

  static func average(_ s: PoolShape, _ x: Input, _ y: Output) {
    let c = s.channels
    let share = 1 / Float(s.kernelHeight &* s.kernelWidth)
    forEachWindow(s) { b, output, rows, columns in
      let image = x + b &* s.height &* s.width &* c
      let out = y + output &* c
      setAll(out, c, 0)
      for iy in rows { for ix in columns { Elementwise.axpy(1, image + (iy &* s.width &+ ix) &* c, out, c) } }
      Elementwise.scale(share, out, out, c)
    }
  }

  static func averageGradient(_ s: PoolShape, _ gy: Input, _ gx: Output) {
    let c = s.channels
    let share = 1 / Float(s.kernelHeight &* s.kernelWidth)
    setAll(gx, s.batch &* s.height &* s.width &* c, 0)
    forEachWindow(s) { b, output, rows, columns in
      let image = gx + b &* s.height &* s.width &* c
      for iy in rows {
        for ix in columns {
          Elementwise.axpy(share, gy + output &* c, image + (iy &* s.width &+ ix) &* c, c)
        }
      }
    }
  }

  static func upsampleNearest(
    _ batch: Int, _ height: Int, _ width: Int, _ channels: Int, _ scale: Int, _ x: Input, _ y: Output
  ) {
    forEachCopy(batch, height, width, scale) { source, target in
      copy(x + source &* channels, y + target &* channels, channels)
    }
  }

  static func upsampleNearestGradient(
    _ batch: Int, _ height: Int, _ width: Int, _ channels: Int, _ scale: Int, _ gy: Input, _ gx: Output
  ) {
    setAll(gx, batch &* height &* width &* channels, 0)
    forEachCopy(batch, height, width, scale) { source, target in
      Elementwise.axpy(1, gy + target &* channels, gx + source &* channels, channels)
    }
  }
}

/// Calls `f` with the pixel read and the pixel written of each copy that upsampling makes.
@inline(__always)
private func forEachCopy(_ batch: Int, _ height: Int, _ width: Int, _ scale: Int, _ f: (Int, Int) -> Void) {
  for row in 0..<batch &* height &* scale {
    let sourceRow = row / scale
    for column in 0..<width &* scale {
      f(sourceRow &* width &+ column / scale, row &* width &* scale &+ column)
    }
  }
}

/// Calls `f` with image, output pixel, and the rows and columns of the image that its window covers.
@inline(__always)
private func forEachWindow(_ s: PoolShape, _ f: (Int, Int, Range<Int>, Range<Int>) -> Void) {
  var output = 0
  for b in 0..<s.batch {
    for oy in 0..<s.outputHeight {
      for ox in 0..<s.outputWidth {
        let top = oy &* s.strideY &- s.paddingY
        let left = ox &* s.strideX &- s.paddingX
        let rows = max(0, top)..<min(s.height, top &+ s.kernelHeight)
        let columns = max(0, left)..<min(s.width, left &+ s.kernelWidth)
        f(b, output, rows, columns)
        output &+= 1
      }
    }
  }
}

/// Replaces the best values and their places where `x` is larger or NaN.
private func takeLarger(_ x: Input, _ place: Int32, _ best: Output, _ places: UnsafeMutablePointer<Int32>, _ n: Int) {
  var i = 0
  let winners = LaneBits(repeating: place)
  while i &+ laneCount <= n {
    let v = load(x, i)
    let old = load(best, i)
    let wins = (v .> old) .| ((v .!= v) .& (old .== old))
    store(select(wins, v, old), best, i)
    let raw = UnsafeMutableRawPointer(places + i)
    let was = raw.loadUnaligned(as: LaneBits.self)
    raw.storeBytes(of: select(wins, winners, was), as: LaneBits.self)
    i &+= laneCount
  }
  while i < n {
    if x[i] > best[i] || (x[i] != x[i] && best[i] == best[i]) {
      best[i] = x[i]
      places[i] = place
    }
    i &+= 1
  }
}
