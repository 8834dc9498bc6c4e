import Foundation

/// Rows and columns of text for a screen.
public enum TextTable {
  /// A number with five digits that count.
  public static func number(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    if value == 0 { return "0" }
    let exponent = Int(log10(abs(value)).rounded(.down))
    if exponent < -4 || exponent > 6 { return String(format: "%.4e", value) }
    return String(format: "%.\(max(0, 4 - exponent))f", value)
  }

  /// Columns side by side, numbers to the right, as many as fit; the names of the others stand below.
  public static func text(
    _ columns: [(name: String, cells: [String])], width: Int, hiddenRows: Int = 0,
    paint: (String) -> String = { $0 }
  ) -> String {
    var shown: [(width: Int, isNumber: Bool, name: String, cells: [String])] = [], left = width, dropped: [String] = []
    for column in columns {
      let wide = ([column.name] + column.cells).map(\.count).max() ?? 0
      if wide + 2 > left || !dropped.isEmpty {
        dropped.append(column.name)
      } else {
        shown.append((wide, column.cells.allSatisfy(isNumber), column.name, column.cells))
        left -= wide + 2
      }
    }
    var lines = [shown.map { paint(pad($0.name, $0.width, $0.isNumber)) }.joined(separator: "  ")]
    for row in 0..<(columns.first?.cells.count ?? 0) {
      lines.append(shown.map { pad($0.cells[row], $0.width, $0.isNumber) }.joined(separator: "  "))
    }
    lines = lines.map { String($0.trimmingSuffix { $0 == " " }) }
    if hiddenRows > 0 { lines.append("… \(hiddenRows) more") }
    if !dropped.isEmpty { lines.append("… and \(dropped.joined(separator: ", "))") }
    return lines.joined(separator: "\n")
  }

  private static func isNumber(_ cell: String) -> Bool {
    cell.isEmpty || ["nan", "inf", "-inf"].contains(cell) || Double(cell) != nil
  }

  private static func pad(_ text: String, _ width: Int, _ isNumber: Bool) -> String {
    let blanks = String(repeating: " ", count: max(0, width - text.count))
    return isNumber ? blanks + text : text + blanks
  }
}
