/// Where the time of a piece of work went, by groups of operations.
public struct Profile: Sendable, CustomStringConvertible {
  /// All operations of one name.
  public struct Group: Sendable {
    public let name: String
    public let calls: Int
    /// Wall time, without operations that were measured inside; the threads of a profile add up.
    public let seconds: Double
    /// Floating-point operations; 0 where an operation states none.
    public let flops: Int
    /// Bytes read and written at least once; 0 where an operation states none.
    public let bytes: Int
  }

  /// Blocks of memory taken for tensors.
  public struct Blocks: Sendable {
    public private(set) var count = 0
    public private(set) var bytes = 0

    mutating func add(_ byteCount: Int) {
      count += 1
      bytes += byteCount
    }
  }

  /// The slowest group first.
  public let groups: [Group]
  /// Wall time of the whole.
  public let seconds: Double
  /// Part of it that the calling thread spent outside of all operations: in scripts, or waiting for other threads.
  public let elsewhere: Double
  /// Blocks that came from the system, whose pages cost time of their own.
  public let fresh: Blocks
  /// Blocks that had been used before.
  public let reused: Blocks

  /// The whole as a table, without a machine to compare with.
  public var description: String { table(peak: nil) }

  /// Returns the whole as a table, one group a line.
  ///
  /// - Parameter peak: Floating-point operations per second that one thread reaches at most; adds a column.
  public func table(peak: Double?) -> String {
    let total = groups.reduce(0) { $0 + $1.seconds } + elsewhere
    var lines = [["operation", "calls", "ms", "share", "GFLOP/s"] + (peak == nil ? [] : ["of peak"]) + ["MB", "GB/s"]]
    for group in groups {
      let rate = Self.rate(group.flops, group.seconds)
      let peakShare = peak.map { [group.flops == 0 ? "" : Self.percent(rate * 1e9 / $0)] } ?? []
      lines.append(
        [
          group.name, "\(group.calls)", Self.fixed(group.seconds * 1e3, 3), Self.percent(group.seconds / total),
          group.flops == 0 ? "" : Self.fixed(rate, 1),
        ] + peakShare + [
          group.bytes == 0 ? "" : Self.fixed(Double(group.bytes) / 1e6, 2),
          group.bytes == 0 ? "" : Self.fixed(Self.rate(group.bytes, group.seconds), 1),
        ])
    }
    lines.append(["elsewhere", "", Self.fixed(elsewhere * 1e3, 3), Self.percent(elsewhere / total)])
    return Self.aligned(lines) + "\n" + summary(peak)
  }

  private func summary(_ peak: Double?) -> String {
    let flops = groups.reduce(0) { $0 + $1.flops }
    var words = "\(Self.fixed(seconds * 1e3, 3)) ms in all"
    if flops > 0 { words += ", \(Self.fixed(Self.rate(flops, seconds), 1)) GFLOP/s" }
    if let peak { words += "; one thread reaches \(Self.fixed(peak / 1e9, 1)) GFLOP/s at most" }
    return words
      + "\nblocks of memory: \(fresh.count) fresh (\(Self.fixed(Double(fresh.bytes) / 1e6, 2)) MB), "
      + "\(reused.count) used before (\(Self.fixed(Double(reused.bytes) / 1e6, 2)) MB)"
  }

  /// Thousands of millions per second.
  private static func rate(_ count: Int, _ seconds: Double) -> Double {
    seconds > 0 ? Double(count) / seconds / 1e9 : 0
  }

  private static func percent(_ share: Double) -> String { fixed(share * 100, 1) + "%" }

  static func fixed(_ value: Double, _ digits: Int) -> String {
    let unit = (0..<digits).reduce(1) { power, _ in power * 10 }
    let scaled = Int((value * Double(unit)).rounded())
    guard digits > 0 else { return "\(scaled)" }
    let fraction = "\(scaled.magnitude % UInt(unit))"
    return (scaled < 0 ? "-" : "") + "\(scaled.magnitude / UInt(unit))."
      + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  /// The first column to the left, the others to the right.
  private static func aligned(_ lines: [[String]]) -> String {
    let widths = lines[0].indices.map { column in lines.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
    return lines.map { line in
      let cells = line.enumerated().map { column, text in
        let space = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 ? text + space : space + text
      }
      return cells.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
