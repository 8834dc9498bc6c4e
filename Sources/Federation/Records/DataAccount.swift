public import Datasets

/// What a run's records say of its data: whether it was audited, and whether near-duplicates stand on both sides.
public struct DataAccount {
  private let options: SimulationOptions
  private var sets: [Dataset] { options.clients.map(\.data) + [options.test, options.root].compactMap { $0 } }

  public init(_ options: SimulationOptions) { self.options = options }

  /// The audit that all sets of the run come from; nil where one was not audited, or in another audit.
  private var audit: AuditSummary? {
    let audits = sets.map { $0.groups?.audit }
    guard let first = audits.first ?? nil, audits.allSatisfy({ $0?.id == first.id }) else { return nil }
    return first
  }

  /// Whether there are pictures, which can have near-duplicates.
  private var hasPictures: Bool { sets.contains { $0.sampleShape.count == 3 } }

  /// Test samples of a group that some client has, too; nil without a test set.
  private var crossing: Int? {
    guard let test = options.test?.groupNumbers else { return nil }
    let trained = Set(options.clients.flatMap { $0.data.groupNumbers ?? [] })
    return test.count { $0 >= 0 && trained.contains($0) }
  }

  /// How the test set was split off: by group, by sample, or as it was given.
  private var split: String { options.test?.split?.rawValue ?? "given" }

  /// The account as the manifest keeps it: an object, the text `not audited`, or null for data without pictures.
  public var json: JSONValue {
    guard let audit else { return hasPictures ? .string("not audited") : .null }
    return .object([
      ("id", .string(audit.id)), ("samples", .int(audit.samples)), ("groups", .int(audit.groups)),
      ("groups_with_several", .int(audit.groupsWithSeveral)), ("largest_group", .int(audit.largestGroup)),
      ("conflicts", .int(audit.conflicts)), ("hash_distance", .int(audit.distance)),
      ("one_nearest_neighbor", audit.leak?.json ?? .null), ("test_split_by", .string(split)),
      ("test_samples_with_near_duplicates_at_clients", crossing.map(JSONValue.int) ?? .null),
      (
        "groups_at_several_clients",
        .int(SampleGroups.spread(options.clients.map { $0.data.groupNumbers ?? [] }))
      ),
    ])
  }

  /// The account in one line; nil for data without pictures.
  public var line: String? {
    guard let audit else { return hasPictures ? "not audited" : nil }
    var parts = ["audited: \(audit.groups) groups of \(audit.samples) samples"]
    if let crossing { parts.append("\(crossing) test samples with near-duplicates at clients") }
    if let random = audit.leak?.random {
      parts.append("nearest neighbour \(DataAudit.percent(random.accuracy)) random")
    }
    if let group = audit.leak?.group { parts.append("\(DataAudit.percent(group.accuracy)) by group") }
    return parts.joined(separator: ", ") + "; test split: \(split)"
  }
}

extension LeakEstimate {
  /// Accuracies with their intervals, split by split.
  public var json: JSONValue {
    .object([
      ("samples", .int(count)), ("random", random?.json ?? .null), ("group", group?.json ?? .null),
      ("given", given?.json ?? .null),
    ])
  }
}

extension LeakEstimate.Rate {
  public var json: JSONValue {
    .object([
      ("accuracy", .double(accuracy)), ("lower", .double(lower)), ("upper", .double(upper)),
      ("balanced_accuracy", .double(balancedAccuracy)), ("macro_f1", .double(macroF1)), ("samples", .int(count)),
    ])
  }
}

extension DataAudit {
  /// Everything that was found, for programs.
  public var json: JSONValue {
    .object([
      ("sets", .array(parts.map { json(of: $0) })), ("samples", .int(summary.samples)),
      ("groups", .int(summary.groups)), ("groups_with_several", .int(summary.groupsWithSeveral)),
      ("largest_group", .int(summary.largestGroup)), ("exact_copies", .int(exactCopies)),
      ("hash_distance", .int(options.distance)), ("duplicates", .array(duplicates.map { json(of: $0) })),
      ("crossing_samples", summary.crossing.map(JSONValue.int) ?? .null),
      ("conflicts", .array(conflicts.map { json(of: $0) })),
      ("blank", .array(blank.map { .string(name($0)) })),
      (
        "tiny_classes",
        .array(tinyClasses.map { .object([("class", .string($0.name)), ("samples", .int($0.count))]) })
      ),
      ("one_nearest_neighbor", leak?.json ?? .null), ("problems", .array(problems.map(JSONValue.string))),
    ])
  }

  private func json(of part: Part) -> JSONValue {
    .object([
      ("name", .string(part.name)), ("samples", .int(part.dataset.count)),
      ("classes", .array(part.dataset.classNames.map(JSONValue.string))),
      ("class_counts", .ints(part.dataset.classCounts)),
      (
        "skipped",
        .array(part.dataset.skipped.map { .object([("path", .string($0.path)), ("reason", .string($0.reason))]) })
      ),
    ])
  }

  private func json(of group: Group) -> JSONValue {
    .object([
      ("samples", .array(group.members.map { .string(name($0)) })), ("equal", .bool(group.isExact)),
      ("classes", .array(group.labels.map { .string(classNames[$0]) })),
    ])
  }
}
