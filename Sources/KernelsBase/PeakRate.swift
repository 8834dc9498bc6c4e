import KernelTypes

extension Matrix {
  /// Rows of a tile in registers: enough independent chains to keep every unit for multiply-adds busy.
  static var peakFlopsPerRound: Int { 2 * tallestTile * laneCount }

  static func peakRounds(_ rounds: Int) -> Float {
    var sums = fourteen { Lanes(repeating: Float($0)) }
    let factor = Lanes(repeating: 0.999), addend = Lanes(repeating: 0.001)
    @inline(__always) func step(_ i: Int, _ sum: inout Lanes) {
      if i < tallestTile { sum = multiplyAdd(sum, factor, addend) }
    }
    for _ in 0..<rounds {
      step(0, &sums.0)
      step(1, &sums.1)
      step(2, &sums.2)
      step(3, &sums.3)
      step(4, &sums.4)
      step(5, &sums.5)
      step(6, &sums.6)
      step(7, &sums.7)
      step(8, &sums.8)
      step(9, &sums.9)
      step(10, &sums.10)
      step(11, &sums.11)
      step(12, &sums.12)
      step(13, &sums.13)
    }
    var total: Lanes = Lanes(repeating: 0)
    forEachRow(tallestTile, sums) { _, v in total += v }
    return total[0]
  }
}
