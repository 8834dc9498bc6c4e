import Datasets
import Networks
import Tensors

/// How the clients of a round are put to work, and where the attack has a hand in it.
extension Simulation {
  /// Whether single updates must be kept because Byzantine clients read them, or train otherwise and so send other things
  /// beside their updates.
  var isAttackOnRows: Bool {
    guard let attack, !options.attackers.isEmpty else { return false }
    return attack.replaceUpdates != nil || attack.localTraining != nil
  }

  /// The training of some clients, those without data left out.
  ///
  /// - Parameters:
  ///   - shared: What every client gets.
  ///   - inputs: What every task needs beside.
  ///   - poison: What Byzantine clients train on in place of their data.
  func training(
    _ clients: [Int], _ round: Round, shared: Exchange, inputs: Exchange = Exchange(), poison: [Int: Cohort.Poison]
  ) throws -> CohortTraining {
    let fakes = options.fakeIDs, trainsOtherwise = run.attackers.training != nil
    let tasks = try Cohort.tasks(clients.filter { !fakes.contains($0) }, state.clients, poison: poison) { client in
      var inputs = inputs
      if trainsOtherwise, options.byzantine.contains(client) { inputs.numbers[.trainsAsAttacker] = 1 }
      return inputs
    }
    return CohortTraining(
      round: round, run: run, executor: executor, shared: shared, tasks: tasks, onFailure: options.onFailure
    ) { [self] done in
      onProgress?(Progress(round: round.number, rounds: options.rounds, clientsDone: done, clients: tasks.count))
    }
  }

  /// Calls `body` while workers know how Byzantine clients train.
  func withAttackersTraining<Result>(_ round: Round, _ body: () throws -> Result) throws -> Result {
    guard !options.byzantine.isEmpty, let training = try attack?.localTraining?(round.number) else {
      return try body()
    }
    try expectUsable(training)
    try training.algorithm.prepare(columns: run.split.trainableColumns)
    run.attackers.training = training
    defer { run.attackers.training = nil }
    let sets = options.clients.filter { options.byzantine.contains($0.id) }.map(\.data)
    return try traces.preparing(model, sets, for: .training, as: training, body)
  }

  /// Refuses what an attacker's training cannot have of its own.
  private func expectUsable(_ training: LocalTraining) throws {
    let name = attack?.name ?? "attack"
    if training.keepsOptimizerState {
      throw FederationError.setup(
        what: "\(name): local_training", problem: "keep_optimizer = true",
        allowed: "a Byzantine client's optimizer starts afresh each round")
    }
    guard training.stayingName != "none", training.stayingName != options.localTraining.stayingName else { return }
    throw FederationError.setup(
      what: "\(name): local_training", problem: "its local parameters are '\(training.stayingName)'",
      allowed: "those of the run, '\(options.localTraining.stayingName)', stay at every client")
  }

  /// Puts what Byzantine clients send in the place of what they would have sent.
  func replace(
    in intake: any RoundIntake, _ round: Round, exchange: Int, rehearse: ((UpdateMatrix) throws -> Decision)?
  ) throws {
    guard let attack, !isAttacking else { return }
    isAttacking = true
    defer { isAttacking = false }
    let fakes = options.fakeIDs.filter { round.cohort.contains($0) }
    let seen = try intake.replace(
      by: attack, byzantine: options.byzantine, fakes: fakes, round, exchange: exchange, rehearse: rehearse)
    if exchange == 1 { round.exchanges?.context = seen }
  }

  /// Records what arrived, and apart from it what only the run knows.
  func write(_ round: Round, _ intake: any RoundIntake, _ record: RoundRecord) throws {
    guard let recorder, let rows = intake as? RowIntake, let updates = rows.updates else { return }
    let attackers = updates.clientIDs.indices.filter { options.attackers.contains(updates.clientIDs[$0]) }
    var own = attackers.isEmpty ? nil : try updates.selecting(attackers)
    if let unattacked = rows.unattacked, let arrived = own {
      let places = unattacked.clientIDs.indices.filter { arrived.clientIDs.contains(unattacked.clientIDs[$0]) }
      own = try unattacked.selecting(places)
    }
    let rootUpdate = options.root == nil ? nil : try round.rootUpdate()
    try recorder.write(round, updates, own: own, rootUpdate: rootUpdate, record)
  }
}
