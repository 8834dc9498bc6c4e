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

/// Tiles side by side: the first one's number, image, and first output row and column, and how many there are.
typealias TileRun = (first: Int, image: Int, row: Int, column: Int, count: Int)

/// Calls `f` with the runs of tiles side by side of which `first ..< first + count` consists; their numbers are from 0.
@inline(__always)
func forEachRun(_ g: TileGeometry, _ first: Int, _ count: Int, _ f: (TileRun) -> Void) {
  var tile = 0
  while tile < count {
    let index = first &+ tile
    let column = index % g.tileColumns
    let row = index / g.tileColumns
    let length = min(count &- tile, g.tileColumns &- column)
    f((tile, row / g.tileRows, row % g.tileRows &* tileSide, column &* tileSide, length))
    tile &+= length
  }
}

/// Floats of workspace to transform runs of up to `tiles` tiles: a pixel of zeros, and rows transformed in one
/// direction.
@inline(__always)
func tileRunWorkspace(_ tiles: Int, _ channels: Int) -> Int {
  oddLines(channels) + 6 * runPlane(tiles, channels)
}

@inline(__always)
private func runPlane(_ tiles: Int, _ channels: Int) -> Int {
  oddLines((tileSide * tiles + 2) * oddLines(channels))
}

/// Six image rows: where each starts and how far its pixels lie apart, which is 0 for rows outside, read from zeros.
private typealias ImageRows = (start: (Input, Input, Input, Input, Input, Input), step: (Int, Int, Int, Int, Int, Int))

@inline(__always)
private func imageRows(
  _ image: Input, _ top: Int, _ count: Int, _ height: Int, _ width: Int, _ channels: Int, _ zeros: Input
) -> ImageRows {
  @inline(__always) func isInside(_ i: Int) -> Bool { i < count && top &+ i >= 0 && top &+ i < height }
  @inline(__always) func start(_ i: Int) -> Input {
    isInside(i) ? image + (top &+ i) &* width &* channels : zeros
  }
  @inline(__always) func step(_ i: Int) -> Int { isInside(i) ? channels : 0 }
  return (
    (start(0), start(1), start(2), start(3), start(4), start(5)), (step(0), step(1), step(2), step(3), step(4), step(5))
  )
}

/// Writes the points of the input tiles `first ..< first + count`.
///
/// Rows are read from end to end, as memory likes it, and each column is transformed once for both tiles it is in.
func transformInputs(
  _ g: TileGeometry, _ x: Input, _ first: Int, _ count: Int, _ v: TilePlanes, _ workspace: Output
) {
  let middle = workspace + oddLines(g.channels)
  let plane = runPlane(min(count, g.tileColumns), g.channels)
  setAll(workspace, g.channels, 0)
  forEachRun(g, first, count) { run in
    let image = x + run.image &* g.height &* g.width &* g.channels
    let rows = imageRows(image, run.row &- g.paddingY, 6, g.height, g.width, g.channels, workspace)
    for i in 0..<tileSide &* run.count &+ 2 {
      let column = run.column &+ i &- g.paddingX
      let target = middle + i &* v.row
      if column < 0 || column >= g.width {
        for point in 0..<6 { setAll(target + point &* plane, v.row, 0) }
      } else {
        transformInputColumn(rows, column, g.channels, target, plane)
      }
    }
    for tile in 0..<run.count {
      for point in 0..<6 {
        let source = middle + (point &* plane &+ tile &* tileSide &* v.row)
        let target = v.base + (6 &* point &* v.plane &+ (run.first &+ tile) &* v.row)
        var c = 0
        while c < g.channels {
          storeSix(inputPoints(loadSix(source + c, v.row)), target + c, v.plane)
          c &+= laneCount
        }
      }
    }
  }
}

@inline(__always)
private func transformInputColumn(
  _ rows: ImageRows, _ column: Int, _ channels: Int, _ target: Output, _ plane: Int
) {
  let (r, s) = (rows.start, rows.step)
  let p = (
    r.0 + column &* s.0, r.1 + column &* s.1, r.2 + column &* s.2, r.3 + column &* s.3, r.4 + column &* s.4,
    r.5 + column &* s.5
  )
  forEachLanes(channels) { c, left in
    let d = (
      read(p.0, c, left), read(p.1, c, left), read(p.2, c, left), read(p.3, c, left), read(p.4, c, left),
      read(p.5, c, left)
    )
    storeSix(inputPoints(d), target + c, plane)
  }
}

/// Writes the points of the output's gradients of tiles `first ..< first + count`; past the image they are zero.
func transformOutputGradients(
  _ g: TileGeometry, _ gy: Input, _ first: Int, _ count: Int, _ d: TilePlanes, _ workspace: Output
) {
  let middle = workspace + oddLines(g.outputs)
  let plane = runPlane(min(count, g.tileColumns), g.outputs)
  setAll(workspace, g.outputs, 0)
  forEachRun(g, first, count) { run in
    let image = gy + run.image &* g.outputHeight &* g.outputWidth &* g.outputs
    let rows = imageRows(image, run.row, tileSide, g.outputHeight, g.outputWidth, g.outputs, workspace)
    for i in 0..<tileSide &* run.count {
      let column = run.column &+ i
      let target = middle + i &* d.row
      if column >= g.outputWidth {
        for point in 0..<6 { setAll(target + point &* plane, d.row, 0) }
      } else {
        transformGradientColumn(rows, column, g.outputs, target, plane)
      }
    }
    for tile in 0..<run.count {
      for point in 0..<6 {
        let source = middle + (point &* plane &+ tile &* tileSide &* d.row)
        let target = d.base + (6 &* point &* d.plane &+ (run.first &+ tile) &* d.row)
        var c = 0
        while c < g.outputs {
          let four = (
            load(source, c), load(source, d.row &+ c), load(source, 2 &* d.row &+ c), load(source, 3 &* d.row &+ c)
          )
          storeSix(outputGradientPoints(four), target + c, d.plane)
          c &+= laneCount
        }
      }
    }
  }
}

@inline(__always)
private func transformGradientColumn(
  _ rows: ImageRows, _ column: Int, _ channels: Int, _ target: Output, _ plane: Int
) {
  let (r, s) = (rows.start, rows.step)
  let p = (r.0 + column &* s.0, r.1 + column &* s.1, r.2 + column &* s.2, r.3 + column &* s.3)
  forEachLanes(channels) { c, left in
    let y = (read(p.0, c, left), read(p.1, c, left), read(p.2, c, left), read(p.3, c, left))
    storeSix(outputGradientPoints(y), target + c, plane)
  }
}

/// Floats of workspace of ``transformOutputs``: an intermediate tile.
@inline(__always) var outputTransformWorkspace: Int { 24 * laneCount }

/// Writes the outputs of tiles `first ..< first + count` from their products, 32 channels wide, for the `width`
/// channels from `channel`.
func transformOutputs(
  _ g: TileGeometry, _ m: TilePlanes, _ first: Int, _ count: Int, _ channel: Int, _ width: Int, _ bias: Input?,
  _ y: Output, _ middle: Output
) {
  forEachRun(g, first, count) { run in
    let rows = min(tileSide, g.outputHeight - run.row)
    for tile in 0..<run.count {
      let x = run.column &+ tile &* tileSide
      let pixel = (run.image &* g.outputHeight &+ run.row) &* g.outputWidth &+ x
      let target = y + (pixel &* g.outputs &+ channel)
      let columns = min(tileSide, g.outputWidth - x)
      let source = m.base + (run.first &+ tile) &* m.row
      forEachLanes(width) { c, left in
        let start = bias.map { read($0 + channel, c, left) } ?? Lanes(repeating: 0)
        transformOutput(
          source + c, m.plane, start, middle, target + c, rows, columns, g.outputWidth &* g.outputs, g.outputs, left)
      }
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
