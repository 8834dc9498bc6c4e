import CProcessor
import KernelTypes

enum Reduction: ReductionKernels {
  static func sum(_ x: Input, _ n: Int) -> Double {
    reduce(x, n) { total, v in add(v, to: &total) }
  }

  static func dot(_ a: Input, _ b: Input, _ n: Int) -> Double {
    reduce(a, b, n) { total, u, v in addProduct(u, v, to: &total) }
  }

  static func squaredDistance(_ a: Input, _ b: Input, _ n: Int) -> Double {
    reduce(a, b, n) { total, u, v in addSquaredDifference(u, v, to: &total) }
  }

  static func squaredDistances(
    _ rows: (Input, Input, Input, Input), _ b: Input, _ n: Int
  ) -> (Double, Double, Double, Double) {
    var even = (wideZero, wideZero, wideZero, wideZero), odd = (wideZero, wideZero, wideZero, wideZero)
    var i = 0
    while i &+ 2 &* laneCount <= n {
      addSquaredDifferences(rows, b, i, &even)
      addSquaredDifferences(rows, b, i &+ laneCount, &odd)
      i &+= 2 &* laneCount
    }
    if i &+ laneCount <= n {
      addSquaredDifferences(rows, b, i, &even)
      i &+= laneCount
    }
    if i < n {
      let left = n &- i, v = loadPartial(b + i, left)
      addSquaredDifference(loadPartial(rows.0 + i, left), v, to: &odd.0)
      addSquaredDifference(loadPartial(rows.1 + i, left), v, to: &odd.1)
      addSquaredDifference(loadPartial(rows.2 + i, left), v, to: &odd.2)
      addSquaredDifference(loadPartial(rows.3 + i, left), v, to: &odd.3)
    }
    return (
      laneSum(even.0) + laneSum(odd.0), laneSum(even.1) + laneSum(odd.1), laneSum(even.2) + laneSum(odd.2),
      laneSum(even.3) + laneSum(odd.3)
    )
  }

  static func maximum(_ x: Input, _ n: Int) -> Float {
    var best = Lanes(repeating: -.infinity)
    var i = 0
    while i &+ laneCount <= n {
      best = maximumOrNaN(load(x, i), best)
      i &+= laneCount
    }
    var result = laneMaximum(best)
    while i < n {
      if x[i] > result || x[i] != x[i] { result = x[i] }
      i &+= 1
    }
    return result
  }

  static func minimum(_ x: Input, _ n: Int) -> Float {
    var best = Lanes(repeating: .infinity)
    var i = 0
    while i &+ laneCount <= n {
      best = minimumOrNaN(load(x, i), best)
      i &+= laneCount
    }
    // The sign is turned as a bit: 0 - x would make the zeros of both signs one.
    var result = -laneMaximum(floats(bits(best) ^ LaneBits(repeating: Int32.min)))
    while i < n {
      if x[i] < result || x[i] != x[i] { result = x[i] }
      i &+= 1
    }
    return result
  }

  static func rowSums(_ x: Input, _ y: Output, _ rows: Int, _ n: Int) {
    for row in 0..<rows { y[row] = Float(sum(x + row &* n, n)) }
  }

  static func rowMaxima(_ x: Input, _ y: Output, _ rows: Int, _ n: Int) {
    for row in 0..<rows { y[row] = maximum(x + row &* n, n) }
  }

  static func isFinite(_ x: Input, _ n: Int) -> Bool {
    let exponent: Int32 = 0x7F80_0000
    var i = 0
    while i &+ laneCount <= n {
      // Only NaN and infinity have all exponent bits set.
      var bad = LaneBits(repeating: 0)
      let end = min(i &+ 1024, n)
      while i &+ laneCount <= end {
        bad = select((bits(load(x, i)) & exponent) .== LaneBits(repeating: exponent), LaneBits(repeating: 1), bad)
        i &+= laneCount
      }
      if bad.wrappedSum() != 0 { return false }
    }
    while i < n {
      if !x[i].isFinite { return false }
      i &+= 1
    }
    return true
  }

  /// Sums columns in blocks of up to 256 rows, so that a float32 sum never runs over many terms.
  static func columnSums(_ x: Input, _ y: Output, _ rows: Int, _ n: Int, _ accumulate: Bool) {
    if !accumulate { setAll(y, n, 0) }
    var row = 0
    while row < rows {
      let count = min(256, rows - row)
      addBlockSums(x + row &* n, y, count, n)
      row &+= count
    }
  }

  private static func addBlockSums(_ x: Input, _ y: Output, _ rows: Int, _ n: Int) {
    var i = 0
    while i &+ laneCount <= n {
      var even = Lanes(repeating: 0)
      var odd = even
      var p = x + i
      for _ in 0..<rows / 2 {
        even += load(p)
        odd += load(p, n)
        p += 2 &* n
      }
      if rows & 1 == 1 { even += load(p) }
      store(load(y, i) + (even + odd), y, i)
      i &+= laneCount
    }
    while i < n {
      var total: Float = 0
      for row in 0..<rows { total += x[row &* n &+ i] }
      y[i] += total
      i &+= 1
    }
  }
}

/// Folds `x` into two alternating sets of accumulators, to hide the latency of addition.
@inline(__always)
private func reduce(_ x: Input, _ n: Int, _ f: (inout WideLanes, Lanes) -> Void) -> Double {
  var even = wideZero
  var odd = wideZero
  var i = 0
  while i &+ 2 &* laneCount <= n {
    f(&even, load(x, i))
    f(&odd, load(x, i &+ laneCount))
    i &+= 2 &* laneCount
  }
  if i &+ laneCount <= n {
    f(&even, load(x, i))
    i &+= laneCount
  }
  if i < n { f(&odd, loadPartial(x + i, n - i)) }
  return laneSum(even) + laneSum(odd)
}

@inline(__always)
private func reduce(_ a: Input, _ b: Input, _ n: Int, _ f: (inout WideLanes, Lanes, Lanes) -> Void) -> Double {
  var even = wideZero
  var odd = wideZero
  var i = 0
  while i &+ 2 &* laneCount <= n {
    f(&even, load(a, i), load(b, i))
    f(&odd, load(a, i &+ laneCount), load(b, i &+ laneCount))
    i &+= 2 &* laneCount
  }
  if i &+ laneCount <= n {
    f(&even, load(a, i), load(b, i))
    i &+= laneCount
  }
  if i < n { f(&odd, loadPartial(a + i, n - i), loadPartial(b + i, n - i)) }
  return laneSum(even) + laneSum(odd)
}

@inline(__always)
private func addSquaredDifferences(
  _ rows: (Input, Input, Input, Input), _ b: Input, _ i: Int,
  _ totals: inout (WideLanes, WideLanes, WideLanes, WideLanes)
) {
  let v = load(b, i)
  addSquaredDifference(load(rows.0, i), v, to: &totals.0)
  addSquaredDifference(load(rows.1, i), v, to: &totals.1)
  addSquaredDifference(load(rows.2, i), v, to: &totals.2)
  addSquaredDifference(load(rows.3, i), v, to: &totals.3)
}

@inline(__always)
private func addSquaredDifference(_ a: Lanes, _ b: Lanes, to total: inout WideLanes) {
  let low = processor_widen_low(a) - processor_widen_low(b)
  let high = processor_widen_high(a) - processor_widen_high(b)
  total.low += low * low
  total.high += high * high
}
