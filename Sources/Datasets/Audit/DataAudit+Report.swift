extension DataAudit {
  /// Something that makes results on this set say less than they seem to.
  public var problems: [String] {
    var found: [String] = []
    if let crossing = summary.crossing, crossing > 0 {
      let later = parts.dropFirst().map(\.name).joined(separator: " and ")
      found.append("\(Self.counted(crossing, "sample")) of \(later) stand in a group with some of \(parts[0].name)")
    }
    if parts.count == 1, summary.groupsWithSeveral > 0 {
      found.append(
        "\(Self.counted(summary.groupsWithSeveral, "group")) of near-duplicates would stand on both sides of a random split"
      )
    }
    if summary.conflicts > 0 {
      found.append("\(Self.counted(summary.conflicts, "group")) of near-duplicates have samples of several classes")
    }
    if let leak, let random = leak.random, let fair = leak.given ?? leak.group, random.lower > fair.upper {
      found.append(
        "a random split flatters: the nearest neighbour is right in \(Self.percent(random.accuracy)) there, "
          + "in \(Self.percent(fair.accuracy)) \(leak.given == nil ? "by group" : "between the given sets")")
    }
    return found
  }

  /// The whole report, for people.
  ///
  /// - Parameter folder: The folder that was audited, for the line that makes a clean split.
  public func report(folder: String? = nil) -> String {
    let sections: [String?] = [
      contents, near, labels, pixels, unread, "", "what to do",
      advice(folder).map { "  " + $0 }.joined(separator: "\n"),
    ]
    return sections.compactMap { $0 }.joined(separator: "\n")
  }

  private static let mostShown = 8

  private var contents: String {
    var lines = parts.map { part in
      let counts = zip(part.dataset.classNames, part.dataset.classCounts).map { "\($0) \($1)" }
      return "\(part.name): \(Self.counted(part.dataset.count, "sample")); " + Self.shortened(counts)
    }
    let sizes = Set(
      parts.flatMap { part in
        (0..<part.dataset.count).compactMap { part.dataset.origin(of: $0)?.pictureSize }.filter { $0.count == 2 }
      })
    if let smallest = sizes.min(by: Self.isSmaller), let largest = sizes.max(by: Self.isSmaller) {
      let range = sizes.count == 1 ? "" : " to \(largest[0]) x \(largest[1])"
      lines.append(
        "picture sizes: \(sizes.count), \(smallest[0]) x \(smallest[1])\(range) (height x width); "
          + "pixels compared at \(parts[0].dataset.sampleShape.dropFirst().map(String.init).joined(separator: " x "))")
    }
    if let namedGroups { lines.append("groups that the files name, such as patients or volumes: \(namedGroups)") }
    return lines.joined(separator: "\n")
  }

  private var near: String {
    var lines = [
      "groups: \(summary.groups) of \(Self.counted(summary.samples, "sample")), by a difference hash within "
        + "\(options.distance) of \(DifferenceHash.bitCount) bits; \(summary.groupsWithSeveral) hold more than one, "
        + "the largest \(summary.largestGroup)",
      "byte-equal copies: \(exactCopies)",
    ]
    lines += duplicates.prefix(Self.mostShown).map { line($0) }
    if duplicates.count > Self.mostShown { lines.append("  and \(duplicates.count - Self.mostShown) more") }
    if parts.count > 1 {
      lines.append("across \(parts.map(\.name).joined(separator: ", ")): \(Self.counted(crossing.count, "group"))")
      lines += crossing.prefix(Self.mostShown).map { line($0) }
    }
    return lines.joined(separator: "\n")
  }

  private var labels: String {
    var lines = ["groups with several classes: \(conflicts.isEmpty ? "none" : "\(conflicts.count)")"]
    lines += conflicts.prefix(Self.mostShown).map { group in
      line(group) + " [" + group.labels.map { classNames[$0] }.joined(separator: ", ") + "]"
    }
    if !blank.isEmpty {
      lines.append(
        "blank pictures, of one shade: \(blank.count): " + Self.shortened(blank.map { name($0) })
          + "; grouped only with byte-equal ones of their class")
    }
    if !tinyClasses.isEmpty {
      lines.append(
        "classes of fewer than \(options.tinyClass): "
          + tinyClasses.map { "\($0.name) \($0.count)" }.joined(separator: ", "))
    }
    return lines.joined(separator: "\n")
  }

  private var pixels: String? {
    guard let leak else { return nil }
    var lines = [
      "nearest neighbour in raw pixels, without training, \(Self.counted(leak.count, "sample"))"
        + (leak.count < summary.samples ? " drawn by seed \(options.seed)" : "") + ":"
    ]
    for (name, rate) in [
      ("random split", leak.random), ("split by group", leak.group), ("the given sets", leak.given),
    ] {
      guard let rate else { continue }
      let padded = name + String(repeating: " ", count: 16 - name.count)
      lines.append(
        "  \(padded)\(Self.percent(rate.accuracy))  (95 % interval \(Self.percent(rate.lower)) to "
          + "\(Self.percent(rate.upper)); balanced \(Self.percent(rate.balancedAccuracy)), macro-F1 "
          + "\(Self.percent(rate.macroF1)))")
    }
    return lines.joined(separator: "\n")
  }

  private var unread: String? {
    let skipped = parts.flatMap(\.dataset.skipped)
    guard !skipped.isEmpty else { return nil }
    let lines = skipped.prefix(Self.mostShown).map { "  \($0.path): \($0.reason)" }
    let rest = skipped.count > Self.mostShown ? ["  and \(skipped.count - Self.mostShown) more"] : []
    return (["files that cannot be read: \(skipped.count)"] + lines + rest).joined(separator: "\n")
  }

  private func advice(_ folder: String?) -> [String] {
    var lines = problems.map { $0 + "." }
    let isChained = summary.samples > 0 && 4 * summary.largestGroup > summary.samples
    if isChained, summary.groupsWithSeveral > 0 {
      lines.append(
        "The largest group holds \(Self.percent(Double(summary.largestGroup) / Double(summary.samples))) of all: "
          + "neighbouring slices may chain. Try a smaller distance, or split by patient.")
    }
    if lines.isEmpty { return ["Nothing was found: a random split is as good as another."] }
    let source = folder.map { "assert(fed.data.images { dir = \"\($0)\", size = 64, channels = 1 })" } ?? "set"
    if parts.count == 1 {
      lines += [
        "Keep groups on one side:", "  local set = fed.data.audit(\(source)).set",
        "  local train, test = set:split { test = 0.2, seed = 1 }",
      ]
    } else if summary.crossing ?? 0 > 0 {
      lines += [
        "Learn without what the test repeats:",
        "  local clean = fed.data.audit(\(parts[0].name), { test = \(parts[parts.count - 1].name) }).clean",
      ]
    }
    if summary.conflicts > 0 {
      lines.append("Look at the groups with several classes: of real copies, one label at most is right.")
    }
    return lines
  }

  private func line(_ group: Group) -> String {
    "  \(group.members.count)\(group.isExact ? " equal" : ""): " + Self.shortened(group.members.map { name($0) })
  }

  /// A sample as people find it again.
  public func name(_ member: Member) -> String {
    let own = member.name.isEmpty ? "#\(member.position + 1)" : member.name
    return parts.count > 1 ? "\(parts[member.part].name)/\(own)" : own
  }

  private static func shortened(_ words: [String]) -> String {
    words.prefix(mostShown).joined(separator: ", ") + (words.count > mostShown ? ", …" : "")
  }

  private static func isSmaller(_ first: [Int], _ second: [Int]) -> Bool {
    (first[0] * first[1], first[0]) < (second[0] * second[1], second[0])
  }

  private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  /// A share in per cent with one digit after the point.
  public static func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
  }
}

extension DataAudit: CustomStringConvertible {
  public var description: String { report() }
}
