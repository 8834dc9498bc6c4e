import KernelTypes

/// How the tiles of a Winograd convolution lie: it reads images of `height` by `width` pixels with `channels` floats,
/// and writes `outputHeight` by `outputWidth` pixels with `outputs` floats, 4 by 4 of them a tile.
typealias TileGeometry = (
  height: Int, width: Int, channels: Int, outputHeight: Int, outputWidth: Int, outputs: Int, paddingY: Int,
  paddingX: Int, tileRows: Int, tileColumns: Int
)

func tileGeometry(
  height: Int, width: Int, channels: Int, outputHeight: Int, outputWidth: Int, outputs: Int, paddingY: Int,
  paddingX: Int
) -> TileGeometry {
  (
    height, width, channels, outputHeight, outputWidth, outputs, paddingY, paddingX, (outputHeight + 3) / 4,
    (outputWidth + 3) / 4
  )
}

/// Rounds up to an odd number of cache lines: rows and planes so far apart do not share few sets of the caches.
@inline(__always)
func oddLines(_ floats: Int) -> Int { ((floats + laneCount - 1) / laneCount | 1) * laneCount }

/// Transformed tiles: `[36][tile][channels]`, planes and rows an odd number of cache lines apart.
typealias TilePlanes = (base: Output, plane: Int, row: Int)

@inline(__always)
func tilePlaneFloats(_ tiles: Int, _ channels: Int) -> Int { oddLines(tiles * oddLines(channels)) }

@inline(__always)
func tilePlanes(_ base: Output, _ tiles: Int, _ channels: Int) -> TilePlanes {
  (base, tilePlaneFloats(tiles, channels), oddLines(channels))
}

/// A tile's place: its image, and its first output row and column.
typealias TilePlace = (image: Int, row: Int, column: Int)

/// Calls `f` with the place of each of `count` tiles from `first`.
@inline(__always)
func forEachTile(_ g: TileGeometry, _ first: Int, _ count: Int, _ f: (_ tile: Int, _ place: TilePlace) -> Void) {
  let perImage = g.tileRows &* g.tileColumns
  var image = first / perImage
  var row = first % perImage / g.tileColumns
  var column = first % g.tileColumns
  for tile in 0..<count {
    f(tile, (image, row &* tileSide, column &* tileSide))
    column &+= 1
    if column == g.tileColumns {
      column = 0
      row &+= 1
      if row == g.tileRows {
        row = 0
        image &+= 1
      }
    }
  }
}

/// Floats of workspace of ``transformInputs``: places, an intermediate tile, and a pixel of zeros.
@inline(__always)
func inputTransformWorkspace(_ channels: Int) -> Int {
  floatsForIndices(tilePoints) + tilePoints * laneCount + oddLines(channels)
}

/// Writes the points of the input tiles `first ..< first + count`.
func transformInputs(
  _ g: TileGeometry, _ x: Input, _ first: Int, _ count: Int, _ v: TilePlanes, _ workspace: Output
) {
  let places = indices(workspace)
  let middle = workspace + floatsForIndices(tilePoints)
  let zeros = middle + tilePoints * laneCount
  setAll(zeros, g.channels, 0)
  // Pixels outside the image are read from the zeros, wherever they lie.
  let outside = Input(zeros) - x
  forEachTile(g, first, count) { tile, place in
    for i in 0..<6 {
      let row = place.row &+ i &- g.paddingY
      for j in 0..<6 {
        let column = place.column &+ j &- g.paddingX
        let isInside = row >= 0 && row < g.height && column >= 0 && column < g.width
        let pixel = (place.image &* g.height &+ row) &* g.width &+ column
        places[j &* 6 &+ i] = isInside ? pixel &* g.channels : outside
      }
    }
    let target = v.base + tile &* v.row
    forEachLanes(g.channels) { c, left in
      transformInput(x + c, UnsafePointer(places), left, middle, target + c, v.plane)
    }
  }
}

/// Transforms the 36 pixels at `places`, column by column, for up to sixteen channels.
@inline(__always)
private func transformInput(
  _ x: Input, _ places: UnsafePointer<Int>, _ left: Int, _ middle: Output, _ target: Output, _ plane: Int
) {
  var j = 0
  while j < 6 {
    let p = places + j &* 6
    @inline(__always) func pixel(_ i: Int) -> Lanes { read(x + p[i], 0, left) }
    let column = inputPoints((pixel(0), pixel(1), pixel(2), pixel(3), pixel(4), pixel(5)))
    storeSix(column, middle + j &* laneCount, 6 &* laneCount)
    j &+= 1
  }
  var i = 0
  while i < 6 {
    let row = inputPoints(loadSix(middle + i &* 6 &* laneCount, laneCount))
    storeSix(row, target + i &* 6 &* plane, plane)
    i &+= 1
  }
}

/// Writes the outputs of tiles `first ..< first + count` from their products, 32 channels wide, for the `width`
/// channels from `channel`.
///
/// `middle` holds 24 lanes.
func transformOutputs(
  _ g: TileGeometry, _ m: TilePlanes, _ first: Int, _ count: Int, _ channel: Int, _ width: Int, _ bias: Input?,
  _ y: Output, _ middle: Output
) {
  forEachTile(g, first, count) { tile, place in
    let pixel = (place.image &* g.outputHeight &+ place.row) &* g.outputWidth &+ place.column
    let target = y + (pixel &* g.outputs &+ channel)
    let rows = min(tileSide, g.outputHeight - place.row)
    let columns = min(tileSide, g.outputWidth - place.column)
    let source = m.base + tile &* m.row
    forEachLanes(width) { c, left in
      let start = bias.map { read($0 + channel, c, left) } ?? Lanes(repeating: 0)
      transformOutput(
        source + c, m.plane, start, middle, target + c, rows, columns, g.outputWidth &* g.outputs, g.outputs, left)
    }
  }
}

@inline(__always)
private func transformOutput(
  _ source: Input, _ plane: Int, _ start: Lanes, _ middle: Output, _ y: Output, _ rows: Int, _ columns: Int,
  _ rowStride: Int, _ pixelStride: Int, _ left: Int
) {
  var j = 0
  while j < 6 {
    let column = outputs(loadSix(source + j &* plane, 6 &* plane))
    store(column.0, middle, j &* laneCount)
    store(column.1, middle, (6 &+ j) &* laneCount)
    store(column.2, middle, (12 &+ j) &* laneCount)
    store(column.3, middle, (18 &+ j) &* laneCount)
    j &+= 1
  }
  var i = 0
  while i < rows {
    let row = outputs(loadSix(middle + i &* 6 &* laneCount, laneCount))
    let target = y + i &* rowStride
    write(row.0 + start, target, 0, left)
    if columns > 1 { write(row.1 + start, target, pixelStride, left) }
    if columns > 2 { write(row.2 + start, target, 2 &* pixelStride, left) }
    if columns > 3 { write(row.3 + start, target, 3 &* pixelStride, left) }
    i &+= 1
  }
}
