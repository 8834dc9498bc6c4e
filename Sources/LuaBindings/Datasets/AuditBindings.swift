import Datasets
import LuaRuntime

/// What an audit found, as scripts hold it.
final class LuaAudit: LuaObject {
  static let luaClass = LuaClass("Audit")

  let audit: DataAudit
  /// Groups at more than one client; nil without a partition.
  let acrossClients: Int?

  init(_ audit: DataAudit, acrossClients: Int?) {
    self.audit = audit
    self.acrossClients = acrossClients
  }

  var luaByteCount: Int { 96 * audit.sampleCount }
}

/// The sets to look at, and how near is near.
private struct AuditOptions: LuaOptions {
  var test: Dataset?
  var clients: Partition?
  var distance = DataAudit.Options().distance
  var tinyClass = DataAudit.Options().tinyClass
  var leak = true
  var leakSamples = DataAudit.Options().leakSamples
  var seed = DataAudit.Options().seed

  static let fields = Fields<AuditOptions> { field in
    field.option("test", \.test, "A second set, to be looked at together with the first.")
    field.option("clients", \.clients, "A partition of the first set; groups at several clients are counted.")
    field.option(
      "distance", \.distance, "Bits of 256 in which hashes of near-duplicates differ at most.", check: .within(0...32))
    field.option("tiny_class", \.tinyClass, "Classes of fewer samples are reported.", check: .atLeast(0))
    field.option("leak", \.leak, "Whether to compare all pixels, for the nearest neighbours under several splits.")
    field.option(
      "leak_samples", \.leakSamples, "Most samples of that comparison: whole groups, drawn by the seed.",
      check: .atLeast(2))
    field.option("seed", \.seed, "Decides the splits of the leak estimate.")
  }

  var options: DataAudit.Options {
    var options = DataAudit.Options()
    (options.distance, options.tinyClass, options.estimatesLeak) = (distance, tinyClass, leak)
    (options.leakSamples, options.seed) = (leakSamples, seed)
    return options
  }
}

/// Four pictures, two of them equal, as three lines of a script.
private let twins =
  "local x = fed.randn { 4, 1, 32, 32, seed = 1 }\nx[4]:copy_(x[1])\n"
  + "local set = fed.data.from_tensors(x, { 0, 1, 0, 1 }, { name = 'scans' })\n"

extension ModuleBuilder {
  /// `fed.data.audit`.
  mutating func addAudit() {
    function(
      "audit", "Looks for copies and near-copies, their labels, tiny classes, and how far a random split would lie.",
      Parameter<Dataset>("set", "What to look at."), Parameter("options", "A test set, and how near is near."), .caller,
      returns: "The audit; its `set` is the same set with the groups that were found, which splits keep whole.",
      errors: ["The sets have different classes or shapes.", "The partition is of another set."],
      example: Example(
        twins
          + "local audit = fed.data.audit(set)\nprint(audit.groups, audit.conflicts[1].classes[2])\n"
          + "print(table.concat(audit.set.groups, ' '))", prints: "3\t1\n0 1 2 0")
    ) { (set: Dataset, options: AuditOptions, caller: LuaCaller) in
      var parts = [DataAudit.Part(name: options.test == nil ? "set" : "train", dataset: set)]
      if let test = options.test { parts.append(DataAudit.Part(name: "test", dataset: test)) }
      let audit = try HostModules.withThreads(caller.state.hostSettings) { try DataAudit(parts, options.options) }
      let across = try options.clients.map { try audit.groupsAcrossClients($0) }
      return LuaAudit(audit, acrossClients: across)
    }
  }
}

/// An audit as scripts see it. Positions count from 1, classes and groups from 0.
let auditClass = ClassBindings(LuaAudit.self, "What an audit of data found.") { type in
  type.addSets()
  type.addFindings()
  type.addReport()
  type.description { (audit: LuaAudit) in audit.report }
}

extension ClassBuilder where Object == LuaAudit {
  fileprivate mutating func addSets() {
    property("set", "The first set with its groups, which splits and partitions keep whole.") { (object: LuaAudit) in
      object.audit.parts[0].dataset
    }
    property("test", "The second set with its groups; nil where there was none.") { (object: LuaAudit) in
      object.audit.parts.count > 1 ? object.audit.parts[1].dataset : nil
    }
    property(
      "clean", "The first set without the samples that share a group with one of the second.",
      get: { (object: LuaAudit) in try object.audit.cleanFirst() })
  }

  fileprivate mutating func addFindings() {
    property("samples", "Number of samples of all sets.", get: { (object: LuaAudit) in object.audit.sampleCount })
    property("groups", "Number of groups.", get: { (object: LuaAudit) in object.audit.summary.groups })
    property(
      "largest", "Samples of the largest group.", get: { (object: LuaAudit) in object.audit.summary.largestGroup })
    property(
      "copies", "Samples that are byte-equal to one before them.",
      get: { (object: LuaAudit) in object.audit.exactCopies })
    property(
      "duplicates", "Groups of more than one sample, the largest first: names, positions, sets, classes, equal.",
      get: { (object: LuaAudit) in object.records(object.audit.duplicates) })
    property(
      "conflicts", "Those groups whose samples have different classes.",
      get: { (object: LuaAudit) in object.records(object.audit.conflicts) })
    property(
      "crossing", "Those groups that reach over both sets.",
      get: { (object: LuaAudit) in object.records(object.audit.crossing) })
    property("across_clients", "Groups at more than one client; nil without a partition.") { (object: LuaAudit) in
      object.acrossClients
    }
    property("blank", "Names of the pictures of one shade, which are near to none.") { (object: LuaAudit) in
      object.audit.blank.map { object.audit.name($0) }
    }
    property("tiny_classes", "Classes of too few samples: class and samples of each.") { (object: LuaAudit) in
      object.audit.tinyClasses.map { LuaRecord([("class", $0.name), ("samples", $0.count)]) }
    }
    property("problems", "What makes results on the data say less than they seem to, in words.") { (object: LuaAudit) in
      object.audit.problems
    }
    property(
      "leak",
      "How often the nearest neighbour in raw pixels has the right class: random, group and given, each with accuracy, "
        + "lower, upper, balanced_accuracy, macro_f1 and samples; nil where pixels were not compared."
    ) { (object: LuaAudit) in object.audit.leak?.luaRecord }
  }

  fileprivate mutating func addReport() {
    method(
      "report", "Writes all that was found as text.", returns: "Some lines.",
      example: Example(
        twins + "print(fed.data.audit(set):report():match('groups:[^,]*'))", prints: "groups: 3 of 4 samples")
    ) { (object: LuaAudit) in object.report }
    method(
      "print", "Prints the report.", .caller,
      example: Example(twins + "print(fed.data.audit(set, { leak = false }).copies)", prints: "1")
    ) { (object: LuaAudit, caller: LuaCaller) in
      let output: LuaFunction = try caller.state.evaluate("return print")
      try output.run(object.report)
      return Nothing()
    }
  }
}

extension LuaAudit {
  fileprivate var report: String {
    let across = acrossClients.map { "\ngroups at more than one client: \($0)" } ?? ""
    return audit.report() + across
  }

  fileprivate func records(_ groups: [DataAudit.Group]) -> [LuaRecord] {
    groups.map { group in
      LuaRecord([
        ("names", group.members.map { audit.name($0) }), ("positions", group.members.map { $0.position + 1 }),
        ("sets", group.members.map { audit.parts[$0.part].name }),
        ("classes", group.labels), ("equal", group.isExact),
      ])
    }
  }
}

extension LeakEstimate {
  fileprivate var luaRecord: LuaRecord {
    var record = LuaRecord([("samples", count)])
    for (name, rate) in [("random", random), ("group", group), ("given", given)] {
      guard let rate else { continue }
      record.add(
        name,
        LuaRecord([
          ("accuracy", rate.accuracy), ("lower", rate.lower), ("upper", rate.upper),
          ("balanced_accuracy", rate.balancedAccuracy), ("macro_f1", rate.macroF1), ("samples", rate.count),
        ]))
    }
    return record
  }
}
