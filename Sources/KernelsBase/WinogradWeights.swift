import KernelTypes

// A panel of prepared weights is `[36][depth][32]`, one plane a point; planes lie an odd number of cache lines apart.

/// Rows of weights transformed at a time.
private var rowBlock: Int { 16 }

/// Floats of a block of weights of one tap.
private var blockFloats: Int { rowBlock * panelWidth }

@inline(__always)
func weightPlane(_ depth: Int) -> Int { oddLines(depth * panelWidth) }

@inline(__always)
func weightPanel(_ depth: Int) -> Int { tilePoints * weightPlane(depth) }

/// Floats of workspace of ``transformWeights``: a block of the nine taps, and one transformed in one direction.
@inline(__always)
var weightTransformWorkspace: Int { (9 + 18) * blockFloats }

/// A bank of 3x3 weights: element (tap t, row k, column j) lies at `base[t * tap + k * row + j * column]`.
typealias WeightBank = (base: Input, tap: Int, row: Int, column: Int)

/// Writes the points of `depth` rows of `columns` weights in panels.
func transformWeights(_ w: WeightBank, _ depth: Int, _ columns: Int, _ panels: Output, _ workspace: Output) {
  let middle = workspace + 9 * blockFloats
  var column = 0
  var panel = panels
  while column < columns {
    var row = 0
    while row < depth {
      let rows = min(rowBlock, depth - row)
      for t in 0..<9 {
        packPanel(
          w.base + (t &* w.tap &+ row &* w.row &+ column &* w.column), w.row, w.column, rows,
          min(panelWidth, columns - column), workspace + t &* blockFloats)
      }
      transformWeightColumns(workspace, rows, middle)
      transformWeightRows(middle, rows, panel + row &* panelWidth, weightPlane(depth))
      row &+= rows
    }
    column &+= panelWidth
    panel += weightPanel(depth)
  }
}

/// Transforms `[3][3][rows][32]` to `[6][3][rows][32]`.
private func transformWeightColumns(_ taps: Input, _ rows: Int, _ middle: Output) {
  for j in 0..<3 {
    var i = 0
    while i < rows &* panelWidth {
      let source = taps + (j &* blockFloats &+ i)
      let six = weightPoints((load(source), load(source, 3 * blockFloats), load(source, 6 * blockFloats)))
      storeSix(six, middle + (j &* blockFloats &+ i), 3 * blockFloats)
      i &+= laneCount
    }
  }
}

/// Transforms `[6][3][rows][32]` to `[6][6]` planes.
///
/// Six planes are written at a time, each in one run: all 36 in turns would wait for memory.
private func transformWeightRows(_ middle: Input, _ rows: Int, _ target: Output, _ plane: Int) {
  for i in 0..<6 {
    let source = middle + i &* 3 &* blockFloats
    let planes = target + i &* 6 &* plane
    var k = 0
    while k < rows &* panelWidth {
      storeSix(
        weightPoints((load(source, k), load(source, blockFloats &+ k), load(source, 2 * blockFloats &+ k))),
        planes + k, plane)
      k &+= laneCount
    }
  }
}
