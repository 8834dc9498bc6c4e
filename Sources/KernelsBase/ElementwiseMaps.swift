import KernelTypes

/// Writes `f(x)`, sixteen elements at a time.
@inline(__always)
func map(_ x: Input, _ y: Output, _ n: Int, _ f: (Lanes) -> Lanes) {
  forEachLanes(n) { i, count in
    write(f(read(x, i, count)), y, i, count)
  }
}

@inline(__always)
func map(_ a: Input, _ b: Input, _ y: Output, _ n: Int, _ f: (Lanes, Lanes) -> Lanes) {
  forEachLanes(n) { i, count in
    write(f(read(a, i, count), read(b, i, count)), y, i, count)
  }
}

@inline(__always)
func map(_ a: Input, _ b: Input, _ c: Input, _ y: Output, _ n: Int, _ f: (Lanes, Lanes, Lanes) -> Lanes) {
  forEachLanes(n) { i, count in
    write(f(read(a, i, count), read(b, i, count), read(c, i, count)), y, i, count)
  }
}

/// Calls `f` with the start and the number of elements left for each sixteen elements of `0 ..< n` and the rest.
///
/// For whole lanes `left` is a constant, so that the code for the rest stays out of the loop.
@inline(__always)
func forEachLanes(_ n: Int, _ f: (_ start: Int, _ left: Int) -> Void) {
  var i = 0
  while i &+ laneCount <= n {
    f(i, laneCount)
    i &+= laneCount
  }
  if i < n { f(i, n &- i) }
}

/// Loads sixteen elements from `start`, or the `left` ones, followed by zeros.
@inline(__always)
func read(_ p: Input, _ start: Int, _ left: Int) -> Lanes {
  left >= laneCount ? load(p, start) : loadPartial(p + start, left)
}

/// Stores sixteen elements from `start`, or the `left` ones.
@inline(__always)
func write(_ lanes: Lanes, _ p: Output, _ start: Int, _ left: Int) {
  if left >= laneCount { store(lanes, p, start) } else { storePartial(lanes, p + start, left) }
}
