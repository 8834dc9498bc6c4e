public import Datasets
public import Networks
public import Tensors

/// What happens to a round when a client fails.
public enum FailurePolicy: String, Sendable, CaseIterable {
  /// The round ends with the client's error; the model is as before.
  case fail
  /// The round goes on without the client; the record names it.
  case skip
}

/// Everything that makes one run.
public struct SimulationOptions {
  public var clients: [Client]
  public var model: Model
  public var rounds: Int
  public var localTraining: LocalTraining
  /// Evaluated after each round; nil for none.
  public var test: Dataset?
  /// Trusted data of the server, of which it makes the root update.
  public var root: Dataset?
  /// Data on which rules may measure candidates; disjoint from all others.
  public var validation: Dataset?
  /// Whether a sample may serve two of the roles client, test, root and validation.
  public var allowsOverlap = false
  /// How the rule's decision moves the model; nil adds it.
  public var serverOptimizer: (any ServerOptimizer)?
  /// Ids of the clients that attack. Known to the simulation and the attack, and to nobody else.
  public var byzantine: [Int] = []
  /// Byzantine clients without data beside ``clients``: they count as participants and send only what the attack says.
  public var fakeClients = 0
  /// Byzantine clients that the server expects at most, as its rules see it.
  public var declaredByzantine = 0
  /// Clients asked each round; nil for all.
  public var clientsPerRound: Int?
  public var seed: UInt64 = 0
  public var threads = 1
  /// How convolutions are computed, on every thread that works for the run.
  public var convolutions = ConvolutionMode.auto
  public var onFailure = FailurePolicy.fail
  /// Rounds from one evaluation to the next; the last round is always evaluated.
  public var evaluationInterval = 1
  public var statistics = StatisticsRule.aggregated

  public init(clients: [Client], model: Model, rounds: Int, localTraining: LocalTraining) {
    self.clients = clients
    self.model = model
    self.rounds = rounds
    self.localTraining = localTraining
  }

  /// Ids of the fake clients: those after the last real one.
  public var fakeIDs: [Int] {
    let last = clients.map(\.id).max() ?? 0
    return fakeClients > 0 ? Array(last + 1...last + fakeClients) : []
  }

  /// Ids of all that take part, ascending.
  public var participants: [Int] { clients.map(\.id).sorted() + fakeIDs }

  /// Ids of all that attack.
  public var attackers: [Int] { byzantine + fakeIDs }

  /// Throws a ``FederationError/setup(what:problem:allowed:)`` for the first thing that does not fit.
  func validate() throws {
    func require(_ isRight: Bool, _ what: String, _ problem: String, _ allowed: String) throws {
      guard isRight else { throw FederationError.setup(what: what, problem: problem, allowed: allowed) }
    }
    let ids = clients.map(\.id)
    try require(!clients.isEmpty, "clients", "there are none", "one or more are needed")
    try require(
      ids.allSatisfy { $0 >= 1 } && Set(ids).count == ids.count, "clients", "ids \(ids)",
      "different ids from 1 are needed")
    if let empty = clients.first(where: { $0.data.count == 0 }) {
      try require(false, "clients", "client \(empty.id) has no samples", "one or more are needed")
    }
    try require(rounds >= 1, "rounds", "got \(rounds)", "1 or more are needed")
    let strangers = byzantine.filter { !ids.contains($0) }
    try require(
      strangers.isEmpty, "byzantine", "there is no client \(strangers.first ?? 0)",
      "ids of the run's clients are allowed")
    try require(Set(byzantine).count == byzantine.count, "byzantine", "got \(byzantine)", "each id may occur once")
    try require(
      (0...100_000).contains(fakeClients), "fake_clients", "got \(fakeClients)", "0 to 100000 are allowed")
    try require(
      (0..<participants.count).contains(declaredByzantine), "f", "got \(declaredByzantine)",
      "0 to \(participants.count - 1) is allowed")
    let all = participants.count, asked = clientsPerRound ?? all
    try require(
      (1...all).contains(asked), "clients_per_round", "got \(asked)", "1 to \(all) is allowed")
    try require(evaluationInterval >= 1, "evaluate_every", "got \(evaluationInterval)", "1 or more is needed")
    try require(
      model.elementType == .float32, "model", "its parameters are \(model.elementType)", "float32 is needed")
    try require(
      statistics != .reestimated || root != nil, "statistics", "'reestimated' without root data", "pass root = DATASET")
    try validateData(require)
  }

  /// Throws where a set of the server does not fit those of the clients, or serves two roles at once.
  private func validateData(_ require: (Bool, String, String, String) throws -> Void) throws {
    let shape = clients[0].data.sampleShape
    if let odd = clients.first(where: { $0.data.sampleShape != shape }) {
      try require(
        false, "clients", "samples of client \(odd.id) have shape \(odd.data.sampleShape)",
        "\(shape), as client \(clients[0].id) has, is needed")
    }
    let roles = [("test", test), ("root", root), ("validation", validation)].compactMap { name, set in
      set.map { (name: name, set: $0) }
    }
    for (name, set) in roles {
      try require(set.count > 0, name, "the data set is empty", "one or more samples are needed")
      try require(
        set.sampleShape == shape, name, "its samples have shape \(set.sampleShape)",
        "\(shape), as the clients' samples have, is needed")
    }
    if !allowsOverlap { try validateOverlap(roles, require) }
  }

  /// Throws where a sample serves two roles: what a rule learns from, what measures it, and what clients train on.
  private func validateOverlap(
    _ roles: [(name: String, set: Dataset)], _ require: (Bool, String, String, String) throws -> Void
  ) throws {
    for (index, role) in roles.enumerated() {
      let others = roles[..<index].map { ($0.name, $0.set) } + clients.map { ("client \($0.id)", $0.data) }
      for (name, set) in others {
        let shared = role.set.overlap(with: set)
        try require(
          shared == 0, role.name, "\(shared) of its \(role.set.count) samples serve as \(name), too",
          "sets without a common sample are needed, or allow_overlap = true")
      }
    }
  }
}
