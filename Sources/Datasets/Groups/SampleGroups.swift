/// Which samples belong together: slices of one volume, scans of one patient, near-duplicates that an audit found.
///
/// Learning from one of them and testing on another measures memory, so splits and partitions keep groups whole.
public struct SampleGroups: Sendable {
  /// Number of the group of each row of the storage, from 0; negative where nothing is known.
  let ofRow: [Int]
  /// What the audit that found them says; nil for groups that came with the files.
  public let audit: AuditSummary?

  init(ofRow: [Int], audit: AuditSummary?) {
    self.ofRow = ofRow
    self.audit = audit
  }

  /// The groups that the files name; nil where they name none. A sample of no named group is one of its own.
  init?(origins: [SampleOrigin]) {
    guard origins.contains(where: { !$0.group.isEmpty }) else { return nil }
    var numbers: [String: Int] = [:]
    var count = 0
    ofRow = origins.map { origin in
      if !origin.group.isEmpty, let number = numbers[origin.group] { return number }
      defer { count += 1 }
      if !origin.group.isEmpty { numbers[origin.group] = count }
      return count
    }
    audit = nil
  }

  /// How many groups have samples in more than one of some lists of group numbers.
  public static func spread(_ lists: [[Int]]) -> Int {
    var owner: [Int: Int] = [:]
    var shared: Set<Int> = []
    for (index, list) in lists.enumerated() {
      for number in list where number >= 0 {
        if owner[number, default: index] != index { shared.insert(number) }
        owner[number] = index
      }
    }
    return shared.count
  }
}

/// What stays whole when samples are dealt out.
public enum SplitUnit: String, Sendable, CaseIterable {
  /// Every sample goes its own way.
  case sample
  /// All samples of a group go the same way.
  case group
}

extension Dataset {
  /// Number of the group of each sample; nil for a set without groups. Sets of one audit count alike.
  public var groupNumbers: [Int]? { groups.map { groups in rows.map { groups.ofRow[$0] } } }

  /// Number of different groups; the number of samples where the set has no groups.
  public var groupCount: Int { groupNumbers.map { Set($0).count } ?? count }

  /// Name of the group of a sample as its files tell it; nil where an audit found the groups, or none is named.
  func groupName(_ position: Int) -> String? {
    guard groups?.audit == nil, let name = origin(of: position)?.group, !name.isEmpty else { return nil }
    return name
  }

  /// Returns the same samples, with groups of their own.
  func grouped(_ groups: SampleGroups) -> Dataset { view(rows: rows, labels: labels, groups: groups) }
}
