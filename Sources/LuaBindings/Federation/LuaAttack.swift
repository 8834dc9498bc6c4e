import Attacks
import Federation
public import LuaRuntime
import Tensors

/// An attack as scripts hold it.
public final class LuaAttack: LuaNamed {
  public static let luaClass = LuaClass("Attack", keepsOrigin: true)

  let attack: Attack
  public private(set) var luaName: String?

  init(_ attack: Attack) { self.attack = attack }

  /// - Parameter path: What messages call the attack.
  init(path: String, _ attack: Attack) {
    self.attack = attack
    luaName = path
  }

  public func wasMade(by path: String) { luaName = luaName ?? path }

  /// What must live as long as the attack: the sandbox that its functions belong to.
  private var keeper: AnyObject?

  /// The same attack, which keeps something alive.
  func keeping(_ keeper: AnyObject) -> LuaAttack {
    let copy = LuaAttack(attack)
    (copy.luaName, copy.keeper) = (luaName, keeper)
    return copy
  }

  /// The attack for a run, whose messages name it by its path.
  var qualified: Attack {
    var attack = attack
    attack.name = luaName ?? attack.name
    attack.replaceUpdates = attack.replaceUpdates.map { replace in
      { [self] context in do { return try replace(context) } catch { throw qualified(error) } }
    }
    attack.replaceLabels = attack.replaceLabels.map { replace in
      { [self] in do { return try replace($0, $1, $2, $3) } catch { throw qualified(error) } }
    }
    attack.replaceData = attack.replaceData.map { replace in
      { [self] in do { return try replace($0, $1) } catch { throw qualified(error) } }
    }
    return attack
  }
}

private struct AttackApplyOptions: LuaOptions {
  var rows: [Int]?
  var round = 1
  var seed: UInt64 = 0

  static let fields = Fields<AttackApplyOptions> { field in
    field.required("rows", \.rows, "Positions, from 1, of the updates that are the attackers'.")
    field.option("round", \.round, "Number of the round.", check: .atLeast(1))
    field.option("seed", \.seed, "Seed of random attacks.")
  }

  /// Positions from 0 of the attackers' rows and of the others.
  func split(_ updates: UpdateMatrix) throws -> (own: [Int], others: [Int]) {
    let own = rows ?? [], all = 1...max(updates.count, 1)
    guard !own.isEmpty, own.allSatisfy(all.contains), Set(own).count == own.count else {
      throw LuaFailure("rows = \(own) is not allowed; positions from 1 to \(updates.count) are, each once")
    }
    return (own.map { $0 - 1 }, all.filter { !own.contains($0) }.map { $0 - 1 })
  }
}

extension LuaAttack {
  /// What the attackers send, by the way that a run takes too.
  fileprivate func send(_ context: AttackContext) throws -> Tensor? {
    guard let replace = attack.replaceUpdates else {
      throw LuaFailure("it attacks data, not updates; its poison shows what a client trains on")
    }
    return try replace(context)
  }
}

let attackClass = ClassBindings(LuaAttack.self, "What Byzantine clients do in place of being honest.") { type in
  type.property("name", "What the attack is called.", get: { (a: LuaAttack) in a.attack.name })
  type.property(
    "knowledge", "The most that it looks at: 'global', 'own', 'cohort' or 'everything'.",
    get: { (a: LuaAttack) in a.attack.knowledge.rawValue })
  type.call(
    "Tells what an attack on updates sends: inside an attack of one's own by its context, at a prompt by updates.",
    Parameter("own", "An AttackContext, or updates that the attackers would send if they were honest."),
    Parameter("honest", "Updates of the honest clients; without them, those of the attackers."),
    Parameter("options", "The round, as the attackers see it."), .caller,
    returns: "What they send, [m, d] or one [d] for all; nil at rest.",
    example: Example(
      "print(fed.attacks.updates.sign_flip { scale = 2 } { {1, -3} })", prints: "Tensor [1, 2] float32\n  -2   6")
  ) {
    (
      a: LuaAttack, own: Either<LuaAttackContext, UpdatesArgument>, honest: UpdatesArgument?,
      options: AttackCallOptions, caller: LuaCaller
    ) in
    switch own {
    case .first(let context): try a.send(context.context)
    case .second(let own): try a.send(options.context(own: own.updates, honest: honest?.updates, caller.state))
    }
  }
  type.addDataMethods()
  type.method(
    "apply", "Returns updates as the server would get them under this attack: to try rules at a prompt.",
    Parameter("updates", "Updates of all clients, as if all were honest."), Parameter("options", "Who attacks."),
    .caller,
    returns: "The updates, the attackers' rows replaced.",
    example: Example(
      """
      local updates = fed.updates { {1, 2}, {3, 4}, {5, 6} }
      print(fed.attacks.updates.sign_flip {}:apply(updates, { rows = { 2 } }).tensor)
      """, prints: "Tensor [3, 2] float32\n   1   2\n  -3  -4\n   5   6")
  ) { (a: LuaAttack, updates: UpdatesArgument, options: AttackApplyOptions, caller: LuaCaller) in
    let updates = updates.updates, (own, others) = try options.split(updates), mine = try updates.selecting(own)
    let honest = others.isEmpty ? nil : try updates.selecting(others)
    let context = try AttackCallOptions(round: options.round, seed: options.seed).context(
      own: mine, honest: honest, caller.state)
    guard let sent = try a.send(context) else { return updates }
    let rows = updates.tensor.clone(), replaced = try context.replacing(own: sent).own
    for (place, row) in own.enumerated() { try rows.row(row).copy_(replaced.row(place)) }
    return try updates.with(rows)
  }
  type.description { (a: LuaAttack) in "Attack \(a.attack.name)" }
}
