import KernelTypes

extension Convolution {
  /// Tells whether tiles can compute the convolution at all.
  static func allowsTiles(_ s: ConvolutionShape) -> Bool {
    s.kernelHeight == 3 && s.kernelWidth == 3 && s.strideY == 1 && s.strideX == 1 && s.groups == 1 && s.paddingY <= 2
      && s.paddingX <= 2 && s.outputHeight > 0 && s.outputWidth > 0
  }

  /// Tells whether tiles are faster than windows.
  ///
  /// A tile takes 36 products a pair of channels, about 42 with its transforms, instead of 9 a pixel. Transforming the
  /// pair's weights costs as much as some 500 products.
  static func tilesPay(_ s: ConvolutionShape, _ pass: ConvolutionPass) -> Bool {
    let g = tiles(s, pass)
    let saved = s.batch * (9 * g.outputHeight * g.outputWidth - 42 * g.tileRows * g.tileColumns)
    return saved > 500 && min(g.channels, g.outputs) >= 8 && g.channels * g.outputs >= 256
  }

  /// The tiles of a pass: the input gradient is the convolution of the output's gradient with the weights turned
  /// around.
  static func tiles(_ s: ConvolutionShape, _ pass: ConvolutionPass) -> TileGeometry {
    if pass == .inputGradient {
      tileGeometry(
        height: s.outputHeight, width: s.outputWidth, channels: s.outputChannels, outputHeight: s.height,
        outputWidth: s.width, outputs: s.inputChannels, paddingY: 2 - s.paddingY, paddingX: 2 - s.paddingX)
    } else {
      tileGeometry(
        height: s.height, width: s.width, channels: s.inputChannels, outputHeight: s.outputHeight,
        outputWidth: s.outputWidth, outputs: s.outputChannels, paddingY: s.paddingY, paddingX: s.paddingX)
    }
  }

  /// The panels, and what it takes to write them.
  static func tilePreparedCount(_ s: ConvolutionShape, _ pass: ConvolutionPass) -> Int {
    let g = tiles(s, pass)
    return tilePanels(g) * weightPanel(g.channels) + weightTransformWorkspace
  }

  static func prepareTiles(_ s: ConvolutionShape, _ pass: ConvolutionPass, _ w: Input, _ prepared: Output) {
    let g = tiles(s, pass)
    let tap = s.inputChannels * s.outputChannels
    let bank: WeightBank =
      pass == .inputGradient ? (w + 8 * tap, -tap, 1, s.outputChannels) : (w, tap, s.outputChannels, 1)
    transformWeights(bank, g.channels, g.outputs, prepared, prepared + tilePanels(g) * weightPanel(g.channels))
  }

  private static func tilePanels(_ g: TileGeometry) -> Int { (g.outputs + panelWidth - 1) / panelWidth }

  /// Tiles worked on at a time: their points stay in the second-level cache, and each reading of the weights serves
  /// enough of them.
  private static func tileBlock(_ g: TileGeometry, _ tiles: Int) -> Int {
    let fitting = 160_000 / (tilePoints * oddLines(g.channels))
    let block = max(28, fitting / 14 * 14)
    let blocks = (tiles + block - 1) / block
    return blocks == 0 ? 0 : ((tiles + blocks - 1) / blocks + 1) / 2 * 2
  }

  private static func tileCount(_ s: ConvolutionShape, _ g: TileGeometry) -> Int {
    s.batch * g.tileRows * g.tileColumns
  }

  /// Floats that the transforms of a block of tiles need, one after the other.
  private static func transformWorkspace(_ g: TileGeometry, _ block: Int) -> Int {
    max(tileRunWorkspace(min(block, g.tileColumns), g.channels), outputTransformWorkspace)
  }

  private static func productPlane(_ block: Int) -> Int { oddLines(block * panelWidth) }

  static func tileWorkspace(_ s: ConvolutionShape, _ pass: ConvolutionPass) -> Int {
    let g = tiles(s, pass)
    let block = tileBlock(g, tileCount(s, g))
    return floatsForIndices(block + 1) + transformWorkspace(g, block)
      + tilePoints * (tilePlaneFloats(block, g.channels) + productPlane(block))
  }

  /// Writes the forward pass or, given the output's gradient and weights prepared for it, the input gradient.
  static func multiplyTiles(
    _ s: ConvolutionShape, _ pass: ConvolutionPass, _ x: Input, _ prepared: Input, _ bias: Input?, _ y: Output,
    _ workspace: Output
  ) {
    let g = tiles(s, pass)
    let count = tileCount(s, g)
    let block = tileBlock(g, count)
    let offsets = indices(workspace)
    let middle = workspace + floatsForIndices(block + 1)
    let v = tilePlanes(middle + transformWorkspace(g, block), block, g.channels)
    let m: TilePlanes = (v.base + tilePoints &* v.plane, productPlane(block), panelWidth)
    for i in 0..<block { offsets[i] = i &* v.row }
    offsets[block] = 0
    var first = 0
    while first < count {
      let tiles = min(block, count - first)
      transformInputs(g, x, first, tiles, v, middle)
      for panel in 0..<tilePanels(g) {
        let channel = panel &* panelWidth
        let width = min(panelWidth, g.outputs - channel)
        multiplyPoints(g, v, offsets, block, tiles, prepared + panel &* weightPanel(g.channels), width, m)
        transformOutputs(g, m, first, tiles, channel, width, bias, y, middle)
      }
      first &+= tiles
    }
  }

  /// Multiplies each point of the tiles with its plane of a panel of weights.
  private static func multiplyPoints(
    _ g: TileGeometry, _ v: TilePlanes, _ offsets: UnsafeMutablePointer<Int>, _ block: Int, _ tiles: Int,
    _ panel: Input, _ width: Int, _ m: TilePlanes
  ) {
    // The planes have room for whole lanes.
    let columns = width > laneCount ? panelWidth : laneCount
    let plane = weightPlane(g.channels)
    for point in 0..<tilePoints {
      let operands: RowOperands = (
        Input(v.base + point &* v.plane), UnsafePointer(offsets + block), 1, g.channels, panel + point &* plane,
        panelWidth
      )
      multiplyRows(
        tiles, columns, operands, UnsafePointer(offsets), (nil, 0), m.base + point &* m.plane, m.row, m.base)
    }
  }
}
