import Datasets
import Networks
import TestSupport
import Testing

@testable import Federation

/// A checkpoint goes on only in a run that is made of the same.
@Suite struct RunFactsTests {
  private func expect(
    _ text: String?, allowing changes: AllowedChanges = .nothing, _ change: (inout SimulationOptions) throws -> Void
  ) throws {
    let folder = try Scratch(), path = folder.path("run.safetensors")
    let run = try SmallRun(hasRoot: true, byzantine: [2]).simulation()
    _ = try run.nextRound()
    try run.save(to: path)
    var options = try SmallRun(hasRoot: true, byzantine: [2]).options()
    try change(&options)
    let other = try Simulation(options)
    guard let text else { return try other.load(from: path, allowing: changes) }
    let error = #expect(throws: FederationError.self) { try other.load(from: path, allowing: changes) }
    #expect(
      "\(error!)".contains("of another run: " + text) && "\(error!)".contains("; go on all the same by allow = { \""),
      "\(error!)")
    #expect(other.completedRounds == 0)
  }

  @Test func `other data, rates and Byzantine ids are named`() throws {
    try expect("byzantine: { 2 } -> { 3 }; go on all the same by allow = { \"byzantine\" }") { $0.byzantine = [3] }
    try expect("local_training: ") { $0.localTraining.optimizer = try SGD(learningRate: 0.3, momentum: 0.9) }
    try expect("local_training: ") { $0.localTraining.algorithm = Scaffold() }
    try expect("server_optimizer: none -> ServerSGD(") { $0.serverOptimizer = try ServerSGD() }
    try expect("f: 0 -> 1; ") { $0.declaredByzantine = 1 }
    try expect("clients[1].classes: ") { $0.clients[0] = Client(id: 1, data: try $0.clients[0].data.subset([0, 1])) }
    try expect("test: ") { $0.test = nil }
    // The same counts and classes with other values.
    try expect("root.sha256: ") { options in
      let batch = try options.root!.wholeBatch()
      options.root = try Dataset(
        name: "moved", inputs: batch.inputs.add(1), labels: batch.labels, classNames: options.root!.classNames)
    }
  }

  @Test func `what changes no result may differ, and everything where it is allowed`() throws {
    try expect(nil) { $0.threads = 2 }
    try expect("rounds: 3 -> 9; ") { $0.rounds = 9 }
    try expect("evaluate_every: 1 -> 2; ") { $0.evaluationInterval = 2 }
    try expect(nil, allowing: .options(["rounds"])) { $0.rounds = 9 }
    try expect("f: 0 -> 1; ", allowing: .options(["rounds"])) {
      $0.rounds = 9
      $0.declaredByzantine = 1
    }
    try expect(nil, allowing: .anything) { $0.byzantine = [3] }
  }

  @Test func `a rule counts unless the script may exchange it`() throws {
    let folder = try Scratch(), path = folder.path("run.safetensors")
    let run = try SmallRun().simulation()
    run.defense = Defense(CoordinateMedian())
    try run.save(to: path)
    let other = try SmallRun().simulation()
    #expect(throws: FederationError.self) { try other.load(from: path) }
    try other.load(from: path, allowing: .otherRules)
    other.defense = Defense(CoordinateMedian())
    try other.load(from: path)
  }

  @Test func `a sample serves one role, unless told otherwise`() throws {
    func expect(_ text: String?, _ change: (inout SimulationOptions) throws -> Void) throws {
      var options = try SmallRun(hasRoot: true).options()
      options.allowsOverlap = false
      options.root = nil
      try change(&options)
      guard let text else {
        _ = try Simulation(options)
        return
      }
      let error = #expect(throws: FederationError.self) { try Simulation(options) }
      #expect("\(error!)".hasPrefix(text), "\(error!)")
    }
    try expect(nil) { _ in }
    try expect("root: 90 of its 90 samples serve as test, too") { $0.root = $0.test }
    try expect("root: 1 of its 1 samples serve as client 2, too") { $0.root = try $0.clients[1].data.subset([3]) }
    try expect("validation: 2 of its 2 samples serve as test, too") { $0.validation = try $0.test!.subset([0, 1]) }
    try expect(nil) {
      $0.root = try $0.test!.subset([0])
      $0.test = try $0.test!.subset([1, 2])
    }
    try expect(nil) {
      $0.root = $0.test
      $0.allowsOverlap = true
    }
  }

  @Test func `data of another shape are told by their role`() throws {
    for (role, change) in [
      ("test", { $0.test = $1 }), ("root", { $0.root = $1 }), ("validation", { $0.validation = $1 }),
    ] as [(String, (inout SimulationOptions, Dataset) -> Void)] {
      var options = try SmallRun().options()
      let odd = try Dataset(
        name: "odd", inputs: .zeros([2, 5]), labels: .init(labels: [0, 1]), classNames: ["a", "b"])
      change(&options, odd)
      let error = #expect(throws: FederationError.self) { try Simulation(options) }
      #expect("\(error!)" == "\(role): its samples have shape [5]; [2], as the clients' samples have, is needed")
    }
  }

  @Test func `a failed evaluation tells on what`() throws {
    var options = try SmallRun(rounds: 1).options()
    let test = try #require(options.test)
    // A label that the model's three outputs have no place for.
    let batch = try test.batch([0, 1])
    options.test = try Dataset(
      name: "odd", inputs: batch.inputs, labels: .init(labels: [0, 5]), classNames: ["a", "b", "c", "d", "e", "f"])
    let error = #expect(throws: FederationError.self) { try Simulation(options).nextRound() }
    #expect("\(error!)".hasPrefix("round 1: evaluation on test: "), "\(error!)")
  }
}
