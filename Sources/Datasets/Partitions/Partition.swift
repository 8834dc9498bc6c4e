import Tensors

/// A data set dealt out to clients: every sample has exactly one owner.
public final class Partition: Sendable {
  public let dataset: Dataset
  /// How it was dealt, with the numbers that decided it: `dirichlet (concentration 0.5)`.
  public let rule: String
  /// Positions in the data set, rising, for each client; client id 1 comes first.
  public let positions: [[Int]]
  /// What each client holds; client id 1 comes first.
  public let clients: [Dataset]
  /// Groups of each client; nil where single samples were dealt.
  public let groupCounts: [Int]?

  /// Number of samples for each client and class.
  public var classCounts: [[Int]] { clients.map(\.classCounts) }

  /// What every rule takes.
  public struct Request: Sendable {
    public var dataset: Dataset
    public var clients: Int
    /// Fewest samples of a client. Where a rule gives one fewer, random samples or groups of the client that
    /// then has most are moved to it, one by one.
    public var minimumSamples: Int
    public var seed: UInt64
    /// What no rule divides between clients; nil means groups where the set has some.
    public var unit: SplitUnit?

    public init(
      _ dataset: Dataset, clients: Int, minimumSamples: Int = 10, seed: UInt64 = 1, by unit: SplitUnit? = nil
    ) {
      self.dataset = dataset
      self.clients = clients
      self.minimumSamples = minimumSamples
      self.seed = seed
      self.unit = unit
    }

    /// Checks the numbers, and returns what is to be dealt.
    func units(_ op: String) throws -> SampleUnits {
      guard clients >= 1 else {
        throw DatasetError.value(op: op, what: "clients", got: "\(clients)", allowed: "1 or more is allowed")
      }
      guard minimumSamples >= 1 else {
        throw DatasetError.value(
          op: op, what: "minimum_samples", got: "\(minimumSamples)", allowed: "1 or more is allowed")
      }
      guard dataset.count / clients >= minimumSamples else {
        throw DatasetError.tooFewSamples(
          op: op, samples: dataset.count, clients: clients, minimum: minimumSamples)
      }
      let units = try SampleUnits(dataset, by: unit, op: op)
      guard units.count >= clients else {
        throw DatasetError.value(
          op: op, what: "clients", got: "\(clients)", allowed: "the set's \(units.count) groups allow at most as many")
      }
      return units
    }
  }

  /// Makes a partition from the units each client was dealt.
  ///
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` where groups are too large to give every client its minimum.
  init(
    _ request: Request, rule: String, units: SampleUnits, dealt: [[Int]], stream: inout RandomStream
  ) throws {
    var dealt = dealt
    try Self.fillUp(&dealt, units, request, &stream)
    dataset = request.dataset
    self.rule = rule
    positions = dealt.map { units.samples($0).sorted() }
    groupCounts = units.isGrouped ? dealt.map(\.count) : nil
    clients = try positions.map { try request.dataset.subset($0) }
  }

  /// Moves random units from the largest client that can spare one to any that has too few samples.
  private static func fillUp(
    _ dealt: inout [[Int]], _ units: SampleUnits, _ request: Request, _ stream: inout RandomStream
  ) throws {
    var sizes = dealt.map { $0.reduce(0) { $0 + units.size($1) } }
    for client in dealt.indices {
      while sizes[client] < request.minimumSamples {
        guard let donor = donor(dealt, sizes, units, request.minimumSamples) else {
          throw DatasetError.value(
            op: "partition", what: "minimum_samples", got: "\(request.minimumSamples)",
            allowed: "the groups are too large for \(request.clients) clients; use fewer clients or a smaller minimum")
        }
        let most = sizes[donor] - request.minimumSamples
        // Single samples can all be spared, and one more look at each would make this quadratic.
        let spare = units.isGrouped ? dealt[donor].indices.filter { units.size(dealt[donor][$0]) <= most } : []
        let drawn = stream.integer(below: units.isGrouped ? spare.count : dealt[donor].count)
        dealt[donor].swapAt(units.isGrouped ? spare[drawn] : drawn, dealt[donor].count - 1)
        let unit = dealt[donor].removeLast()
        dealt[client].append(unit)
        sizes[donor] -= units.size(unit)
        sizes[client] += units.size(unit)
      }
    }
  }

  /// The largest client that keeps its minimum when it gives its smallest unit away.
  private static func donor(_ dealt: [[Int]], _ sizes: [Int], _ units: SampleUnits, _ minimum: Int) -> Int? {
    var donor: Int?
    for client in dealt.indices where sizes[client] > donor.map({ sizes[$0] }) ?? minimum {
      let smallest = units.isGrouped ? dealt[client].lazy.map { units.size($0) }.min() ?? 0 : 1
      if sizes[client] - smallest >= minimum { donor = client }
    }
    return donor
  }

  /// Cuts a list of units into consecutive parts, in samples as nearly in proportion to shares that sum to 1 as the
  /// units allow.
  static func cut(_ list: [Int], _ units: SampleUnits, shares: [Double]) -> [ArraySlice<Int>] {
    let total = Double(list.reduce(0) { $0 + units.size($1) })
    var (sum, passed) = (0.0, 0.0)
    var start = 0
    return shares.indices.map { index in
      sum += shares[index]
      let isLast = index == shares.count - 1
      var end = start
      // A unit belongs to the part that its middle lies in.
      while end < list.count, isLast || passed + Double(units.size(list[end])) / 2 <= sum * total {
        passed += Double(units.size(list[end]))
        end += 1
      }
      defer { start = end }
      return list[start..<end]
    }
  }
}
