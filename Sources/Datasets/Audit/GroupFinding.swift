import Synchronization
import Tensors

/// The part of an audit that finds out which samples belong together.
struct GroupFinding {
  private let parts: [DataAudit.Part]
  /// All samples of all parts, one part after the other.
  let members: [DataAudit.Member]
  /// Group of each member, from 0.
  private let numbers: [Int]
  let groupCount: Int
  let duplicates: [DataAudit.Group]
  let exactCopies: Int
  let blank: [DataAudit.Member]
  let namedGroups: Int?
  let id: String

  var largestGroup: Int { duplicates.first?.members.count ?? min(1, members.count) }

  /// Samples of later parts that share a group with one of the first; nil where there is one part.
  var crossingSamples: Int? {
    guard parts.count > 1 else { return nil }
    return duplicates.filter { $0.partNumbers.contains(0) }.reduce(0) { $0 + $1.members.count { $0.part > 0 } }
  }

  init(_ parts: [DataAudit.Part], distance: Int, onProgress: DataAudit.Progress) throws {
    self.parts = parts
    members = parts.enumerated().flatMap { Self.members(of: $1.dataset, part: $0) }
    let total = max(1, members.count)
    var prints: [SampleFingerprint] = []
    for part in parts {
      let before = prints.count
      prints += try part.dataset.fingerprints { onProgress("hashing", Double(before + $0) / Double(total)) }
    }
    onProgress("comparing hashes", 0)
    let isBlank = prints.map { $0.hash?.isBlank ?? false }
    var sets = try Self.near(prints, distance)
    let copies = Self.joinCopies(prints, members, isBlank, &sets)
    namedGroups = Self.joinNamed(parts, &sets)
    onProgress("comparing hashes", 1)
    (numbers, groupCount) = sets.numbers()
    exactCopies = copies
    blank = zip(members, isBlank).filter(\.1).map(\.0)
    duplicates = Self.groups(members, numbers, groupCount, prints)
    id = Self.digest(prints, members, distance)
  }

  private static func members(of dataset: Dataset, part: Int) -> [DataAudit.Member] {
    (0..<dataset.count).map { position in
      DataAudit.Member(
        part: part, position: position, label: dataset.labels[position], name: dataset.origin(of: position)?.name ?? "")
    }
  }

  /// Joins near hashes; samples without a hash stay alone.
  private static func near(_ prints: [SampleFingerprint], _ distance: Int) throws -> DisjointSets {
    let pictures = prints.indices.filter { prints[$0].hash != nil }
    var joined = try NearHashes(hashes: pictures.compactMap { prints[$0].hash }, distance: distance).joined()
    var sets = DisjointSets(count: prints.count)
    for (index, position) in pictures.enumerated() { sets.join(position, pictures[joined.root(of: index)]) }
    return sets
  }

  /// Joins byte-equal samples, blank ones only inside a class, and counts those that had one before them.
  private static func joinCopies(
    _ prints: [SampleFingerprint], _ members: [DataAudit.Member], _ isBlank: [Bool], _ sets: inout DisjointSets
  ) -> Int {
    var seen: [String: Int] = [:]
    var copies = 0
    for (index, print) in prints.enumerated() {
      let key = isBlank[index] ? "\(print.key) \(members[index].label)" : print.key
      if let first = seen[key] {
        sets.join(first, index)
        copies += 1
      } else {
        seen[key] = index
      }
    }
    return copies
  }

  /// Joins the groups that came with the files, and counts them.
  private static func joinNamed(_ parts: [DataAudit.Part], _ sets: inout DisjointSets) -> Int? {
    var start = 0
    var count: Int?
    for part in parts {
      defer { start += part.dataset.count }
      // Groups of an earlier audit are found anew, perhaps with another distance.
      guard let groups = part.dataset.groups, groups.audit == nil, let numbers = part.dataset.groupNumbers else {
        continue
      }
      var firsts: [Int: Int] = [:]
      for (position, number) in numbers.enumerated() where number >= 0 {
        if let first = firsts[number] { sets.join(start + first, start + position) } else { firsts[number] = position }
      }
      count = (count ?? 0) + firsts.count
    }
    return count
  }

  private static func groups(
    _ members: [DataAudit.Member], _ numbers: [Int], _ count: Int, _ prints: [SampleFingerprint]
  ) -> [DataAudit.Group] {
    var indices = [[Int]](repeating: [], count: count)
    for (index, number) in numbers.enumerated() { indices[number].append(index) }
    return indices.enumerated().filter { $1.count > 1 }
      .sorted { $0.1.count != $1.1.count ? $0.1.count > $1.1.count : $0.0 < $1.0 }
      .map { _, group in
        DataAudit.Group(
          members: group.map { members[$0] }, isExact: group.allSatisfy { prints[$0].key == prints[group[0]].key })
      }
  }

  private static func digest(
    _ prints: [SampleFingerprint], _ members: [DataAudit.Member], _ distance: Int
  ) -> String {
    var hash = SHA256()
    func add(_ text: String) { Array(text.utf8).withUnsafeBytes { hash.update($0) } }
    add("difference hash, distance \(distance)\n")
    for (print, member) in zip(prints, members) { add("\(member.part) \(print.key) \(print.hash?.hex ?? "")\n") }
    return String(hash.hex().prefix(16))
  }

  /// The parts with the groups that were found.
  func grouped(_ summary: AuditSummary) -> [DataAudit.Part] {
    var start = 0
    return parts.map { part in
      defer { start += part.dataset.count }
      var ofRow = [Int](repeating: -1, count: part.dataset.samples.count)
      for (position, row) in part.dataset.rows.enumerated() { ofRow[row] = numbers[start + position] }
      return DataAudit.Part(
        name: part.name, dataset: part.dataset.grouped(SampleGroups(ofRow: ofRow, audit: summary)))
    }
  }

  /// Estimates the leak over all parts together.
  func leak(_ options: DataAudit.Options, _ onProgress: DataAudit.Progress) throws -> LeakEstimate? {
    guard members.count > 1 else { return nil }
    let pool = PooledSamples(parts.map(\.dataset), groups: numbers)
    return try LeakEstimate(pool, limit: options.leakSamples, seed: options.seed) {
      onProgress("comparing pixels", $0)
    }
  }
}
