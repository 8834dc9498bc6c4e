import Tensors

extension Partition {
  /// Gives each client the samples of one site, such as a scanner or a hospital, in the order in which sites appear.
  ///
  /// - Parameters:
  ///   - sites: The sites in the order of the clients, each once; nil takes all, as they first appear. Samples of
  ///     other sites are left out.
  ///   - ids: Site of each sample; nil takes what the samples know.
  ///   - minimumSamples: Sites of fewer samples are left out.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` where a sample's site is not known, or a site has no sample.
  public static func bySite(
    _ dataset: Dataset, sites: [String]? = nil, ids: [String]? = nil, minimumSamples: Int = 1
  ) throws -> Partition {
    let known =
      try ids
      ?? (0..<dataset.count).map { position in
        guard let site = dataset.origin(of: position)?.site, !site.isEmpty else {
          throw DatasetError.value(
            op: "by_site", what: "site of sample \(position + 1)", got: "unknown",
            allowed: "samples that know their site are needed")
        }
        return site
      }
    // Sites are what they are: a patient seen at two of them is at two clients.
    return try byName(
      dataset, known, order: sites, minimumSamples, op: "by_site", what: "sites")
  }

  /// Gives each client the samples of one group, such as a patient or a writer, in the order in which groups appear.
  ///
  /// - Parameters:
  ///   - ids: Group of each sample; nil takes the groups that the set has.
  ///   - minimumSamples: Groups of fewer samples are left out.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for a set without groups, or where none is left.
  public static func byGroup(
    _ dataset: Dataset, ids: [String]? = nil, minimumSamples: Int = 1
  ) throws -> Partition {
    let own = dataset.groupNumbers.map { numbers in
      // A sample of no group is one of its own.
      numbers.enumerated().map { $1 >= 0 ? dataset.groupName($0) ?? "\($1)" : "sample \($0 + 1)" }
    }
    guard let known = ids ?? own else {
      throw DatasetError.value(
        op: "by_group", what: "groups", got: "none", allowed: "a set with groups is needed, or ids")
    }
    return try byName(dataset, known, order: nil, minimumSamples, op: "by_group", what: "groups")
  }

  /// - Parameters:
  ///   - known: A name for each sample.
  ///   - order: The names in the order of the clients; nil takes all, as they first appear.
  private static func byName(
    _ dataset: Dataset, _ known: [String], order: [String]?, _ minimumSamples: Int, op: String, what: String
  ) throws -> Partition {
    guard known.count == dataset.count else {
      throw DatasetError.value(
        op: op, what: "number of ids", got: "\(known.count)",
        allowed: "one for each of the \(dataset.count) samples is needed")
    }
    var members: [String: [Int]] = [:]
    var appearing: [String] = []
    for (position, name) in known.enumerated() {
      if members[name] == nil { appearing.append(name) }
      members[name, default: []].append(position)
    }
    let chosen = (order ?? appearing).filter { order != nil || members[$0, default: []].count >= minimumSamples }
    guard !chosen.isEmpty, Set(chosen).count == chosen.count, chosen.allSatisfy({ members[$0] != nil }) else {
      throw DatasetError.value(
        op: op, what: what, got: shown(chosen),
        allowed: order == nil
          ? "none of \(shown(appearing)) has \(minimumSamples) samples"
          : "some of \(shown(appearing)), each once, are allowed")
    }
    var stream = RandomStream(seed: 0, purpose: .partition)
    let units = try SampleUnits(dataset, by: .sample, op: op)
    return try Partition(
      Request(dataset, clients: chosen.count, minimumSamples: 1), rule: "\(op) (\(shown(chosen, brackets: false)))",
      units: units, dealt: chosen.map { members[$0, default: []] }, stream: &stream)
  }

  /// Names in a list, the first few of many.
  private static func shown(_ names: [String], brackets: Bool = true) -> String {
    let most = 12
    let first = names.prefix(most).map { brackets ? "\"\($0)\"" : $0 }.joined(separator: ", ")
    let list = first + (names.count > most ? ", and \(names.count - most) more" : "")
    return brackets ? "[\(list)]" : list
  }
}
