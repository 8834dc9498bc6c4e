import KernelTypes

// Tiles of fourteen rows and 24 columns, whose last eight take half a register: products with 24 channels would waste a
// quarter of a tile of 32. Only where there are registers for them; the sums are the same.

#if WIDE_REGISTERS
  /// Tells whether a tile is one of those here.
  @inline(__always)
  func isMiddleTile(_ rows: Int, _ columns: Int) -> Bool { rows == 14 && columns == 24 }

  /// Eight floats: half of ``Lanes``.
  private typealias HalfLanes = SIMD8<Float>

  @inline(__always)
  private func loadHalf(_ p: Input, _ i: Int) -> HalfLanes {
    UnsafeRawPointer(p).loadUnaligned(fromByteOffset: i &* 4, as: HalfLanes.self)
  }

  /// Adds `p.i[k] * b` to row `i` of the accumulators.
  @inline(__always)
  private func addProducts(
    _ low: inout Fourteen<Lanes>, _ high: inout Fourteen<HalfLanes>, _ b: Input, _ p: Fourteen<Input>, _ k: Int
  ) {
    let first = load(b)
    let second = loadHalf(b, laneCount)
    @inline(__always) func add(_ low: inout Lanes, _ high: inout HalfLanes, _ p: Input) {
      let x = Lanes(repeating: p[k])
      low = low.addingProduct(x, first)
      high = high.addingProduct(x.lowHalf, second)
    }
    add(&low.0, &high.0, p.0)
    add(&low.1, &high.1, p.1)
    add(&low.2, &high.2, p.2)
    add(&low.3, &high.3, p.3)
    add(&low.4, &high.4, p.4)
    add(&low.5, &high.5, p.5)
    add(&low.6, &high.6, p.6)
    add(&low.7, &high.7, p.7)
    add(&low.8, &high.8, p.8)
    add(&low.9, &high.9, p.9)
    add(&low.10, &high.10, p.10)
    add(&low.11, &high.11, p.11)
    add(&low.12, &high.12, p.12)
    add(&low.13, &high.13, p.13)
  }

  @inline(__always)
  private func startValues(_ start: TileStart) -> (Fourteen<Lanes>, Fourteen<HalfLanes>) {
    guard let rows = start.rows else {
      return (fourteen { _ in Lanes(repeating: 0) }, fourteen { _ in HalfLanes(repeating: 0) })
    }
    return (
      fourteen { i in load(rows, i &* start.stride) }, fourteen { i in loadHalf(rows, i &* start.stride &+ laneCount) }
    )
  }

  @inline(__always)
  private func store(_ low: Fourteen<Lanes>, _ high: Fourteen<HalfLanes>, _ c: Output, _ stride: Int) {
    @inline(__always) func put(_ i: Int, _ low: Lanes, _ high: HalfLanes) {
      let row = UnsafeMutableRawPointer(c + i &* stride)
      row.storeBytes(of: low, as: Lanes.self)
      row.storeBytes(of: high, toByteOffset: laneCount &* 4, as: HalfLanes.self)
    }
    put(0, low.0, high.0)
    put(1, low.1, high.1)
    put(2, low.2, high.2)
    put(3, low.3, high.3)
    put(4, low.4, high.4)
    put(5, low.5, high.5)
    put(6, low.6, high.6)
    put(7, low.7, high.7)
    put(8, low.8, high.8)
    put(9, low.9, high.9)
    put(10, low.10, high.10)
    put(11, low.11, high.11)
    put(12, low.12, high.12)
    put(13, low.13, high.13)
  }

  /// As the tiles of 32 columns of ``multiplyRows(_:_:_:_:_:_:_:_:)``.
  @inline(never)
  func writeMiddleRowTile(
    _ x: RowOperands, _ offsets: UnsafePointer<Int>, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    var (low, high) = startValues(start)
    var b = x.b
    for t in 0..<x.tapCount {
      let tap = x.a + x.taps[t]
      let pointers = fourteen { i in tap + offsets[i] }
      var k = 0
      while k < x.depth {
        addProducts(&low, &high, b, pointers, k)
        b += x.bStride
        k &+= 1
      }
    }
    store(low, high, c, cStride)
  }

  /// As the tiles of 32 columns of ``multiplyColumns(_:_:_:_:_:_:_:)``.
  @inline(never)
  func writeMiddleColumnTile(_ z: ColumnOperands, _ row: Int, _ start: TileStart, _ c: Output, _ cStride: Int) {
    var (low, high) = startValues(start)
    var y = z.y
    let x = z.x + row
    var p = 0
    while p < z.depth {
      let q = x + z.offsets[p]
      addProducts(&low, &high, y, fourteen { i in q + i }, 0)
      y += z.yStride
      p &+= 1
    }
    store(low, high, c, cStride)
  }
#endif
