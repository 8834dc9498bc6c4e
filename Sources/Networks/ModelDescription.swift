extension Model: CustomStringConvertible {
  /// The tree of layers with sizes and parameter counts, and the totals.
  public var description: String {
    let statistics = layout.statisticCount
    return Self.describe(root) + "\n\(Self.grouped(parameterCount)) trainable parameters"
      + (statistics > 0 ? ", \(Self.grouped(statistics)) statistics" : "")
  }

  /// Lists a layer and those inside it, one a line, with the count of trainable parameters of each.
  public static func describe(_ layer: any Layer) -> String {
    let lines = lines(of: layer, named: nil, depth: 0)
    guard lines.count > 1 else { return layer.summary }
    let width = min(lines.filter { $0.count != nil }.map(\.text.count).max() ?? 0, 72)
    return lines.map { line in
      guard let count = line.count else { return line.text }
      let padding = String(repeating: " ", count: max(width - line.text.count, 0))
      return "\(line.text)\(padding)  \(grouped(count))"
    }.joined(separator: "\n")
  }

  private static func lines(of layer: any Layer, named name: String?, depth: Int) -> [(text: String, count: Int?)] {
    let indent = String(repeating: "  ", count: depth)
    let title = indent + (name.map { "(\($0)): " } ?? "") + layer.summary
    let own = layer.parameters.filter { $0.kind == .trainable }.reduce(0) { $0.addingCount($1.shape.elementCount) }
    let children = layer.children
    guard !children.isEmpty else { return [(title, own > 0 ? own : nil)] }
    return [(title + " {", own > 0 ? own : nil)]
      + children.flatMap { lines(of: $0.layer, named: $0.name, depth: depth + 1) } + [(indent + "}", nil)]
  }

  /// Writes a count with commas between thousands: `11,173,962`.
  static func grouped(_ count: Int) -> String {
    var digits = Array(String(count)), position = digits.count - 3
    while position > 0 {
      digits.insert(",", at: position)
      position -= 3
    }
    return String(digits)
  }
}
