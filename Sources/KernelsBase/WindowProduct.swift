import KernelTypes

/// Returns the floats of workspace that ``multiplyWindows`` needs beside its packed weights.
func windowWorkspace(_ g: WindowGeometry) -> Int {
  floatsForIndices(pixelBlock + g.tapCount) + 2 * panelWidth + scratchTile
}

/// Returns the floats of a group's weights in panels.
func windowPanels(_ g: WindowGeometry, _ outputs: Int) -> Int {
  g.tapCount * g.depth * wholePanels(outputs)
}

/// Writes the products of `pixels` windows with a group's packed weights, from output pixel `first`.
///
/// - Parameters:
///   - x: The bordered images, from the first channel of the group.
///   - panels: The group's weights in panels: `[panel][taps * depth][32]`.
///   - bias: `outputs` floats, or nil for zeros.
///   - y: First output pixel's first output; pixels lie `yStride` apart.
func multiplyWindows(
  _ g: WindowGeometry, _ x: Input, _ first: Int, _ pixels: Int, _ panels: Input, _ outputs: Int, _ bias: Input?,
  _ y: Output, _ yStride: Int, _ workspace: Output
) {
  let starts = indices(workspace)
  let taps = starts + pixelBlock
  let biasPanel = workspace + floatsForIndices(pixelBlock + g.tapCount)
  let scratch = biasPanel + 2 * panelWidth
  writeTaps(g, taps)
  var done = 0
  while done < pixels {
    let count = min(pixelBlock, pixels - done)
    writeWindowStarts(g, first + done, count, starts)
    let image = x + imageStart(g, first + done)
    var column = 0
    while column < outputs {
      let width = min(panelWidth, outputs - column)
      if let bias { copy(bias + column, biasPanel, width) }
      let operands: RowOperands = (
        image, UnsafePointer(taps), g.tapCount, g.depth, panels + column &* g.tapCount &* g.depth, panelWidth
      )
      multiplyRows(
        count, width, operands, UnsafePointer(starts), (bias == nil ? nil : Input(biasPanel), 0),
        y + (done &* yStride &+ column), yStride, scratch)
      column &+= panelWidth
    }
    done &+= count
  }
}
