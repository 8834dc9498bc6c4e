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
    let all = options.participants
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
  ///   - ids: Clients with data.
  ///   - states: What each client kept.
  ///   - poison: What clients train on in place of their data.
  ///   - inputs: Gives what the task of a client alone needs.
  static func tasks(
    _ ids: [Int], _ states: [Int: ClientState], poison: [Int: Poison], inputs: (_ client: Int) throws -> Exchange
  ) throws -> [JobTask] {
    try ids.enumerated().map { index, client in
      var inputs = try inputs(client), data = DataHandle.client(client)
      switch poison[client] {
      case .labels(let labels): inputs.tensors[.labels] = Tensor(labels: labels)
      case .data(let handle): data = handle
      case nil: break
      }
      return JobTask(index: index, owner: .client(client), data: data, state: states[client], inputs: inputs)
    }
  }
}
