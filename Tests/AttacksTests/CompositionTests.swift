import Attacks
import Datasets
import Federation
import Tensors
import Testing

@Suite struct CompositionTests {
  private func context(round number: Int = 1, rule: ((UpdateMatrix) throws -> Decision)? = nil) throws -> AttackContext
  {
    let round = Round(
      number: number, cohort: [1, 2, 3, 4], clientCount: 4, global: try .ones([2]), previousUpdate: try .ones([2]),
      seed: 5)
    let honest = try UpdateMatrix(Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]), clientIDs: [1, 3])
    let own = try UpdateMatrix(
      Tensor([5, 6, 7, 8] as [Float], shape: [2, 2]), clientIDs: [2, 4], sampleCounts: [20, 40])
    return AttackContext(round: round, honest: honest, own: own, rule: rule)
  }

  private func attack(_ name: String, _ replace: @escaping (AttackContext) throws -> Tensor?) -> Attack {
    var attack = Attack(name: name)
    attack.replaceUpdates = replace
    return attack
  }

  // MARK: All

  @Test func `each attack starts from what the one before it sent, and a resting one changes nothing`() throws {
    let all = Attack.all([
      Attack(SignFlip(scale: 2)), attack("rest") { _ in nil }, attack("add") { try $0.own.tensor.add(1) },
    ])
    #expect(try all.replaceUpdates?(context())?.floats == [-9, -11, -13, -15])
    #expect(all.name == "all(sign_flip, rest, add)" && all.replaceLabels == nil)
    let resting = Attack.all([attack("a") { _ in nil }, attack("b") { _ in nil }])
    #expect(try resting.replaceUpdates?(context()) == nil)
  }

  @Test func `one vector for all stands for each of the attackers' rows`() throws {
    let all = Attack.all([attack("one") { _ in Tensor([1, -1] as [Float]) }, Attack(Scale(factor: 3))])
    #expect(try all.replaceUpdates?(context())?.floats == [3, -3, 3, -3])
  }

  @Test func `labels are changed one after the other`() throws {
    let all = Attack.all([
      Attack(LabelFlip(target: .swap(source: 0, target: 1))), Attack(LabelFlip(target: .swap(source: 1, target: 2))),
    ])
    let stream = RandomStream(seed: 1, purpose: .attack)
    #expect(try all.replaceLabels?([0, 1, 2, 0], 3, 1, stream) == [2, 2, 2, 2])
    #expect(all.replaceUpdates == nil)
  }

  @Test func `what several attacks remember is saved and brought back apart`() throws {
    func counting(_ start: Int) -> (Attack, () -> Int) {
      var count = start, attack = Attack(name: "counting")
      attack.events.onRoundStart = { _ in
        count += 1
        return count == 12
      }
      attack.events.onSave = { PolicyState(json: .object([("tensor", .int(0))]), tensors: [Tensor(labels: [count])]) }
      attack.events.onLoad = { count = $0.tensors[0].integers[0] }
      return (attack, { count })
    }
    let (first, firstCount) = counting(0), (second, secondCount) = counting(10)
    let all = Attack.all([first, Attack(SignFlip()), second]), round = try context().round
    #expect(try all.events.onRoundStart?(round) == false)
    let saved = try #require(try all.events.onSave?())
    #expect(try all.events.onRoundStart?(round) == true)
    #expect(firstCount() == 2 && secondCount() == 12)
    try all.events.onLoad?(saved)
    #expect(firstCount() == 1 && secondCount() == 11)
    #expect(throws: AttackError.state(parts: 1, expected: 2)) {
      try all.events.onLoad?(PolicyState(json: .array([.null])))
    }
  }

  @Test func `samples and labels are changed in the order of the attacks`() throws {
    let set = try Dataset(
      name: "v", inputs: .zeros([3, 1]), labels: Tensor(labels: [0, 1, 2]), classNames: ["a", "b", "c"])
    let place = Poisoning(client: 1, colluders: [1], round: 1, stream: RandomStream(seed: 1, purpose: .attack))
    var first = Attack(name: "first"), resting = Attack(name: "resting")
    first.replaceData = { data, _ in try data.subset([2, 1]) }
    resting.replaceData = { _, _ in nil }
    let swap = Attack(LabelFlip(target: .swap(source: 1, target: 0)))
    let mirror = Attack(LabelFlip())
    #expect(try Attack.all([swap, first, mirror]).poison(set, place)?.labels == [0, 2])
    #expect(try Attack.all([mirror, first, swap]).poison(set, place)?.labels == [0, 0])
    #expect(try Attack.all([resting]).poison(set, place) == nil)
    #expect(try Attack.all([swap, mirror]).poison(set, place)?.labels == [2, 2, 0])
  }

  // MARK: By

  @Test func `some of the attackers act, and the others count among the honest`() throws {
    var seen: AttackContext?
    let flip = attack("flip") { context in
      seen = context
      return try context.own.tensor.mul(-1)
    }
    let sent = try flip.by { $0 == 1 ? [4, 9] : nil }.replaceUpdates?(context())
    #expect(sent?.floats == [5, 6, -7, -8])
    let part = try #require(seen)
    #expect(part.own.clientIDs == [4] && part.honest.clientIDs == [1, 2, 3])
    #expect(part.honest.tensor.floats == [1, 2, 5, 6, 3, 4] && part.honest.sampleCounts == [1, 20, 1])
    #expect(try part.arriving(Tensor([0, 0] as [Float])).clientIDs == [1, 2, 3, 4])
    #expect(try flip.by { _ in nil }.replaceUpdates?(context()) == nil)
    #expect(try flip.by { _ in [7] }.replaceUpdates?(context()) == nil)
    #expect(try flip.by { _ in [2, 4] }.replaceUpdates?(context())?.floats == [-5, -6, -7, -8])
  }

  // MARK: During

  @Test func `an attack acts while its schedule has a value`() throws {
    let schedule = Schedule { (2...3).contains($0) ? 1 : nil }
    let attack = Attack(SignFlip()).during(schedule)
    #expect(try (1...4).map { try attack.replaceUpdates?(context(round: $0)) != nil } == [false, true, true, false])
    let labels = Attack(LabelFlip()).during(schedule), stream = RandomStream(seed: 1, purpose: .attack)
    #expect(try (1...4).map { try labels.replaceLabels?([0, 1], 2, $0, stream) != nil } == [false, true, true, false])
  }

  // MARK: Knowledge

  @Test(arguments: Knowledge.allCases) func `an attack sees what it may know and nothing else`(level: Knowledge) throws
  {
    var seen: AttackContext?
    let looking = attack("look") { context in
      seen = context
      return nil
    }
    let rule: (UpdateMatrix) throws -> Decision = { Decision(update: try Mean()($0)) }
    _ = try looking.knowing(level).replaceUpdates?(context(rule: rule))
    let context = try #require(seen)
    #expect(context.knowledge == level)
    #expect(context.own.clientIDs == [2, 4] && context.own.sampleCounts == [20, 40])
    #expect(context.own.tensor.floats == (level == .global ? [0, 0, 0, 0] : [5, 6, 7, 8]))
    let knowsHonest = level == .cohort || level == .everything
    #expect(context.honest.tensor.floats == (knowsHonest ? [1, 2, 3, 4] : context.own.tensor.floats))
    #expect(context.round.global.floats == [1, 1] && context.round.previousUpdate?.floats == [1, 1])
    if level == .everything {
      #expect(try context.decide(context.own).update.floats == [6, 7])
    } else {
      #expect(throws: FederationError.self) { try context.decide(context.own) }
    }
  }

  @Test func `knowledge that was cut away does not come back`() throws {
    let narrow = try context().limited(to: .own)
    #expect(try narrow.limited(to: .cohort).honest.tensor.floats == [5, 6, 7, 8])
    #expect(try narrow.limited(to: .everything).knowledge == .own)
    #expect(try narrow.limited(to: .global).own.tensor.floats == [0, 0, 0, 0])
  }

  @Test func `what the server would get stands by client id`() throws {
    let arriving = try context().arriving(Tensor([0, -1] as [Float]))
    #expect(arriving.clientIDs == [1, 2, 3, 4] && arriving.sampleCounts == [1, 20, 1, 40])
    #expect(arriving.tensor.floats == [1, 2, 0, -1, 3, 4, 0, -1])
    #expect(throws: FederationError.self) { try context().arriving(Tensor([0] as [Float])) }
  }
}
