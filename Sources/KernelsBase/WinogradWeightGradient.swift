import KernelTypes

extension Convolution {
  /// Tiles whose points are summed at a time: many, since the sums are read and written each time.
  private static func gradientTileBlock(_ g: TileGeometry, _ tiles: Int) -> Int {
    let fitting = 1_000_000 / (tilePoints * (oddLines(g.channels) + oddLines(g.outputs)))
    let block = max(64, fitting)
    let blocks = (tiles + block - 1) / block
    return blocks == 0 ? 0 : (tiles + blocks - 1) / blocks
  }

  private static func gradientTileCount(_ s: ConvolutionShape, _ g: TileGeometry) -> Int {
    s.batch * g.tileRows * g.tileColumns
  }

  private static func sumPanel(_ g: TileGeometry) -> Int { tilePoints * weightPlane(g.channels) }

  /// Panels of sums that are kept: all, unless one block of tiles completes each.
  private static func keptPanels(_ g: TileGeometry, _ block: Int, _ tiles: Int) -> Int {
    block < tiles ? (g.outputs + panelWidth - 1) / panelWidth : 1
  }

  /// Floats that the transforms of a block of tiles and the sums' tiles need, one after the other.
  private static func gradientTransformWorkspace(_ g: TileGeometry, _ block: Int) -> Int {
    max(
      tileRunWorkspace(min(block, g.tileColumns), max(g.channels, g.outputs)), max(tilePoints * laneCount, scratchTile))
  }

  static func tileGradientWorkspace(_ s: ConvolutionShape) -> Int {
    let g = tiles(s, .weightGradient)
    let count = gradientTileCount(s, g)
    let block = gradientTileBlock(g, count)
    return floatsForIndices(block) + gradientTransformWorkspace(g, block)
      + tilePoints * (tilePlaneFloats(block, g.channels) + tilePlaneFloats(block, g.outputs))
      + keptPanels(g, block, count) * sumPanel(g)
  }

  /// Writes the weight gradient: at each point, the products of the input's and the output gradient's tiles, summed
  /// over all tiles in their order.
  static func tileWeightGradient(
    _ s: ConvolutionShape, _ x: Input, _ gy: Input, _ gw: Output, _ workspace: Output
  ) {
    let g = tiles(s, .weightGradient)
    let count = gradientTileCount(s, g)
    let block = gradientTileBlock(g, count)
    guard count > 0 else { return setAll(gw, 9 &* g.channels &* g.outputs, 0) }
    let offsets = indices(workspace)
    let scratch = workspace + floatsForIndices(block)
    let v = tilePlanes(scratch + gradientTransformWorkspace(g, block), block, g.channels)
    let d = tilePlanes(v.base + tilePoints &* v.plane, block, g.outputs)
    let sums = d.base + tilePoints &* d.plane
    for i in 0..<block { offsets[i] = i &* v.row }
    var first = 0
    while first < count {
      let tiles = min(block, count - first)
      transformInputs(g, x, first, tiles, v, scratch)
      transformOutputGradients(g, gy, first, tiles, d, scratch)
      var channel = 0
      while channel < g.outputs {
        let width = min(panelWidth, g.outputs - channel)
        let panel = sums + (block < count ? channel / panelWidth &* sumPanel(g) : 0)
        addPoints(
          g, v, UnsafePointer(offsets), tiles, (d.base + channel, d.plane, d.row), width, first > 0, panel, scratch)
        if first + tiles == count { writeWeightGradients(g, panel, channel, width, gw, scratch) }
        channel &+= panelWidth
      }
      first &+= tiles
    }
  }

  private static func addPoints(
    _ g: TileGeometry, _ v: TilePlanes, _ offsets: UnsafePointer<Int>, _ tiles: Int, _ d: TilePlanes, _ width: Int,
    _ accumulate: Bool, _ panel: Output, _ scratch: Output
  ) {
    // Rows of gradients have room for whole lanes.
    let columns = width > laneCount ? panelWidth : laneCount
    for point in 0..<tilePoints {
      let operands: ColumnOperands = (
        Input(v.base + point &* v.plane), offsets, tiles, Input(d.base + point &* d.plane), d.row
      )
      multiplyColumns(
        g.channels, columns, operands, accumulate,
        panel + point &* weightPlane(g.channels), panelWidth, scratch)
    }
  }

  /// Transforms a panel of sums to the nine taps of `width` outputs from `channel`.
  private static func writeWeightGradients(
    _ g: TileGeometry, _ panel: Input, _ channel: Int, _ width: Int, _ gw: Output, _ middle: Output
  ) {
    let plane = weightPlane(g.channels)
    let tap = g.channels &* g.outputs
    for row in 0..<g.channels {
      forEachLanes(width) { c, left in
        let source = panel + (row &* panelWidth &+ c)
        var j = 0
        while j < 6 {
          let three = weightGradients(loadSix(source + j &* plane, 6 &* plane))
          store(three.0, middle, j &* laneCount)
          store(three.1, middle, (6 &+ j) &* laneCount)
          store(three.2, middle, (12 &+ j) &* laneCount)
          j &+= 1
        }
        var i = 0
        while i < 3 {
          let three = weightGradients(loadSix(middle + i &* 6 &* laneCount, laneCount))
          let target = gw + (3 &* i &* tap &+ row &* g.outputs &+ channel &+ c)
          write(three.0, target, 0, left)
          write(three.1, target, tap, left)
          write(three.2, target, 2 &* tap, left)
          i &+= 1
        }
      }
    }
  }
}
