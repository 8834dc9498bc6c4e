import KernelTypes

// The inner loops of matrix product and convolution: a tile of up to 14 rows and 32 columns of the result stays in
// registers while the depth streams by. `rows` and `wide` are constants wherever a tile is used, so that each use
// becomes straight code; the tuples become registers.

/// Fourteen of a kind, one for each row of a tile.
typealias Fourteen<T> = (T, T, T, T, T, T, T, T, T, T, T, T, T, T)

/// Most rows of a tile, and whether it is 32 columns wide or 16, by the number of vector registers.
#if WIDE_REGISTERS
  @inline(__always) var tallestTile: Int { 14 }
  @inline(__always) var tileIsWide: Bool { true }
#else
  @inline(__always) var tallestTile: Int { 6 }
  @inline(__always) var tileIsWide: Bool { false }
#endif

/// Width of a packed panel.
@inline(__always) var panelWidth: Int { 32 }

/// Floats of a scratch tile.
@inline(__always) var scratchTile: Int { 14 * panelWidth }

/// Picks the next tile's height so that few rows are left for small, slow tiles.
@inline(__always)
func tileHeight(_ rowsLeft: Int) -> Int {
  #if WIDE_REGISTERS
    rowsLeft >= 14 ? 14 : rowsLeft >= 8 ? 8 : rowsLeft >= 4 ? 4 : rowsLeft >= 2 ? 2 : 1
  #else
    rowsLeft >= 6 ? 6 : rowsLeft >= 4 ? 4 : rowsLeft >= 2 ? 2 : 1
  #endif
}

@inline(__always)
func fourteen<T>(_ f: (Int) -> T) -> Fourteen<T> {
  (f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7), f(8), f(9), f(10), f(11), f(12), f(13))
}

/// Calls `f` for each of the first `rows` rows with its part of `a`.
@inline(__always)
func forEachRow(_ rows: Int, _ a: Fourteen<Lanes>, _ f: (Int, Lanes) -> Void) {
  @inline(__always) func visit(_ i: Int, _ v: Lanes) { if i < rows { f(i, v) } }
  visit(0, a.0)
  visit(1, a.1)
  visit(2, a.2)
  visit(3, a.3)
  visit(4, a.4)
  visit(5, a.5)
  visit(6, a.6)
  visit(7, a.7)
  visit(8, a.8)
  visit(9, a.9)
  visit(10, a.10)
  visit(11, a.11)
  visit(12, a.12)
  visit(13, a.13)
}

/// Adds `p.i[k] * b` to row `i` of the first `rows` accumulators.
@inline(__always)
func addProducts(
  _ rows: Int, _ low: inout Fourteen<Lanes>, _ high: inout Fourteen<Lanes>, _ wide: Bool, _ b: Input,
  _ p: Fourteen<Input>, _ k: Int
) {
  let first = load(b)
  let second = wide ? load(b, laneCount) : first
  @inline(__always) func add(_ i: Int, _ low: inout Lanes, _ high: inout Lanes, _ p: Input) {
    guard i < rows else { return }
    let x = Lanes(repeating: p[k])
    low = multiplyAdd(x, first, low)
    if wide { high = multiplyAdd(x, second, high) }
  }
  add(0, &low.0, &high.0, p.0)
  add(1, &low.1, &high.1, p.1)
  add(2, &low.2, &high.2, p.2)
  add(3, &low.3, &high.3, p.3)
  add(4, &low.4, &high.4, p.4)
  add(5, &low.5, &high.5, p.5)
  add(6, &low.6, &high.6, p.6)
  add(7, &low.7, &high.7, p.7)
  add(8, &low.8, &high.8, p.8)
  add(9, &low.9, &high.9, p.9)
  add(10, &low.10, &high.10, p.10)
  add(11, &low.11, &high.11, p.11)
  add(12, &low.12, &high.12, p.12)
  add(13, &low.13, &high.13, p.13)
}

/// Returns what the accumulators start with: the rows at `start`, `stride` apart, or zeros.
@inline(__always)
func startValues(_ rows: Int, _ start: Input?, _ stride: Int, _ lane: Int) -> Fourteen<Lanes> {
  guard let start else { return fourteen { _ in Lanes(repeating: 0) } }
  return fourteen { i in i < rows ? load(start, i &* stride &+ lane) : Lanes(repeating: 0) }
}

@inline(__always)
func storeTile(
  _ rows: Int, _ low: Fourteen<Lanes>, _ high: Fourteen<Lanes>, _ wide: Bool, _ c: Output, _ cStride: Int
) {
  forEachRow(rows, low) { i, v in store(v, c, i &* cStride) }
  if wide { forEachRow(rows, high) { i, v in store(v, c, i &* cStride &+ laneCount) } }
}
