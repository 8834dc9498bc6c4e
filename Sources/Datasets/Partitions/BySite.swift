import Tensors

extension Partition {
  /// Gives each client the samples of one site, such as a scanner or a hospital, in the order in which sites appear.
  ///
  /// - Parameter sites: The sites in the order of the clients, each once; nil takes all, as they first appear. Samples of
  ///   other sites are left out.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` where a sample's site is not known, or a site has no sample.
  public static func bySite(_ dataset: Dataset, sites: [String]? = nil) throws -> Partition {
    let known = try (0..<dataset.count).map { position in
      guard let site = dataset.origin(of: position)?.site, !site.isEmpty else {
        throw DatasetError.value(
          op: "by_site", what: "site of sample \(position + 1)", got: "unknown",
          allowed: "samples that know their site are needed")
      }
      return site
    }
    var appearing: [String] = []
    for site in known where !appearing.contains(site) { appearing.append(site) }
    let chosen = sites ?? appearing
    guard !chosen.isEmpty, Set(chosen).count == chosen.count, chosen.allSatisfy(appearing.contains) else {
      throw DatasetError.value(
        op: "by_site", what: "sites", got: "\(chosen)", allowed: "some of \(appearing), each once, are allowed")
    }
    var dealt = [[Int]](repeating: [], count: chosen.count)
    for (position, site) in known.enumerated() {
      if let client = chosen.firstIndex(of: site) { dealt[client].append(position) }
    }
    var stream = RandomStream(seed: 0, purpose: .partition)
    // Sites are what they are: a patient seen at two of them is at two clients.
    let units = try SampleUnits(dataset, by: .sample, op: "by_site")
    return try Partition(
      Request(dataset, clients: chosen.count, minimumSamples: 1),
      rule: "by_site (\(chosen.joined(separator: ", ")))", units: units, dealt: dealt, stream: &stream)
  }
}
