/// One group of operations that a plan runs as one.
public struct PlanGroup: Sendable {
  /// What it joins, in the order of the model: `conv2d + bias + relu`.
  public let name: String
  public let outputShape: [Int]
  /// Floating-point operations of one forward pass; a multiplication with an addition counts as two.
  public let forwardFlops: Int
  /// Those of one backward pass; 0 in evaluation.
  public let backwardFlops: Int
  /// Bytes that the steps read and write at least once.
  public let byteCount: Int
  /// First byte of the output in the plan's memory.
  public let offset: Int
}

extension Plan {
  /// The groups in the order in which they run forward; the loss comes last.
  public var groups: [PlanGroup] {
    let positions: [Int?] = Array(graph.nodes.indices) + (steps.contains { $0.node == nil } ? [nil] : [])
    return positions.compactMap { position in
      let own = steps.filter { $0.node == position && ($0.node != nil || !$0.isBackward) }
      guard let first = own.first else { return nil }
      let node = position.map { graph.nodes[$0] }
      return PlanGroup(
        name: node?.operation.name ?? first.name, outputShape: node?.outputs.first?.shape ?? [],
        forwardFlops: own.filter { !$0.isBackward }.reduce(0) { $0 + $1.flops },
        backwardFlops: own.filter(\.isBackward).reduce(0) { $0 + $1.flops },
        byteCount: own.reduce(0) { $0 + $1.byteCount(layout) },
        offset: (position.flatMap { results[$0] } ?? first.writes.first).map(offset(of:)) ?? 0)
    }
  }

  private func offset(of slot: PlanSlot) -> Int {
    slot.buffer < 0 ? 0 : (layout.offsets[slot.buffer] + slot.offset) * MemoryLayout<Float>.stride
  }

  /// The groups as a table, with what they cost.
  public var table: String {
    let groups = groups, total = groups.reduce(0) { $0 + $1.forwardFlops + $1.backwardFlops }
    let unshared = layout.unsharedCount * MemoryLayout<Float>.stride
    let head =
      "Plan for \(inputShapes.map { "\($0)" }.joined(separator: ", ")), \(purpose): \(groups.count) groups, \(steps.count) steps, "
      + "\(Self.millions(total)) MFLOP, \(Self.mebibytes(byteCount)) MiB of memory "
      + "(\(Self.mebibytes(unshared)) without sharing)"
    let rows =
      [["group", "output", "forward MFLOP", "backward MFLOP", "MiB moved", "at MiB"]]
      + groups.map { group in
        [
          group.name, "\(group.outputShape)", Self.millions(group.forwardFlops), Self.millions(group.backwardFlops),
          Self.mebibytes(group.byteCount), Self.mebibytes(group.offset),
        ]
      }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      row.enumerated().map { column, text in
        let space = String(repeating: " ", count: widths[column] - text.count)
        return column < 2 ? text + space : space + text
      }.joined(separator: "  ")
    }
    return ([head] + lines).joined(separator: "\n")
  }

  private var purpose: String { trainsParameters ? "training" : isDifferentiated ? "input gradient" : "evaluation" }

  private static func millions(_ count: Int) -> String { Profile.fixed(Double(count) / 1e6, 2) }
  private static func mebibytes(_ count: Int) -> String { Profile.fixed(Double(count) / 0x1p20, 2) }
}
