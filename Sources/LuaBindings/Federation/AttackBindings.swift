import Attacks
import Federation
public import LuaRuntime
import Tensors

/// How strong an attack is: a number, or a function of the round's number that may return nil for rest.
struct ScheduleArgument: LuaReadable, Sendable {
  static var luaType: String { "number|function" }

  private let value: Either<Double, LuaFunction>

  init(_ value: Double) { self.value = .first(value) }

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> ScheduleArgument {
    ScheduleArgument(value: try Either<Double, LuaFunction>.read(frame, index))
  }

  private init(value: Either<Double, LuaFunction>) { self.value = value }

  static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    Either<Double, LuaFunction>.matches(frame, index)
  }

  var schedule: Schedule {
    switch value {
    case .first(let number): Schedule(number)
    case .second(let function): Schedule { round in try function(round, returning: Double?.self) }
    }
  }
}

/// An attack as scripts hold it.
public final class LuaAttack: LuaNamed {
  public static let luaClass = LuaClass("Attack")

  let attack: Attack
  public private(set) var luaName: String?

  init(_ attack: Attack) { self.attack = attack }

  public func wasMade(by path: String) { luaName = luaName ?? path }

  /// The attack for a run, whose messages name it by its path.
  fileprivate var qualified: Attack {
    var attack = attack
    attack.name = luaName ?? attack.name
    attack.replaceUpdates = attack.replaceUpdates.map { replace in
      { [self] context in do { return try replace(context) } catch { throw qualified(error) } }
    }
    attack.replaceLabels = attack.replaceLabels.map { replace in
      { [self] in do { return try replace($0, $1, $2, $3) } catch { throw qualified(error) } }
    }
    return attack
  }
}

private struct AttackCallOptions: LuaOptions {
  var round = 1
  var seed: UInt64 = 0

  static let fields = Fields<AttackCallOptions> { field in
    field.option("round", \.round, "Number of the round.", check: .atLeast(1))
    field.option("seed", \.seed, "Seed of random attacks.")
  }
}

let attackClass = ClassBindings(LuaAttack.self, "What Byzantine clients do in place of being honest.") { type in
  type.property("name", "What the attack is called.", get: { (a: LuaAttack) in a.attack.name })
  type.call(
    "Shows what an attack on updates sends: for a look at a prompt.",
    Parameter("own", "Updates that the attackers would send if they were honest."),
    Parameter("honest", "Updates of the honest clients; without them, those of the attackers."),
    Parameter("options", "Round and seed."), returns: "What they send, [m, d] or one [d] for all; nil at rest.",
    example: Example(
      "print(fed.attacks.updates.sign_flip { scale = 2 } { {1, -3} })", prints: "Tensor [1, 2] float32\n  -2   6")
  ) { (a: LuaAttack, own: UpdatesArgument, honest: UpdatesArgument?, options: AttackCallOptions) in
    guard let replace = a.attack.replaceUpdates else {
      throw LuaFailure("it attacks data, not updates; pass it to fed.simulation")
    }
    let own = own.updates,
      round = Round(
        number: options.round, cohort: own.clientIDs, clientCount: own.count, global: try .zeros([own.dimension]),
        seed: options.seed)
    return try replace(AttackContext(round: round, honest: honest?.updates ?? own, own: own))
  }
  type.description { (a: LuaAttack) in "Attack \(a.attack.name)" }
}

// MARK: Options

private struct SignFlipOptions: LuaOptions {
  var scale = ScheduleArgument(1)

  static let fields = Fields<SignFlipOptions> { field in
    field.option("scale", \.scale, "The update is multiplied by minus this.")
  }
}

private struct ScaleOptions: LuaOptions {
  var factor: ScheduleArgument?

  static let fields = Fields<ScaleOptions> { field in
    field.required("factor", \.factor, "The update is multiplied by this.")
  }
}

private struct NoiseOptions: LuaOptions {
  var sigma: ScheduleArgument?
  var replace = false

  static let fields = Fields<NoiseOptions> { field in
    field.required("sigma", \.sigma, "Standard deviation of each coordinate.")
    field.option("replace", \.replace, "Whether the noise stands alone and is not added to the client's own update.")
  }
}

private struct ALIEOptions: LuaOptions {
  var z: ScheduleArgument?

  static let fields = Fields<ALIEOptions> { field in
    field.option("z", \.z, "Standard deviations to go; without it, as many as the formula of the paper allows.")
  }
}

private struct LabelFlipOptions: LuaOptions {
  var share = ScheduleArgument(1)
  var target = "mirror"

  static let fields = Fields<LabelFlipOptions> { field in
    field.option("share", \.share, "Share of each client's samples, from 0 to 1.")
    field.option(
      "target", \.target, "mirror: k - 1 minus the label; random: any other label.",
      check: .oneOf(["mirror", "random"]))
  }
}

// MARK: Modules

let updateAttackBindings = BindingModule(
  "fed.attacks.updates",
  "Attacks on what clients send. Strengths are numbers or functions of the round, such as fed.schedules give.",
  classes: [attackClass]
) { module in
  module.function(
    "sign_flip", "Sends the client's own update, reversed and stretched.", Parameter("options", "How strong."),
    returns: "The attack.", source: "Li et al., AAAI 2019, https://arxiv.org/abs/1811.03761, section 5",
    example: Example(
      "print(fed.attacks.updates.sign_flip { scale = 10 } { {1, -3} })", prints: "Tensor [1, 2] float32\n  -10   30")
  ) { (options: SignFlipOptions) in LuaAttack(Attack(SignFlip(scale: options.scale.schedule))) }
  module.function(
    "scale", "Sends the client's own update, stretched, so that it outweighs the others.",
    Parameter("options", "How strong."), returns: "The attack.",
    source: "Bagdasaryan et al., AISTATS 2020, https://arxiv.org/abs/1807.00459, section 4",
    example: Example(
      """
      local attack = fed.attacks.updates.scale { factor = function(round) return round > 2 and 10 or nil end }
      print(attack({ {1, -3} }, nil, { round = 2 }), attack({ {1, -3} }, nil, { round = 3 })[1][2])
      """, prints: "nil\t-30.0")
  ) { (options: ScaleOptions) in LuaAttack(Attack(Scale(factor: (options.factor ?? ScheduleArgument(1)).schedule))) }
  module.function(
    "gaussian_noise", "Adds normal noise to the client's own update, drawn anew for each client and round.",
    Parameter("options", "How strong."), returns: "The attack.",
    source: "Li et al., AAAI 2019, https://arxiv.org/abs/1811.03761, section 5",
    example: Example(
      """
      local sent = fed.attacks.updates.gaussian_noise { sigma = 0.5 }(fed.zeros(1, 1000), nil, { seed = 3 })
      print(math.abs(sent:square():mean():sqrt():item() - 0.5) < 0.05)
      """, prints: "true")
  ) { (options: NoiseOptions) in
    LuaAttack(
      Attack(
        GaussianNoise(deviation: (options.sigma ?? ScheduleArgument(0)).schedule, replacesUpdate: options.replace)))
  }
  module.function(
    "alie", "Sends the honest mean plus a few standard deviations: far enough to do harm, near enough to pass.",
    Parameter("options", "How far."), returns: "The attack.",
    source: "Baruch et al., NeurIPS 2019, https://arxiv.org/abs/1902.06156, algorithm 3",
    example: Example(
      "print(fed.attacks.updates.alie { z = 1.5 }({ {0, 0} }, { {1, 2}, {4, 5}, {7, 8} }))",
      prints: "Tensor [2] float32\n  8.5000  9.5000")
  ) { (options: ALIEOptions) in LuaAttack(Attack(ALIE(deviations: options.z?.schedule))) }
}

let dataAttackBindings = BindingModule(
  "fed.attacks.data", "Attacks on what clients train with; training itself is honest."
) { module in
  module.function(
    "label_flip", "Gives a share of a client's samples wrong labels.", Parameter("options", "Which and how many."),
    returns: "The attack.",
    source: "Fang et al., USENIX Security 2020, https://arxiv.org/abs/1911.11815, section 5",
    example: Example("print(fed.attacks.data.label_flip { share = 0.5 })", prints: "Attack label_flip")
  ) { (options: LabelFlipOptions) in
    LuaAttack(
      Attack(LabelFlip(share: options.share.schedule, target: options.target == "random" ? .random : .mirror)))
  }
}

// MARK: Attacks of scripts

extension Attack {
  /// Reads an attack: one of `fed.attacks`, a function `(round, honest, own)`, or a table of hooks.
  init?(_ value: LuaValue, state: LuaState) throws {
    if case .nil = value { return nil }
    if let native = value.as(LuaAttack.self) {
      self = native.qualified
    } else if case .function(let function) = value {
      self.init(name: "attack")
      replaceUpdates = Self.hook(function, name: "attack")
    } else if case .table(let table) = value {
      let policy = try LuaPolicy(table, role: "attack", hooks: ["attack", "labels"], state: state)
      self.init(name: policy.name)
      if let native = try table.get("attack", as: LuaValue.self).as(LuaAttack.self) {
        (replaceUpdates, replaceLabels) = (native.qualified.replaceUpdates, native.qualified.replaceLabels)
      } else {
        replaceUpdates = try policy.function("attack").map { Self.hook($0, name: policy.name) }
      }
      if let relabel = try policy.function("labels") { replaceLabels = Self.labels(relabel, name: policy.name) }
      events = try policy.events()
    } else {
      throw LuaFailure("attack: got a \(value.typeName); an attack, a function or a table of hooks is needed")
    }
  }

  private static func hook(_ function: LuaFunction, name: String) -> (AttackContext) throws -> Tensor? {
    { context in
      let result = try function(
        LuaRound(context.round, hook: "attack"), context.honest, context.own, returning: LuaValue.self)
      if case .nil = result { return nil }
      guard let sent = result.as(Tensor.self) else {
        throw LuaFailure(
          "\(name): the attack returned \(result.article); a tensor [\(context.own.dimension)] or [\(context.own.count), \(context.own.dimension)], or nil, is needed"
        )
      }
      return sent
    }
  }

  private static func labels(
    _ function: LuaFunction, name: String
  ) -> ([Int], Int, Int, RandomStream) throws -> [Int]? {
    { labels, classes, round, stream in
      let result = try function(labels, classes, round, Stream(stream), returning: LuaValue.self)
      if case .nil = result { return nil }
      guard let changed = result.as([Int].self) else {
        throw LuaFailure(
          "\(name): labels returned \(result.article); a table of \(labels.count) labels, or nil, is needed")
      }
      return changed
    }
  }
}
