import KernelTypes

/// Packs `depth` rows of `columns` elements into panels 32 wide: `[panel][depth][32]`, the last filled with zeros.
func packPanels(
  _ b: Input, _ rowStride: Int, _ columnStride: Int, _ depth: Int, _ columns: Int, _ panels: Output
) {
  var column = 0
  while column < columns {
    let width = min(panelWidth, columns - column)
    packPanel(
      b + column &* columnStride, rowStride, columnStride, depth, width, panels + column &* depth)
    column &+= panelWidth
  }
}

/// Packs up to 32 columns; those that are missing become zeros.
func packPanel(
  _ b: Input, _ rowStride: Int, _ columnStride: Int, _ depth: Int, _ width: Int, _ panel: Output
) {
  if width < panelWidth { setAll(panel, depth &* panelWidth, 0) }
  if columnStride == 1 {
    for k in 0..<depth {
      if width == panelWidth {
        store(load(b, k &* rowStride), panel, k &* panelWidth)
        store(load(b, k &* rowStride &+ laneCount), panel, k &* panelWidth &+ laneCount)
      } else {
        copy(b + k &* rowStride, panel + k &* panelWidth, width)
      }
    }
  } else if rowStride == 1 {
    transposeMatrix(b, columnStride, width, depth, panel, panelWidth)
  } else {
    for k in 0..<depth {
      for j in 0..<width { panel[k &* panelWidth &+ j] = b[k &* rowStride &+ j &* columnStride] }
    }
  }
}
