import KernelTypes

enum Softmax: SoftmaxKernels {
  static func softmax(_ x: Input, _ y: Output, _ rows: Int, _ n: Int) {
    switch n {
    case laneCount: return shortSoftmax(1, x, y, rows)
    case 2 &* laneCount: return shortSoftmax(2, x, y, rows)
    case 4 &* laneCount: return shortSoftmax(4, x, y, rows)
    default: break
    }
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

/// Rows of `parts` vectors, 1, 2 or 4, that stay in registers: the sums of the general way, in its order.
@inline(__always)
private func shortSoftmax(_ parts: Int, _ x: Input, _ y: Output, _ rows: Int) {
  let n = parts &* laneCount
  @inline(__always) func part(_ p: Input, _ i: Int, _ missing: Float) -> Lanes {
    i < parts ? load(p, i &* laneCount) : Lanes(repeating: missing)
  }
  for row in 0..<rows {
    let (p, q) = (x + row &* n, y + row &* n)
    let (a, b) = (part(p, 0, 0), part(p, 1, -.infinity))
    let (c, d) = (part(p, 2, -.infinity), part(p, 3, -.infinity))
    let top = laneMaximum(maximumOrNaN(maximumOrNaN(d, c), maximumOrNaN(b, a)))
    let first = exponential(a - top)
    var total = first
    let second = parts > 1 ? exponential(b - top) : first
    if parts > 1 { total += second }
    let third = parts > 2 ? exponential(c - top) : first
    let fourth = parts > 2 ? exponential(d - top) : first
    if parts > 2 { total = (total + third) + fourth }
    let factor = 1 / laneSum(total)
    store(first * factor, q)
    if parts > 1 { store(second * factor, q, laneCount) }
    if parts > 2 {
      store(third * factor, q, 2 &* laneCount)
      store(fourth * factor, q, 3 &* laneCount)
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
