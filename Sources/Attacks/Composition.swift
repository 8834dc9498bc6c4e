import Datasets
public import Federation
import Tensors

/// Attacks made of attacks.
extension Attack {
  /// Several attacks at once: each starts from what the one before it made of labels and updates.
  ///
  /// An attack that rests leaves things as they are. With none that acts, the clients are honest.
  public static func all(_ attacks: [Attack]) -> Attack {
    var all = Attack(name: "all(\(attacks.map(\.name).joined(separator: ", ")))")
    let updates = attacks.compactMap(\.replaceUpdates)
    let samples = attacks.filter { $0.replaceData != nil || $0.replaceLabels != nil }
    let votes = attacks.compactMap(\.replaceVotes)
    if !updates.isEmpty {
      all.replaceUpdates = { context in
        var context = context, sent: Tensor?
        for replace in updates {
          guard let next = try replace(context) else { continue }
          context = try context.replacing(own: next)
          sent = next
        }
        return sent
      }
    }
    // Where one of them replaces samples, labels belong to what the ones before it made of the samples.
    if samples.contains(where: { $0.replaceData != nil }) {
      all.replaceData = poisoning(samples)
    } else if !samples.isEmpty {
      all.replaceLabels = relabeling(samples.compactMap(\.replaceLabels))
    }
    all.triggered = attacks.lazy.compactMap(\.triggered).first
    all.knowledge = attacks.map(\.knowledge).max() ?? .global
    if !votes.isEmpty {
      all.replaceVotes = { context, measured in
        let changed = try votes.reduce(nil as Tensor?) { try $1(context, $0 ?? measured) ?? $0 }
        return changed
      }
    }
    let trainings = attacks.compactMap(\.localTraining)
    if !trainings.isEmpty { all.localTraining = { round in try trainings.compactMap { try $0(round) }.last } }
    all.events = .all(attacks.map(\.events))
    return all
  }

  private static func relabeling(
    _ parts: [([Int], Int, Int, RandomStream) throws -> [Int]?]
  ) -> ([Int], Int, Int, RandomStream) throws -> [Int]? {
    { given, classes, round, stream in
      var current = given, isChanged = false
      for (index, replace) in parts.enumerated() {
        guard let next = try replace(current, classes, round, stream.derive("all", index)) else { continue }
        (current, isChanged) = (next, true)
      }
      return isChanged ? current : nil
    }
  }

  private static func poisoning(_ parts: [Attack]) -> (Dataset, Poisoning) throws -> Dataset? {
    { data, place in
      var current: Dataset?
      for (index, part) in parts.enumerated() {
        let own = Poisoning(
          client: place.client, colluders: place.colluders, round: place.round,
          stream: place.stream.derive("all", index))
        current = try part.poison(current ?? data, own) ?? current
      }
      return current
    }
  }

  /// The same attack in the rounds for which a schedule has a value; the clients are honest in the others.
  public func during(_ schedule: Schedule) -> Attack {
    var attack = self
    attack.replaceUpdates = replaceUpdates.map { replace in
      { try schedule.value(in: $0.round.number) == nil ? nil : try replace($0) }
    }
    attack.replaceLabels = replaceLabels.map { replace in
      { try schedule.value(in: $2) == nil ? nil : try replace($0, $1, $2, $3) }
    }
    attack.replaceData = replaceData.map { replace in
      { try schedule.value(in: $1.round) == nil ? nil : try replace($0, $1) }
    }
    attack.replaceVotes = replaceVotes.map { replace in
      { try schedule.value(in: $0.round.number) == nil ? nil : try replace($0, $1) }
    }
    attack.localTraining = localTraining.map { training in
      { try schedule.value(in: $0) == nil ? nil : try training($0) }
    }
    return attack
  }

  /// The same attack by somebody who knows no more than this.
  public func knowing(_ knowledge: Knowledge) -> Attack {
    var attack = self
    attack.replaceUpdates = replaceUpdates.map { replace in { try replace($0.limited(to: knowledge)) } }
    attack.replaceVotes = replaceVotes.map { replace in { try replace($0.limited(to: knowledge), $1) } }
    attack.knowledge = min(self.knowledge, knowledge)
    return attack
  }

  /// The same attack by those clients alone that a function names for a round; nil names nobody. The other Byzantine
  /// clients are honest then, and the attack sees them so.
  public func by(_ who: @escaping (_ round: Int) throws -> [Int]?) -> Attack {
    var attack = self
    attack.replaceUpdates = replaceUpdates.map { replace in
      { context in
        guard let clients = try who(context.round.number), let (part, rows) = try context.acting(clients),
          let sent = try replace(part)
        else { return nil }
        let all = context.own.tensor.clone(), replaced = try part.replacing(own: sent).own
        for (place, row) in rows.enumerated() { try all.row(row).copy_(replaced.row(place)) }
        return all
      }
    }
    if replaceData != nil || replaceLabels != nil {
      attack.replaceLabels = nil
      attack.replaceData = { data, place in
        guard let acting = try who(place.round), acting.contains(place.client) else { return nil }
        return try self.poison(
          data,
          Poisoning(
            client: place.client, colluders: place.colluders.filter(acting.contains), round: place.round,
            stream: place.stream))
      }
    }
    return attack
  }
}

extension PolicyEvents {
  /// The events of several policies, in their order; what each remembers is kept apart.
  public static func all(_ parts: [PolicyEvents]) -> PolicyEvents {
    var all = PolicyEvents()
    let starts = parts.compactMap(\.onRoundStart), ends = parts.compactMap(\.onRoundEnd)
    if !starts.isEmpty {
      all.onRoundStart = { round in
        var stops = false
        for start in starts { stops = try start(round) || stops }
        return stops
      }
    }
    if !ends.isEmpty {
      all.onRoundEnd = { round, record in
        var stops = false
        for end in ends { stops = try end(round, record) || stops }
        return stops
      }
    }
    let saving = parts.filter { $0.onSave != nil && $0.onLoad != nil }
    if !saving.isEmpty {
      all.onSave = { PolicyState(joining: try saving.compactMap { try $0.onSave?() }) }
      all.onLoad = { state in
        for (part, saved) in zip(saving, try state.parts(count: saving.count)) { try part.onLoad?(saved) }
      }
    }
    return all
  }
}

extension PolicyState {
  /// States side by side, each with the number of its tensors.
  fileprivate init(joining parts: [PolicyState]) {
    self.init(
      json: .array(parts.map { .object([("state", $0.json), ("tensors", .int($0.tensors.count))]) }),
      tensors: parts.flatMap(\.tensors))
  }

  fileprivate func parts(count: Int) throws -> [PolicyState] {
    guard let parts = json.array, parts.count == count else {
      throw AttackError.state(parts: json.array?.count ?? 0, expected: count)
    }
    var start = 0
    return try parts.map { part in
      guard let size = part["tensors"]?.int, let json = part["state"], (0...tensors.count - start).contains(size) else {
        throw AttackError.state(parts: parts.count, expected: count)
      }
      defer { start += size }
      return PolicyState(json: json, tensors: Array(tensors[start..<start + size]))
    }
  }
}
