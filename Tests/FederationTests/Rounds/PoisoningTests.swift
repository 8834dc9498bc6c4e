import Datasets
@testable import Federation
import Tensors
import Testing

@Suite(.onBothExecutors) struct PoisoningTests {
  private func mirrored(_ set: Dataset) throws -> Dataset {
    try set.relabeled(set.labels.map { set.classCount - 1 - $0 })
  }

  private func digest(_ attack: Attack?, threads: Int = 1) throws -> String {
    var small = SmallRun(byzantine: [2, 3])
    small.threads = threads
    let run = try small.simulation()
    run.attack = attack
    return try run.finishRounds()
  }

  @Test func `a set in the place of a client's data is trained on, as labels alone would be`() throws {
    var labels = Attack(name: "labels"), data = Attack(name: "data")
    labels.replaceLabels = { given, classes, _, _ in given.map { classes - 1 - $0 } }
    data.replaceData = { set, _ in try mirrored(set) }
    let expected = try digest(labels)
    #expect(try digest(data) == expected && digest(data, threads: 3) == expected)
    #expect(try digest(nil) != expected)
    var both = data
    both.replaceLabels = labels.replaceLabels
    #expect(try digest(both) == digest(nil), "mirrored twice")
  }

  @Test func `it knows the client, the colluders and the round, and may rest`() throws {
    var places: [[Int]] = [], attack = Attack(name: "data")
    attack.replaceData = { _, place in
      places.append([place.client, place.round] + place.colluders)
      return nil
    }
    #expect(try digest(attack) == digest(nil))
    #expect(places == (1...3).flatMap { [[2, $0, 2, 3], [3, $0, 2, 3]] })
  }

  @Test func `a set may hold more samples or fewer, but none of another kind`() throws {
    var attack = Attack(name: "odd")
    attack.replaceData = { set, _ in try set.subset([0, 0, 1]) }
    #expect(try digest(attack) != digest(nil))
    attack.replaceData = { _, _ in
      try Dataset(name: "v", inputs: .zeros([1, 3]), labels: Tensor(labels: [0]), classNames: ["a", "b", "c"])
    }
    let error = try #require(throws: FederationError.self) { try digest(attack) }
    #expect("\(error)".contains("odd: data: the attack returned samples of shape [3]"))
  }

  @Test func `attackers reckon without honest updates that hold no numbers`() throws {
    for (diverging, expected) in [([1], [4]), ([1, 4], [2, 3])] {
      var options = try SmallRun(byzantine: [2, 3]).options()
      for client in diverging {
        // Numbers so large that two steps make no numbers of the model.
        let vast = try Dataset(
          name: "vast", inputs: .full([48, 2], 1e30), labels: Tensor(labels: (0..<48).map { $0 % 3 }),
          classNames: options.clients[client - 1].data.classNames)
        options.clients[client - 1] = Client(id: client, data: vast)
      }
      let run = try SmallRun.simulate(options)
      var attack = Attack(name: "look"), seen: [Int]?
      attack.replaceUpdates = { context in
        seen = context.honest.clientIDs
        return nil
      }
      run.attack = attack
      let record = try #require(try run.nextRound())
      #expect(seen == expected && record.quarantined == diverging)
    }
  }

  private struct Broken: Error {}

  @Test func `a round that fails leaves no guest behind`() throws {
    let run = try SmallRun(byzantine: [2]).simulation()
    var attack = Attack(name: "data"), guests: [DataHandle] = []
    attack.replaceData = { set, _ in try mirrored(set) }
    attack.replaceUpdates = { _ in
      guests = (1...3).map { .guest($0) }
      throw Broken()
    }
    run.attack = attack
    #expect(throws: (any Error).self) { try run.nextRound() }
    #expect(guests.count == 3 && run.completedRounds == 0)
    for guest in guests { #expect(throws: FederationError.self) { try run.catalog.set(guest) } }
  }
}
