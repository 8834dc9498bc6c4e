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

  /// Number of samples for each client and class.
  public var classCounts: [[Int]] { clients.map(\.classCounts) }

  /// What every rule takes.
  public struct Request: Sendable {
    public var dataset: Dataset
    public var clients: Int
    /// Fewest samples of a client. Where a rule gives one fewer, random samples of the client that then has most
    /// are moved to it, one by one.
    public var minimumSamples: Int
    public var seed: UInt64

    public init(_ dataset: Dataset, clients: Int, minimumSamples: Int = 10, seed: UInt64 = 1) {
      self.dataset = dataset
      self.clients = clients
      self.minimumSamples = minimumSamples
      self.seed = seed
    }

    func check(_ op: String) throws {
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
    }

    /// Positions of each class, in random order.
    func shuffledClasses(_ stream: inout RandomStream) -> [[Int]] {
      var classes = [[Int]](repeating: [], count: dataset.classCount)
      for (position, label) in dataset.labels.enumerated() { classes[label].append(position) }
      for label in classes.indices { stream.shuffle(&classes[label]) }
      return classes
    }
  }

  /// Makes a partition from the positions each client was dealt.
  init(_ request: Request, rule: String, dealt: [[Int]], stream: inout RandomStream) throws {
    var positions = dealt
    Self.fillUp(&positions, minimum: request.minimumSamples, &stream)
    for client in positions.indices { positions[client].sort() }
    dataset = request.dataset
    self.rule = rule
    self.positions = positions
    clients = try positions.map { try request.dataset.subset($0) }
  }

  /// Moves random samples from the largest client to any that has too few.
  private static func fillUp(_ positions: inout [[Int]], minimum: Int, _ stream: inout RandomStream) {
    for client in positions.indices {
      while positions[client].count < minimum {
        var donor = 0
        for other in positions.indices where positions[other].count > positions[donor].count { donor = other }
        let chosen = stream.integer(below: positions[donor].count)
        positions[donor].swapAt(chosen, positions[donor].count - 1)
        positions[client].append(positions[donor].removeLast())
      }
    }
  }

  /// Cuts a list into consecutive parts in proportion to shares that sum to 1.
  static func cut(_ list: [Int], shares: [Double]) -> [ArraySlice<Int>] {
    var sum = 0.0
    var start = 0
    return shares.indices.map { index in
      sum += shares[index]
      let isLast = index == shares.count - 1
      let end = isLast ? list.count : max(start, min(list.count, Int((sum * Double(list.count)).rounded())))
      defer { start = end }
      return list[start..<end]
    }
  }
}
