import Datasets
import Tensors

/// Who is asked in a round, and what each gets to do.
struct Cohort {
  /// Ascending.
  let ids: [Int]

  /// Draws a round's clients, or lets a hook pick them.
  ///
  /// - Parameters:
  ///   - select: The hook; nil draws at random.
  ///   - makeRound: Makes the round as the hook sees it, with all clients as its cohort.
  /// - Throws: ``FederationError/cohort(round:problem:)`` for ids that are no cohort.
  init(
    _ options: SimulationOptions, round number: Int, select: ((Round) throws -> [Int])?,
    makeRound: (_ all: [Int]) throws -> Round
  ) throws {
    let all = options.clients.map(\.id).sorted()
    guard let select else {
      guard let size = options.clientsPerRound, size < all.count else {
        ids = all
        return
      }
      var stream = RandomStream(seed: options.seed, purpose: .cohort, round: number)
      ids = stream.sample(size, of: all.count).map { all[$0] }.sorted()
      return
    }
    let chosen = try select(try makeRound(all))
    func fail(_ problem: String) -> FederationError { .cohort(round: number, problem: problem) }
    if chosen.isEmpty { throw fail("no client is chosen; one or more are needed") }
    for (index, id) in chosen.enumerated() {
      if !all.contains(id) { throw fail("there is no client \(id)") }
      if chosen[..<index].contains(id) { throw fail("client \(id) is chosen twice") }
    }
    ids = chosen.sorted()
  }

  /// What a Byzantine client trains on.
  enum Poison {
    /// Its own samples under these labels.
    case labels([Int])
    case data(DataHandle)
  }

  /// One task of local training a client.
  ///
  /// - Parameters:
  ///   - states: What each client kept.
  ///   - poison: What clients train on in place of their data.
  func tasks(_ states: [Int: ClientState], poison: [Int: Poison]) -> [JobTask] {
    ids.enumerated().map { index, client in
      var inputs = Exchange(), data = DataHandle.client(client)
      switch poison[client] {
      case .labels(let labels): inputs.tensors[.labels] = Tensor(labels: labels)
      case .data(let handle): data = handle
      case nil: break
      }
      return JobTask(index: index, owner: .client(client), data: data, state: states[client], inputs: inputs)
    }
  }
}
