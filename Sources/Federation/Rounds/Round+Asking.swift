import Datasets
public import Tensors

/// What a rule asks of clients beside the round's own updates.
public struct ClientQuestion {
  /// Ids of clients of the cohort; nil for all of it.
  public var clients: [Int]?
  /// Where they start, in the place of the round's global parameters: shape `[d]`.
  public var global: Tensor?
  /// Steps to take; nil for as many as local training takes.
  public var steps: Int?
  /// Keys the order of the batches and all that is random; nil for another one each time.
  public var key: Int?

  /// Asks the whole cohort to train once more as it did.
  public init() {}
}

extension Round {
  /// Asks clients of the cohort to train once more inside this round. What they keep stays what they kept when it began.
  ///
  /// Byzantine clients answer as the attack says. Who fails is left out where the run goes on without, and so is who sends
  /// NaN or infinity; the answer may have fewer rows than clients were asked.
  ///
  /// - Returns: What they send, minus the parameters where they started; ids ascend.
  /// - Throws: ``FederationError/noTools(call:)`` outside a run, and for clients that are not in the cohort.
  public func ask(_ question: ClientQuestion) throws -> UpdateMatrix {
    let run = try run("ask")
    let clients = try expectCohort("ask", question.clients)
    if let start = question.global, start.shape != [global.count] {
      throw FederationError.vectorShape(rule: "ask: global", got: start.shape, d: global.count)
    }
    let asked = Round(
      number: number, cohort: clients, clientCount: clientCount, declaredByzantine: declaredByzantine,
      global: question.global ?? global, previousUpdate: previousUpdate, history: history, seed: seed, tools: tools)
    let count = note(downloads: question.global == nil ? 0 : clients.count)
    var inputs = Exchange()
    inputs.numbers[.steps] = question.steps.map(Double.init)
    inputs.numbers[.stream] = Double(question.key ?? count)
    var shared = try run.broadcast()
    if let start = question.global {
      let vector = run.globalVector.clone()
      try vector.scatter(start.to(.float32).contiguous(), to: run.run.split.shared)
      shared.tensors[.global] = vector
    }
    let intake = RowIntake(.rows(), isInFile: false)
    try run.withAttackersTraining(asked) {
      try run.withPoison(clients, asked) { poison in
        try intake.receive(run.training(clients, asked, shared: shared, inputs: inputs, poison: poison))
      }
    }
    try run.replace(in: intake, asked, exchange: count, rehearse: nil)
    let answers = try intake.wholeUpdates(asked)
    exchanges?.cost.uploads += answers.count
    return answers
  }

  /// Measures parameter vectors on the data of clients of the cohort, by these clients.
  ///
  /// A client measures with what it keeps for itself in the model. Byzantine clients report what the attack's votes say;
  /// clients without data report nothing else, and nothing where there are no votes.
  ///
  /// - Parameters:
  ///   - vectors: Shape `[m, d]`.
  ///   - clients: Ids of clients of the cohort; nil for all of it.
  ///   - byClass: Whether the loss of each class is wanted; NaN where a client has no sample of it.
  /// - Returns: Mean losses `[clients, m]`, or `[clients, m, k]` by class, and whose rows they are.
  public func validate(
    _ vectors: Tensor, clients: [Int]? = nil, byClass: Bool = false
  ) throws -> (losses: Tensor, clients: [Int]) {
    let run = try run("validate"), ids = try expectCohort("validate", clients)
    guard vectors.shape.count == 2, vectors.shape[1] == global.count, vectors.shape[0] > 0 else {
      throw TensorError.shape(
        op: "validate", got: vectors.shape, expected: "parameter vectors [m, \(global.count)], m at least 1, are needed"
      )
    }
    _ = note(downloads: ids.count * vectors.shape[0])
    return try run.votes(self, vectors.to(.float32).contiguous(), ids, byClass)
  }

  /// Counts an exchange; returns its number, where that of the round's own is 1.
  private func note(downloads: Int) -> Int {
    exchanges?.cost.exchanges += 1
    exchanges?.cost.downloads += downloads
    return cost.exchanges + 1
  }

  private func expectCohort(_ call: String, _ clients: [Int]?) throws -> [Int] {
    let clients = clients ?? cohort
    guard !clients.isEmpty, Set(clients).count == clients.count, clients.allSatisfy(cohort.contains) else {
      throw FederationError.option(
        name: "\(call): clients", got: "\(clients)", allowed: "ids of this round's cohort are, \(cohort), each once")
    }
    return clients.sorted()
  }
}

extension Simulation {
  fileprivate func votes(
    _ round: Round, _ vectors: Tensor, _ clients: [Int], _ byClass: Bool
  ) throws -> (losses: Tensor, clients: [Int]) {
    let fakes = options.fakeIDs.filter(clients.contains), real = clients.filter { !fakes.contains($0) }
    let sets = try real.map { RoundData.set(try catalog.set(.client($0))) }
    let classes = options.clients.map(\.data.classCount).max() ?? 0
    let measured = try withPoison(real, round) { poison in
      let tasks = try Cohort.tasks(real, state.clients, poison: poison) { _ in Exchange() }
      return try lending(sets, for: byClass ? .measuringByClass : .measuring) { _ in
        try evaluator.measure(
          vectors, by: tasks, global: globalVector, round: round.number, classes: byClass ? classes : nil)
      }
    }
    let width = byClass ? vectors.shape[0] * classes : vectors.shape[0]
    let losses = try Tensor.full([clients.count, width], .nan)
    for (client, row) in zip(real, measured) {
      try losses.row(clients.firstIndex(of: client) ?? 0).copy_(Tensor(row.map { Float($0.loss) }))
    }
    let shape = byClass ? [clients.count, vectors.shape[0], classes] : [clients.count, vectors.shape[0]]
    let hasVotes = try replaceVotes(losses.reshape(shape), of: clients, round)
    guard !hasVotes, !fakes.isEmpty else { return (try losses.reshape(shape), clients) }
    guard !real.isEmpty else { throw FederationError.noUpdates(rule: "validate") }
    let rows = Tensor(labels: clients.indices.filter { real.contains(clients[$0]) })
    return (try losses.reshape(shape).gather(rows), real)
  }

  /// Puts what Byzantine clients report into their rows of the losses; returns whether they had something to say.
  private func replaceVotes(_ losses: Tensor, of clients: [Int], _ round: Round) throws -> Bool {
    let own = clients.indices.filter { options.attackers.contains(clients[$0]) }
    guard let attack, let replace = attack.replaceVotes, !own.isEmpty, !isAttacking else { return false }
    isAttacking = true
    defer { isAttacking = false }
    let context = try round.exchanges?.context ?? unknowing(round, own.map { clients[$0] })
    let measured = try losses.gather(Tensor(labels: own))
    guard let reported = try replace(context, measured) else { return false }
    guard reported.shape == measured.shape else {
      throw TensorError.shape(
        op: "\(attack.name): vote", got: reported.shape, expected: "losses of shape \(measured.shape) are needed")
    }
    let values = reported.detach().to(.float32).contiguous()
    for (place, row) in own.enumerated() { try losses.row(row).copy_(values.row(place)) }
    return true
  }

  /// What an attacker sees where the round has no updates yet, or none that it reads.
  private func unknowing(_ round: Round, _ clients: [Int]) throws -> AttackContext {
    let rows = try UpdateMatrix(Tensor.zeros([clients.count, dimension]), clientIDs: clients, sections: sections)
    return try AttackContext(round: round, honest: rows, own: rows).limited(to: .global)
  }
}
