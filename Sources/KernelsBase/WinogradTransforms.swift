import KernelTypes

// Winograd's F(4x4, 3x3): four outputs of a window of three from six products instead of twelve, in each direction.
// Six inputs and three weights become values at the points 0, 1, -1, 2, -2 and infinity, where a convolution is a
// product; the transposes of the transforms give the gradients. The numbers are those of Lavin & Gray, CVPR 2016,
// https://arxiv.org/abs/1509.09308, section 4.2.

/// Products of a tile.
@inline(__always) var tilePoints: Int { 36 }

/// Output rows and columns of a tile.
@inline(__always) var tileSide: Int { 4 }

/// Values along one axis of a tile.
typealias Three = (Lanes, Lanes, Lanes)
typealias Four = (Lanes, Lanes, Lanes, Lanes)
typealias Six = (Lanes, Lanes, Lanes, Lanes, Lanes, Lanes)

/// Returns `a + factor * b`.
@inline(__always)
private func plus(_ a: Lanes, _ factor: Float, _ b: Lanes) -> Lanes { multiplyAdd(Lanes(repeating: factor), b, a) }

/// Six inputs to six points.
@inline(__always)
func inputPoints(_ d: Six) -> Six {
  let even = plus(d.4, -4, d.2)
  let odd = plus(d.3, -4, d.1)
  let evenHalf = d.4 - d.2
  let oddHalf = d.3 - d.1
  return (
    plus(plus(d.4, 4, d.0), -5, d.2), even + odd, even - odd, plus(evenHalf, 2, oddHalf), plus(evenHalf, -2, oddHalf),
    plus(plus(d.5, 4, d.1), -5, d.3)
  )
}

/// Six points to four outputs.
@inline(__always)
func outputs(_ m: Six) -> Four {
  let sum = m.1 + m.2
  let difference = m.1 - m.2
  let sumTwo = m.3 + m.4
  let differenceTwo = m.3 - m.4
  return (
    m.0 + sum + sumTwo, plus(difference, 2, differenceTwo), plus(sum, 4, sumTwo),
    m.5 + plus(difference, 8, differenceTwo)
  )
}

/// Three weights to six points.
@inline(__always)
func weightPoints(_ g: Three) -> Six {
  let ends = g.0 + g.2
  let evens = plus(g.0 * (1 / 24), 1 / 6, g.2)
  let odd = g.1 * (1 / 12)
  return (g.0 * 0.25, (ends + g.1) * (-1 / 6), (g.1 - ends) * (1 / 6), evens + odd, evens - odd, g.2)
}

/// Gradients of four outputs to those of six points: the transpose of ``outputs(_:)``.
@inline(__always)
func outputGradientPoints(_ y: Four) -> Six {
  let even = y.0 + y.2
  let odd = y.1 + y.3
  let evenTwo = plus(y.0, 4, y.2)
  let oddTwo = plus(y.1 + y.1, 8, y.3)
  return (y.0, even + odd, even - odd, evenTwo + oddTwo, evenTwo - oddTwo, y.3)
}

/// Gradients of six points to those of three weights: the transpose of ``weightPoints(_:)``.
@inline(__always)
func weightGradients(_ u: Six) -> Three {
  let ones = (u.1 + u.2) * (1 / 6)
  let twos = u.3 + u.4
  return (
    plus(plus(u.0 * 0.25, 1 / 24, twos), -1, ones), plus((u.2 - u.1) * (1 / 6), 1 / 12, u.3 - u.4),
    plus(u.5 - ones, 1 / 6, twos)
  )
}

@inline(__always)
func loadSix(_ p: Input, _ stride: Int) -> Six {
  (
    load(p), load(p, stride), load(p, 2 &* stride), load(p, 3 &* stride), load(p, 4 &* stride), load(p, 5 &* stride)
  )
}

@inline(__always)
func storeSix(_ v: Six, _ p: Output, _ stride: Int) {
  store(v.0, p)
  store(v.1, p, stride)
  store(v.2, p, 2 &* stride)
  store(v.3, p, 3 &* stride)
  store(v.4, p, 4 &* stride)
  store(v.5, p, 5 &* stride)
}
