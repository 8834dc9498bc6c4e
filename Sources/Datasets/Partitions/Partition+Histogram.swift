extension Partition: CustomStringConvertible {
  /// A line a client: its samples as a bar, the number of its groups where there are any, and how they spread over the classes.
  public var description: String {
    let sizes = clients.map(\.count)
    let largest = sizes.max() ?? 0
    let groups = groupCounts.map { " in \($0.reduce(0, +)) groups" } ?? ""
    let head =
      "\(rule): \(dataset.count) samples\(groups), \(clients.count) clients, \(sizes.min() ?? 0) to \(largest) samples each"
    let classes = min(dataset.classCount, Self.mostClasses)
    let columns =
      "client  samples  \(groupCounts == nil ? "" : "groups  ")\(Self.padded("", Self.barWidth))  classes 0 to \(classes - 1)"
    let lines = clients.enumerated().map { index, client in
      let bar = Self.padded(Self.bar(client.count, of: largest), Self.barWidth)
      let spread = Self.spread(Array(client.classCounts.prefix(classes)))
      let groups = groupCounts.map { "\(Self.aligned($0[index], 6))  " } ?? ""
      return "\(Self.aligned(index + 1, 6))  \(Self.aligned(client.count, 7))  \(groups)\(bar)  \(spread)"
    }
    return ([head, columns] + lines).joined(separator: "\n")
  }

  private static let barWidth = 20
  private static let mostClasses = 60

  /// A bar in eighths of a character.
  private static func bar(_ value: Int, of largest: Int) -> String {
    let eighths = largest == 0 ? 0 : (value * barWidth * 8 + largest / 2) / largest
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    return String(repeating: "█", count: eighths / 8) + rest
  }

  /// One character a class, its height the class's count against the client's largest; a dot where there is none.
  private static func spread(_ counts: [Int]) -> String {
    let heights = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    let largest = max(1, counts.max() ?? 1)
    return counts.map { $0 == 0 ? "·" : heights[($0 * 8 - 1) / largest] }.joined()
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func aligned(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
