import Federation
public import LuaRuntime
import Tensors

/// A round as an attacker sees it.
public final class LuaAttackContext: LuaObject {
  public static let luaClass = LuaClass("AttackContext")

  let context: AttackContext
  let round: LuaRound

  init(_ context: AttackContext) {
    self.context = context
    round = LuaRound(context.round, hook: "attack")
  }
}

/// What an attack of a script gets. The facts of the round stand here too, so that `context.number` is enough.
let attackContextClass = ClassBindings(
  LuaAttackContext.self,
  "A round as an attacker sees it, and no more of it than the attack's `knowledge` allows. An attack is a function of it that returns what the Byzantine clients send: a tensor [d] for all of them, [m, d] with a row for each, or nil to be honest this round."
) { type in
  type.property(
    "own", "What the Byzantine clients would send if they were honest: updates of m rows.",
    get: { (c: LuaAttackContext) in c.context.own })
  type.property(
    "honest", "What the honest clients send; the attackers' own where these do not know it.",
    get: { (c: LuaAttackContext) in c.context.honest })
  type.property(
    "knowledge", "How much is shown: 'global', 'own', 'cohort' or 'everything'.",
    get: { (c: LuaAttackContext) in c.context.knowledge.rawValue })
  type.property("round", "The round.", get: { (c: LuaAttackContext) in c.round })
  type.addRoundFacts()
  type.method(
    "decide",
    "Asks what the run's rule would decide, without changing anything: what the rule remembers is saved by its on_save before and brought back by its on_load after.",
    Parameter("sent", "What the attackers would send, [d] or [m, d]; or updates of all clients."),
    returns: "A table of update, flagged, and where the rule has them weights and info.",
    errors: ["The attack does not know everything.", "There is no run."],
    example: Example(
      """
      local run = fed.simulation {
        clients = fed.partition.identical(fed.data.blobs { train = 90, classes = 3 }, { clients = 5 }), rounds = 1,
        model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, defense = fed.aggregators.krum { f = 1 },
        byzantine = { 5 },
        attack = function(context)
          local sent = context.own.tensor * -10
          while context:decide(sent).info.chosen ~= 5 and sent:norm():item() > 1e-3 do sent = sent * 0.5 end
          print(context:decide(sent * 1e6).info.chosen ~= 5)
          return sent
        end,
      }
      run:next_round()
      """, prints: "true")
  ) { (c: LuaAttackContext, sent: Either<UpdateMatrix, TensorArgument>) in
    let updates =
      switch sent {
      case .first(let updates): updates
      case .second(let rows): try c.context.arriving(rows.tensor())
      }
    return try c.context.decide(updates).luaTable
  }
  type.description { (c: LuaAttackContext) in
    "Round \(c.context.round.number) for attackers \(c.context.own.clientIDs) that know \(c.context.knowledge)"
  }
}

extension ClassBuilder where Object == LuaAttackContext {
  fileprivate mutating func addRoundFacts() {
    property("number", "Number of the round, from 1.", get: { (c: LuaAttackContext) in c.context.round.number })
    property(
      "exchange",
      "How often clients were asked in this round: 1 for the updates of every round, more where the rule asks again by "
        + "round:ask.",
      get: { (c: LuaAttackContext) in c.context.exchange })
    property("cohort", "Ids of the clients asked this round.", get: { (c: LuaAttackContext) in c.context.round.cohort })
    property(
      "n", "How many clients are asked this round.", get: { (c: LuaAttackContext) in c.context.round.cohort.count })
    property("clients", "How many clients there are.", get: { (c: LuaAttackContext) in c.context.round.clientCount })
    property(
      "f", "Byzantine clients that the server expects at most.",
      get: { (c: LuaAttackContext) in c.context.round.declaredByzantine })
    property("global", "The global parameters before this round: [d].") { (c: LuaAttackContext) in
      c.context.round.global.clone()
    }
    property("previous_update", "What the server added in the round before: [d]; nil in round 1.") {
      (c: LuaAttackContext) in c.context.round.previousUpdate?.clone()
    }
    property(
      "root_update", "What the server's root data would send, for an attack that knows everything.",
      get: { (c: LuaAttackContext) in try c.context.round.rootUpdate() })
    property(
      "has_root", "Whether a root update is known.", get: { (c: LuaAttackContext) in c.context.round.hasRootData })
    property(
      "history", "The rounds before, for an attack that knows everything.",
      get: { (c: LuaAttackContext) in History(c.context.round.history) })
    property("stream", "Random numbers of this round and hook.", get: { (c: LuaAttackContext) in c.round.stream })
  }
}
