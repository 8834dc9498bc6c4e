import Attacks
import Datasets
import Federation
import LuaRuntime
import Tensors

extension Attack {
  /// Reads an attack: one of `fed.attacks`, a function of an attack context, or a table of hooks.
  ///
  /// - Parameter name: What messages call a function, or a table without a name of its own.
  init?(_ value: LuaValue, state: LuaState, name: String = "attack") throws {
    if case .nil = value { return nil }
    if let native = value.as(LuaAttack.self) {
      self = native.qualified
    } else if case .function(let function) = value {
      try function.expectCalled(LuaAttack.self, "attack")
      self.init(name: name)
      replaceUpdates = Self.hook(function, name: name)
    } else if case .table(let table) = value {
      self = try Self.policy(table, state, name)
    } else {
      throw LuaFailure("attack: got a \(value.typeName); an attack, a function or a table of hooks is needed")
    }
  }

  private static let hooks = ["attack", "labels", "data", "vote", "local_training"]

  /// Reads a table of hooks: `attack`, `labels` and `data`, each a function or one of `fed.attacks`, `triggered`,
  /// `vote`, `local_training`, and `knowledge`.
  private static func policy(_ table: LuaTable, _ state: LuaState, _ fallback: String) throws -> Attack {
    let policy = try LuaPolicy(table, role: "attack", hooks: hooks, name: fallback, state: state)
    var attack = Attack(name: policy.name)
    if let native = try table.get("attack", as: LuaValue.self).as(LuaAttack.self) {
      attack = native.qualified
      attack.name = policy.name
    } else {
      attack.replaceUpdates = try policy.function("attack").map { hook($0, name: policy.name) }
    }
    try attack.readData(policy, table)
    if let native = try table.get("labels", as: LuaValue.self).as(LuaAttack.self) {
      guard let replace = native.qualified.replaceLabels else {
        throw LuaFailure("\(policy.name): labels is \(native.luaName ?? native.attack.name), which replaces no labels")
      }
      attack.replaceLabels = replace
    } else if let relabel = try policy.function("labels") {
      attack.replaceLabels = labels(relabel, name: policy.name)
    }
    attack.replaceVotes = try policy.function("vote").map { votes($0, name: policy.name) }
    if let training = try table.get("local_training", as: LocalTrainingArgument?.self)?.training() {
      attack.localTraining = { _ in training }
    }
    attack.events = .all([attack.events, try policy.events()])
    guard let name = try table.get("knowledge", as: String?.self) else { return attack }
    return attack.knowing(try Knowledge(named: name, in: policy.name))
  }

  private static func hook(_ function: LuaFunction, name: String) -> (AttackContext) throws -> Tensor? {
    { context in
      let result = try function(LuaAttackContext(context), context.honest, context.own, returning: LuaValue.self)
      if case .nil = result { return nil }
      if let sent = result.as(Tensor.self) ?? result.as(UpdateMatrix.self)?.tensor { return sent }
      let d = context.own.dimension
      throw LuaFailure(
        "\(name): the attack returned \(result.article); a tensor [\(d)] or [\(context.own.count), \(d)], or nil, is needed"
      )
    }
  }

  /// Reads what a table of hooks does to samples.
  private mutating func readData(_ policy: LuaPolicy, _ table: LuaTable) throws {
    if let native = try table.get("data", as: LuaValue.self).as(LuaAttack.self) {
      let part = native.qualified
      guard part.replaceData != nil || part.replaceLabels != nil else {
        throw LuaFailure("\(policy.name): data is \(native.luaName ?? part.name), which replaces no data")
      }
      replaceData = { try part.poison($0, $1) }
      triggered = part.triggered
    } else if let poison = try policy.function("data") {
      replaceData = Self.samples(poison, name: policy.name)
    }
    guard let trigger = try policy.function("triggered") else { return }
    triggered = { [name = policy.name] data in
      guard let set = try Self.dataset(trigger(data, returning: LuaValue.self), "\(name): triggered") else {
        throw LuaFailure("\(name): triggered returned nothing; a data set is needed")
      }
      return set
    }
  }

  private static func samples(_ function: LuaFunction, name: String) -> (Dataset, Poisoning) throws -> Dataset? {
    { data, place in
      let result = try function(
        data, place.client, place.round, Stream(place.stream), place.colluders, returning: LuaValue.self)
      return try dataset(result, "\(name): data")
    }
  }

  private static func dataset(_ value: LuaValue, _ hook: String) throws -> Dataset? {
    if case .nil = value { return nil }
    guard let set = value.as(Dataset.self) else {
      throw LuaFailure("\(hook) returned \(value.article); a data set, or nil, is needed")
    }
    return set
  }

  private static func votes(
    _ function: LuaFunction, name: String
  ) -> (AttackContext, _ losses: Tensor) throws -> Tensor? {
    { context, losses in
      let result = try function(LuaAttackContext(context), losses, returning: LuaValue.self)
      if case .nil = result { return nil }
      if let reported = result.as(Tensor.self) { return reported }
      throw LuaFailure("\(name): vote returned \(result.article); losses \(losses.shape), or nil, are needed")
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

extension Knowledge {
  /// - Parameter owner: What messages call the attack.
  init(named name: String, in owner: String) throws {
    guard let level = Knowledge(rawValue: name) else {
      let known = Knowledge.allCases.map(\.rawValue)
      throw LuaFailure(
        "\(owner): knowledge = '\(name)' is unknown" + suggestion(for: name, among: known)
          + "; '\(known.joined(separator: "', '"))' are allowed")
    }
    self = level
  }
}
