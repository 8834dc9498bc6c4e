public import Tensors

/// How much an attacker knows. What it does not know is not there: an attack cannot look where it should not.
public enum Knowledge: String, Sendable, CaseIterable, Comparable {
  /// The global model and what the server added to it, as every client gets them. The attacker has no data: its own rows
  /// are zeros.
  case global
  /// That, and what the Byzantine clients would send if they were honest; these rows stand for the honest ones too.
  case own
  /// That, and what the honest clients of the round send.
  case cohort
  /// All of this, the server's root update, the records of the rounds before, and the server's rule.
  case everything

  public static func < (a: Knowledge, b: Knowledge) -> Bool {
    (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
  }
}

/// What an attacker sees in one round.
public struct AttackContext {
  public let round: Round
  /// What the honest clients send; the attacker's own rows where a cohort has no honest client, or where the attacker
  /// does not know.
  public let honest: UpdateMatrix
  /// What the Byzantine clients would send if they were honest, one row each; zeros for an attacker without data.
  public let own: UpdateMatrix
  /// How much of the round is shown.
  public let knowledge: Knowledge
  /// How often the clients have been asked in this round: 1 for what every round asks, more where a rule asks again.
  public let exchange: Int
  private let rule: ((UpdateMatrix) throws -> Decision)?

  /// - Parameter rule: Tells what the run's rule would decide, and leaves the rule as it was; nil outside a run.
  public init(
    round: Round, honest: UpdateMatrix, own: UpdateMatrix, exchange: Int = 1,
    rule: ((UpdateMatrix) throws -> Decision)? = nil
  ) {
    self.init(round: round, honest: honest, own: own, knowledge: .everything, exchange: exchange, rule: rule)
  }

  private init(
    round: Round, honest: UpdateMatrix, own: UpdateMatrix, knowledge: Knowledge, exchange: Int,
    rule: ((UpdateMatrix) throws -> Decision)?
  ) {
    self.round = round
    self.honest = honest
    self.own = own
    self.knowledge = knowledge
    self.exchange = exchange
    self.rule = rule
  }

  /// The same round as an attacker sees it that knows no more than this.
  public func limited(to most: Knowledge) throws -> AttackContext {
    let level = min(most, knowledge)
    if level == knowledge { return self }
    var own = own
    if level == .global { own = try own.with(Tensor.zeros([own.count, own.dimension])) }
    return AttackContext(
      round: round.asClientsSeeIt, honest: level == .cohort ? honest : own, own: own, knowledge: level,
      exchange: exchange,
      rule: nil)
  }

  /// The same round for some of the attackers alone: the others behave, and count among the honest clients.
  ///
  /// - Returns: The round, and the rows of ``own`` that act in it; nil where none of the named clients is an attacker.
  public func acting(_ clients: [Int]) throws -> (context: AttackContext, rows: [Int])? {
    let rows = own.clientIDs.indices.filter { clients.contains(own.clientIDs[$0]) }
    guard !rows.isEmpty else { return nil }
    if rows.count == own.count { return (self, rows) }
    let acting = try own.selecting(rows),
      resting = try own.selecting(own.clientIDs.indices.filter { !rows.contains($0) })
    let others = honest === own ? resting : try honest.joined(with: resting)
    let context = AttackContext(
      round: round, honest: knowledge <= .own ? acting : others, own: acting, knowledge: knowledge, exchange: exchange,
      rule: rule)
    return (context, rows)
  }

  /// The same round where the attackers would send other updates than their own by themselves.
  public func replacing(own sent: Tensor) throws -> AttackContext {
    let rows = try UpdateMatrix.sent(sent, by: own)
    return AttackContext(
      round: round, honest: honest === own ? rows : honest, own: rows, knowledge: knowledge, exchange: exchange,
      rule: rule)
  }

  /// All updates of the round if the attackers send these, by client id: what the server would get.
  ///
  /// - Parameter sent: Shape `[m, d]`, or `[d]` for all.
  public func arriving(_ sent: Tensor) throws -> UpdateMatrix {
    let mine = try UpdateMatrix.sent(sent, by: own)
    return honest === own ? mine : try honest.joined(with: mine)
  }

  /// What the run's rule would decide on these updates. Neither the run nor what the rule remembers changes.
  ///
  /// - Throws: ``FederationError/setup(what:problem:allowed:)`` for an attacker that does not know the rule, and outside
  ///   a run.
  public func decide(_ updates: UpdateMatrix) throws -> Decision {
    guard let rule else {
      throw FederationError.setup(
        what: "decide",
        problem: knowledge == .everything
          ? "there is no run whose rule could be asked"
          : "an attacker that knows '\(knowledge)' does not know the rule",
        allowed: "an attack of a run that knows 'everything' may ask")
    }
    return try rule(updates)
  }
}

extension Round {
  /// The round without what the server keeps for itself.
  fileprivate var asClientsSeeIt: Round {
    Round(
      number: number, cohort: cohort, clientCount: clientCount, declaredByzantine: declaredByzantine, global: global,
      previousUpdate: previousUpdate, seed: seed)
  }
}

extension UpdateMatrix {
  /// These rows and others, by client id.
  fileprivate func joined(with other: UpdateMatrix) throws -> UpdateMatrix {
    let rows = [self, other].flatMap { part in part.clientIDs.indices.map { (part.clientIDs[$0], part, $0) } }
      .sorted { $0.0 < $1.0 }
    return try UpdateMatrix(
      rows: rows.map { try $0.1.row($0.2) }, clientIDs: rows.map(\.0),
      sampleCounts: rows.map { $0.1.sampleCounts[$0.2] }, sections: sections)
  }

  /// What the clients of `own` send in place of their updates: `[m, d]`, or `[d]` for all of them.
  fileprivate static func sent(_ sent: Tensor, by own: UpdateMatrix) throws -> UpdateMatrix {
    guard sent.shape == [own.dimension] || sent.shape == own.tensor.shape else {
      throw FederationError.vectorShape(rule: "attack", got: sent.shape, d: own.dimension)
    }
    let sent = sent.detach().to(.float32)
    return try own.with(sent.rank == 2 ? sent : UpdateMatrix(rows: own.clientIDs.map { _ in sent }).tensor)
  }
}
