import KernelTypes

// Columns are sorted sixteen lanes at a time by a network of compare-exchanges: the same steps for every column, so
// that they run in vector registers. The network is Batcher's odd-even merge sort, without the steps that the wanted
// places do not depend on.
// Source: Batcher, AFIPS 1968, <https://doi.org/10.1145/1468075.1468121>.

/// Calls `f` with the two places of each step for `n` elements, in order.
@inline(__always)
private func forEachStep(_ n: Int, _ f: (Int, Int) -> Void) {
  var p = 1
  while p < n {
    var k = p
    while k >= 1 {
      var j = k % p
      while j &+ k < n {
        for i in j..<min(j &+ k, n &- k) where i / (2 &* p) == (i &+ k) / (2 &* p) { f(i, i &+ k) }
        j &+= 2 &* k
      }
      k /= 2
    }
    p &*= 2
  }
}

/// Returns how many steps the network for `n` elements has, before those not needed are left out.
func networkSteps(_ n: Int) -> Int {
  var count = 0
  forEachStep(n) { _, _ in count &+= 1 }
  return count
}

/// Writes the steps that sort the places `wanted` right, as pairs of places; returns how many.
///
/// `steps` has room for ``networkSteps(_:)`` pairs, `marks` for `n` flags.
func writeNetwork(
  _ n: Int, _ wanted: Range<Int>, _ steps: UnsafeMutablePointer<Int32>, _ marks: UnsafeMutablePointer<Int32>
) -> Int {
  var count = 0
  forEachStep(n) { i, j in
    steps[2 &* count] = Int32(truncatingIfNeeded: i)
    steps[2 &* count &+ 1] = Int32(truncatingIfNeeded: j)
    count &+= 1
  }
  for i in 0..<n { marks[i] = wanted.contains(i) ? 1 : 0 }
  // Backwards: a step matters if one of its places does later on, and then both do before it.
  var kept = count
  var step = count &- 1
  while step >= 0 {
    let i = steps[2 &* step]
    let j = steps[2 &* step &+ 1]
    if marks[Int(i)] | marks[Int(j)] != 0 {
      marks[Int(i)] = 1
      marks[Int(j)] = 1
      kept &-= 1
      steps[2 &* kept] = i
      steps[2 &* kept &+ 1] = j
    }
    step &-= 1
  }
  for index in 0..<2 &* (count &- kept) { steps[index] = steps[2 &* kept &+ index] }
  return count &- kept
}

/// Columns sorted at a time.
@inline(__always) var sortedColumns: Int { 4 * laneCount }

/// Runs the steps on rows of ``sortedColumns`` columns.
func runNetwork(_ steps: UnsafePointer<Int32>, _ count: Int, _ rows: Output) {
  for step in 0..<count {
    let a = rows + Int(steps[2 &* step]) &* sortedColumns
    let b = rows + Int(steps[2 &* step &+ 1]) &* sortedColumns
    exchange(a, b, 0)
    exchange(a, b, laneCount)
    exchange(a, b, 2 &* laneCount)
    exchange(a, b, 3 &* laneCount)
  }
}

@inline(__always)
private func exchange(_ a: Output, _ b: Output, _ lane: Int) {
  let u = load(a, lane)
  let v = load(b, lane)
  store(lesser(u, v), a, lane)
  store(greater(u, v), b, lane)
}
