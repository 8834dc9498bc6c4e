import CProcessor
import KernelTypes

private typealias Five<T> = (T, T, T, T, T)

@inline(__always) private var zeros: Five<Lanes> {
  let zero = Lanes(repeating: 0)
  return (zero, zero, zero, zero, zero)
}

@inline(__always)
private func addRowProducts(_ sums: inout Five<Lanes>, _ a: Lanes, _ b: Five<Lanes>) {
  sums.0 = multiplyAdd(a, b.0, sums.0)
  sums.1 = multiplyAdd(a, b.1, sums.1)
  sums.2 = multiplyAdd(a, b.2, sums.2)
  sums.3 = multiplyAdd(a, b.3, sums.3)
  sums.4 = multiplyAdd(a, b.4, sums.4)
}

/// Loads the same sixteen columns of five rows, or the `left` ones, followed by zeros.
@inline(__always)
private func readFive(_ p: Five<Input>, _ i: Int, _ left: Int) -> Five<Lanes> {
  (read(p.0, i, left), read(p.1, i, left), read(p.2, i, left), read(p.3, i, left), read(p.4, i, left))
}

extension Aggregation {
  static var gramChunk: Int { 1024 }

  static func gram(_ x: Input, _ n: Int, _ stride: Int, _ lo: Int, _ hi: Int, _ out: UnsafeMutablePointer<Double>) {
    var column = lo
    while column < hi {
      let end = min((column / gramChunk &+ 1) &* gramChunk, hi)
      // A chunk fits in the second-level cache. The next one is fetched meanwhile, a row with each tile.
      let next = x + (end &+ gramChunk <= hi ? end : column)
      var tile = 0
      var i = 0
      while i < n {
        var j = 0
        while j <= i {
          addTile(x + column, stride, end &- column, i, j, n, next + min(tile, n &- 1) &* stride, out)
          tile &+= 1
          j &+= 5
        }
        i &+= 5
      }
      column = end
    }
    for i in 0..<n {
      for j in 0..<i { out[j &* n &+ i] = out[i &* n &+ j] }
    }
  }

  /// Adds the inner products of rows `i ..< i + 5` with rows `j ..< j + 5` over `count` columns, as far as they are
  /// in the lower triangle, and fetches `count` floats from `next` on.
  private static func addTile(
    _ x: Input, _ stride: Int, _ count: Int, _ i: Int, _ j: Int, _ n: Int, _ next: Input,
    _ out: UnsafeMutablePointer<Double>
  ) {
    // Rows past the last one are read again as the last one; what they give is dropped.
    @inline(__always) func row(_ r: Int) -> Input { x + min(r, n &- 1) &* stride }
    let a = (row(i), row(i &+ 1), row(i &+ 2), row(i &+ 3), row(i &+ 4))
    let b = (row(j), row(j &+ 1), row(j &+ 2), row(j &+ 3), row(j &+ 4))
    #if WIDE_REGISTERS
      let sums = products(a, b, count, next)
    #else
      let sums = (
        products(a.0, b, count, next), products(a.1, b, count, next), products(a.2, b, count, next),
        products(a.3, b, count, next), products(a.4, b, count, next)
      )
    #endif
    addRow(sums.0, i, j, n, out)
    addRow(sums.1, i &+ 1, j, n, out)
    addRow(sums.2, i &+ 2, j, n, out)
    addRow(sums.3, i &+ 3, j, n, out)
    addRow(sums.4, i &+ 4, j, n, out)
  }

  #if WIDE_REGISTERS
    @inline(__always)
    private static func addProducts(
      _ sums: inout Five<Five<Lanes>>, _ a: Five<Input>, _ b: Five<Input>, _ k: Int, _ left: Int
    ) {
      let v = readFive(b, k, left)
      addRowProducts(&sums.0, read(a.0, k, left), v)
      addRowProducts(&sums.1, read(a.1, k, left), v)
      addRowProducts(&sums.2, read(a.2, k, left), v)
      addRowProducts(&sums.3, read(a.3, k, left), v)
      addRowProducts(&sums.4, read(a.4, k, left), v)
    }

    @inline(__always)
    private static func products(
      _ a: Five<Input>, _ b: Five<Input>, _ count: Int, _ next: Input
    ) -> Five<Five<Float>> {
      var sums = (zeros, zeros, zeros, zeros, zeros)
      var k = 0
      while k &+ laneCount <= count {
        processor_prefetch(next + k)
        addProducts(&sums, a, b, k, laneCount)
        k &+= laneCount
      }
      if k < count { addProducts(&sums, a, b, k, count &- k) }
      return (laneSums(sums.0), laneSums(sums.1), laneSums(sums.2), laneSums(sums.3), laneSums(sums.4))
    }
  #else
    @inline(never)
    private static func products(_ a: Input, _ b: Five<Input>, _ count: Int, _ next: Input) -> Five<Float> {
      var sums = zeros
      var k = 0
      while k &+ laneCount <= count {
        processor_prefetch(next + k)
        addRowProducts(&sums, load(a, k), readFive(b, k, laneCount))
        k &+= laneCount
      }
      if k < count { addRowProducts(&sums, read(a, k, count &- k), readFive(b, k, count &- k)) }
      return laneSums(sums)
    }
  #endif

  @inline(__always)
  private static func laneSums(_ v: Five<Lanes>) -> Five<Float> {
    (laneSum(v.0), laneSum(v.1), laneSum(v.2), laneSum(v.3), laneSum(v.4))
  }

  /// Adds the products of row `i` with rows `j ..< j + 5` to the lower triangle.
  @inline(__always)
  private static func addRow(
    _ sums: Five<Float>, _ i: Int, _ j: Int, _ n: Int, _ out: UnsafeMutablePointer<Double>
  ) {
    @inline(__always) func add(_ sum: Float, _ j: Int) {
      if i < n, j <= i { out[i &* n &+ j] += Double(sum) }
    }
    add(sums.0, j)
    add(sums.1, j &+ 1)
    add(sums.2, j &+ 2)
    add(sums.3, j &+ 3)
    add(sums.4, j &+ 4)
  }
}
