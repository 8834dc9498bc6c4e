import KernelTypes

private typealias Five<T> = (T, T, T, T, T)

@inline(__always) private var zeros: Five<Lanes> {
  let zero = Lanes(repeating: 0)
  return (zero, zero, zero, zero, zero)
}

@inline(__always)
private func addProducts(_ sums: inout Five<Lanes>, _ a: Lanes, _ b: Five<Lanes>) {
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

/// Calls `f` for each whole sixteen columns with a constant `left`, then for the rest.
@inline(__always)
private func forEachColumns(_ count: Int, _ f: (_ start: Int, _ left: Int) -> Void) {
  var k = 0
  while k &+ laneCount <= count {
    f(k, laneCount)
    k &+= laneCount
  }
  if k < count { f(k, count &- k) }
}

extension Aggregation {
  static var gramChunk: Int { 1024 }

  static func gram(_ x: Input, _ n: Int, _ stride: Int, _ lo: Int, _ hi: Int, _ out: UnsafeMutablePointer<Double>) {
    var column = lo
    while column < hi {
      let end = min((column / gramChunk + 1) * gramChunk, hi)
      var i = 0
      while i < n {
        var j = 0
        while j <= i {
          addTile(x + column, stride, end - column, i, j, n, out)
          j &+= 5
        }
        i &+= 5
      }
      column = end
    }
  }

  /// Adds the inner products of rows `i ..< i + 5` with rows `j ..< j + 5` over `count` columns.
  private static func addTile(
    _ x: Input, _ stride: Int, _ count: Int, _ i: Int, _ j: Int, _ n: Int, _ out: UnsafeMutablePointer<Double>
  ) {
    // Rows past the last one are read again as the last one; what they give is dropped.
    @inline(__always) func row(_ r: Int) -> Input { x + min(r, n - 1) &* stride }
    let a = (row(i), row(i &+ 1), row(i &+ 2), row(i &+ 3), row(i &+ 4))
    let b = (row(j), row(j &+ 1), row(j &+ 2), row(j &+ 3), row(j &+ 4))
    #if WIDE_REGISTERS
      let sums = products(a, b, count)
    #else
      let sums = (
        products(a.0, b, count), products(a.1, b, count), products(a.2, b, count), products(a.3, b, count),
        products(a.4, b, count)
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
    private static func products(_ a: Five<Input>, _ b: Five<Input>, _ count: Int) -> Five<Five<Float>> {
      var sums = (zeros, zeros, zeros, zeros, zeros)
      @inline(__always) func add(_ k: Int, _ left: Int) {
        let v = readFive(b, k, left)
        addProducts(&sums.0, read(a.0, k, left), v)
        addProducts(&sums.1, read(a.1, k, left), v)
        addProducts(&sums.2, read(a.2, k, left), v)
        addProducts(&sums.3, read(a.3, k, left), v)
        addProducts(&sums.4, read(a.4, k, left), v)
      }
      forEachColumns(count, add)
      return (laneSums(sums.0), laneSums(sums.1), laneSums(sums.2), laneSums(sums.3), laneSums(sums.4))
    }
  #else
    @inline(never)
    private static func products(_ a: Input, _ b: Five<Input>, _ count: Int) -> Five<Float> {
      var sums = zeros
      @inline(__always) func add(_ k: Int, _ left: Int) {
        addProducts(&sums, read(a, k, left), readFive(b, k, left))
      }
      forEachColumns(count, add)
      return laneSums(sums)
    }
  #endif

  @inline(__always)
  private static func laneSums(_ v: Five<Lanes>) -> Five<Float> {
    (laneSum(v.0), laneSum(v.1), laneSum(v.2), laneSum(v.3), laneSum(v.4))
  }

  /// Adds the products of row `i` with rows `j ..< j + 5` to both triangles.
  @inline(__always)
  private static func addRow(
    _ sums: Five<Float>, _ i: Int, _ j: Int, _ n: Int, _ out: UnsafeMutablePointer<Double>
  ) {
    @inline(__always) func add(_ sum: Float, _ j: Int) {
      guard i < n, j <= i else { return }
      out[i &* n &+ j] += Double(sum)
      if i != j { out[j &* n &+ i] += Double(sum) }
    }
    add(sums.0, j)
    add(sums.1, j &+ 1)
    add(sums.2, j &+ 2)
    add(sums.3, j &+ 3)
    add(sums.4, j &+ 4)
  }
}
