import Federation
import Tensors

/// Makes a matrix of updates from rows of numbers.
func matrix(_ rows: [[Float]], ids: [Int]? = nil, samples: [Int]? = nil) throws -> UpdateMatrix {
  try UpdateMatrix(
    Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count]), clientIDs: ids, sampleCounts: samples)
}

/// Rows of normal numbers around a common direction, as honest updates are.
func honestRows(_ n: Int, _ d: Int, seed: UInt64 = 1) -> [[Float]] {
  var stream = RandomStream(seed: seed, purpose: "rows")
  let common = (0..<d).map { _ in Float(stream.normal()) }
  return (0..<n).map { _ in common.map { $0 + 0.5 * Float(stream.normal()) } }
}

/// Whether two vectors agree within a tolerance relative to the larger of 1 and their size.
func areClose(_ a: [Float], _ b: [Float], _ tolerance: Float) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($0), abs($1)) }
}

func columnMeans(_ rows: [[Float]]) -> [Float] {
  rows[0].indices.map { column in rows.reduce(0) { $0 + $1[column] } / Float(rows.count) }
}
