import KernelTypes

enum Softmax: SoftmaxKernels {
  static func softmax(_ x: Input, _ y: Output, _ rows: Int, _ n: Int) {
    for row in 0..<rows {
      let p = x + row &* n
      let q = y + row &* n
      let top = Reduction.maximum(p, n)
      let total = exponentials(p, q, n, top)
      Elementwise.scale(1 / total, q, q, n)
    }
  }

  static func logSoftmax(_ x: Input, _ y: Output, _ rows: Int, _ n: Int) {
    for row in 0..<rows {
      let p = x + row &* n
      let top = Reduction.maximum(p, n)
      let total = exponentials(p, nil, n, top)
      let logTotal = logarithm(Lanes(repeating: total))[0]
      map(p, y + row &* n, n) { v in (v - top) - logTotal }
    }
  }

  static func softmaxGradient(_ y: Input, _ gy: Input, _ gx: Output, _ rows: Int, _ n: Int) {
    for row in 0..<rows {
      let p = y + row &* n
      let g = gy + row &* n
      let inner = Float(Reduction.dot(p, g, n))
      map(p, g, gx + row &* n, n) { v, h in v * (h - inner) }
    }
  }

  static func logSoftmaxGradient(_ y: Input, _ gy: Input, _ gx: Output, _ rows: Int, _ n: Int) {
    for row in 0..<rows {
      let p = y + row &* n
      let g = gy + row &* n
      let total = Float(Reduction.sum(g, n))
      map(p, g, gx + row &* n, n) { v, h in multiplyAdd(exponential(v), Lanes(repeating: -total), h) }
    }
  }
}

/// Returns the sum of `exp(x - top)`; also writes the terms where `y` is given.
@inline(__always)
func exponentials(_ x: Input, _ y: Output?, _ n: Int, _ top: Float) -> Float {
  var total = Lanes(repeating: 0)
  var i = 0
  while i &+ laneCount <= n {
    let e = exponential(load(x, i) - top)
    if let y { store(e, y, i) }
    total += e
    i &+= laneCount
  }
  guard i < n else { return laneSum(total) }
  let rest = exponential(loadPartial(x + i, n - i) - top)
  if let y { storePartial(rest, y + i, n - i) }
  return laneSum(total + select(.!isBefore(n - i), Lanes(repeating: 0), rest))
}
