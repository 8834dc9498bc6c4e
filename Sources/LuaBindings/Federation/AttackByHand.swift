import Attacks
import Datasets
import Federation
import LuaRuntime
import Tensors

/// A round as a script describes it that calls an attack outside any run.
struct AttackCallOptions: LuaOptions {
  var round = 1
  var seed: UInt64 = 0
  var f: Int?
  var rule = LuaValue.nil
  var global: TensorArgument?
  var previousUpdate: TensorArgument?
  var rootUpdate: TensorArgument?

  static let fields = Fields<AttackCallOptions> { field in
    field.option("round", \.round, "Number of the round.", check: .atLeast(1))
    field.option("seed", \.seed, "Seed of random attacks.")
    field.option("f", \.f, "Byzantine clients that the server expects; as many as attack without it.")
    field.option("rule", \.rule, "What context:decide asks: an aggregator, a function or a table of hooks.")
    field.option("global", \.global, "The global parameters [d]; zeros without it.")
    field.option("previous_update", \.previousUpdate, "What the server added in the round before: [d].")
    field.option("root_update", \.rootUpdate, "What the server's root data would send: [d].")
  }
}

extension AttackCallOptions {
  /// The round as the attackers see it.
  ///
  /// - Parameter honest: The honest updates; nil for those of the attackers.
  func context(own: UpdateMatrix, honest: UpdateMatrix?, _ state: LuaState) throws -> AttackContext {
    var own = own
    if let honest, !Set(honest.clientIDs).isDisjoint(with: own.clientIDs) {
      // Rows that were made by hand count from 1 on both sides: the attackers come last.
      let last = honest.clientIDs.max() ?? 0
      own = try UpdateMatrix(
        own.tensor, clientIDs: own.clientIDs.map { $0 + last }, sampleCounts: own.sampleCounts, sections: own.sections)
    }
    let cohort = ((honest?.clientIDs ?? []) + own.clientIDs).sorted(), d = own.dimension
    func vector(_ given: TensorArgument?) throws -> Tensor? {
      try given.map { given in
        let vector = try given.tensor().detach().to(.float32)
        guard vector.shape == [d] else { throw FederationError.vectorShape(rule: "attack", got: vector.shape, d: d) }
        return vector
      }
    }
    let round = Round(
      number: round, cohort: cohort, clientCount: cohort.count, declaredByzantine: f ?? own.count,
      global: try vector(global) ?? .zeros([d]), previousUpdate: try vector(previousUpdate),
      root: try vector(rootUpdate), seed: seed)
    let defense = try Defense(rule, state: state)
    return AttackContext(
      round: round, honest: honest ?? own, own: own,
      rule: defense.map { defense in { try defense.rehearse(round, $0) } })
  }
}

/// Whose data an attack poisons outside any run, and when.
private struct PoisonOptions: LuaOptions {
  var client = 1
  var colluders: [Int]?
  var round = 1
  var seed: UInt64 = 0

  static let fields = Fields<PoisonOptions> { field in
    field.option("client", \.client, "Id of the Byzantine client.", check: .atLeast(1))
    field.option("colluders", \.colluders, "Ids of all Byzantine clients; this one alone without it.")
    field.option("round", \.round, "Number of the round.", check: .atLeast(1))
    field.option("seed", \.seed, "Seed of random attacks.")
  }

  var place: Poisoning {
    Poisoning(
      client: client, colluders: (colluders ?? [client]).sorted(), round: round,
      stream: RandomStream(seed: seed, purpose: .attack, round: round, client: client))
  }
}

extension ClassBuilder where Object == LuaAttack {
  /// What an attack on data does to data.
  mutating func addDataMethods() {
    method(
      "poison", "Shows what a Byzantine client trains on under this attack: to look at it at a prompt.",
      Parameter<Dataset>("data", "The client's true samples."), Parameter("options", "Which client, and when."),
      returns: "The samples; those given where the client is honest.", errors: ["The attack leaves data alone."],
      example: Example(
        """
        local set = fed.data.blobs { train = 6, classes = 3 }
        print(fed.attacks.data.label_flip {}:poison(set):labels())
        """, prints: "Tensor [6] int64\n  2  1  0  2  1  0")
    ) { (a: LuaAttack, data: Dataset, options: PoisonOptions) in
      guard a.attack.replaceData != nil || a.attack.replaceLabels != nil else {
        throw LuaFailure("it attacks updates, not data; call it to see what it sends")
      }
      return try a.attack.poison(data, options.place) ?? data
    }
    method(
      "triggered",
      "Makes the samples by which a backdoor is measured: the accuracy of a model on them is its success rate.",
      Parameter<Dataset>("data", "Clean samples, such as those of the test."),
      returns: "The samples with the trigger, those of the target class left out, all under the target's label.",
      errors: ["The attack has no trigger."],
      example: Example(
        """
        local set = fed.data.from_tensors(fed.zeros(3, 1, 4, 4), { 0, 1, 1 })
        local attack = fed.attacks.data.backdoor { target = 0, size = 2 }
        local triggered = attack:triggered(set)
        print(#triggered, triggered:batch():sum():item(), triggered.class_counts[1])
        """, prints: "2\t8.0\t2")
    ) { (a: LuaAttack, data: Dataset) in
      guard let triggered = a.attack.triggered else { throw LuaFailure("it has no trigger") }
      return try triggered(data)
    }
  }
}

extension ModuleBuilder {
  /// Declares `attack`, by which a script makes an attack that composes as the host's do.
  mutating func addAttackMaking() {
    function(
      "attack", "Makes an attack of a function or of hooks, to be called and joined like any of `fed.attacks`.",
      Parameter("name", "What messages call it; of a path with dots, the last word is the attack's name."),
      Parameter(
        "hooks",
        "A function of an AttackContext, or a table: attack(context); labels(labels, classes, round, stream); data(dataset, client, round, stream, colluders), which returns the samples to train on; triggered(dataset); knowledge; on_save and on_load for what it remembers."
      ), .caller, returns: "The attack.",
      example: Example(
        """
        local twice = fed.attack("twice", { knowledge = "own", attack = function(context) return context.own.tensor * 2 end })
        print(fed.attacks.all { twice, twice } { {1, -3} })
        """, prints: "Tensor [1, 2] float32\n    4  -12")
    ) { (path: String, hooks: LuaValue, caller: LuaCaller) in
      guard var attack = try Attack(hooks, state: caller.state, name: path) else {
        throw LuaFailure("got nothing in place of hooks; a function or a table of hooks is needed")
      }
      attack.name = path.split(separator: ".").last.map(String.init) ?? path
      return LuaAttack(path: path, attack)
    }
  }
}
