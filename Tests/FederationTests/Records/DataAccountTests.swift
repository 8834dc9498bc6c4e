import Datasets
@testable import Federation
import Tensors
import Testing

@Suite struct DataAccountTests {
  /// Thirty pictures of noise, and each of them again with a little more.
  private func audited() throws -> DataAudit {
    var stream = RandomStream(seed: 1, purpose: "pictures")
    let own = try Tensor.uniform([30, 1, 16, 17], &stream)
    let inputs = try Tensor.concatenate([own, try own + Tensor.full([1], 1e-5)], axis: 0)
    let set = try Dataset(
      name: "pictures", inputs: inputs, labels: Tensor(labels: (0..<60).map { $0 % 30 % 2 }), classNames: ["a", "b"])
    return try DataAudit([.init(name: "set", dataset: set)])
  }

  private func account(_ clients: [Dataset], test: Dataset?) throws -> DataAccount {
    var options = try SmallRun().options()
    options.clients = clients.enumerated().map { Client(id: $0.offset + 1, data: $0.element) }
    options.test = test
    return DataAccount(options)
  }

  @Test func `an audited run says what crosses its split`() throws {
    let audit = try audited()
    #expect(audit.summary.groups == 30)
    let set = audit.parts[0].dataset
    var stream = RandomStream(seed: 1, purpose: "split")
    let (train, test) = try set.split(testShare: 0.2, stream: &stream)
    let json = try account([train], test: test).json
    #expect(json["groups"] == .int(30) && json["groups_with_several"] == .int(30))
    #expect(json["test_split_by"] == .string("group"))
    #expect(json["test_samples_with_near_duplicates_at_clients"] == .int(0))
    #expect(json["one_nearest_neighbor"]?["random"]?["accuracy"]?.double == audit.leak?.random?.accuracy)
    // The copies of samples 1 to 10 are in the test set, and those of 11 to 20 at the other client.
    let first = try set.subset(Array(0..<20))
    let mixed = try account([first, set.subset(Array(40..<50))], test: set.subset(Array(30..<40)))
    #expect(mixed.json["test_samples_with_near_duplicates_at_clients"] == .int(10))
    #expect(mixed.json["groups_at_several_clients"] == .int(10) && mixed.json["test_split_by"] == .string("given"))
    #expect(mixed.line?.hasPrefix("audited: 30 groups of 60 samples, 10 test samples with near-duplicates") == true)
  }

  @Test func `pictures that nobody audited are said to be so, and vectors need no audit`() throws {
    let audit = try audited()
    let set = audit.parts[0].dataset
    let other = try audited().parts[0].dataset.standardizedPerSample()
    #expect(try account([set], test: other).json["id"] != nil)
    let plain = try Dataset(
      name: "plain", inputs: Tensor.zeros([4, 1, 8, 8], .float32), labels: Tensor(labels: [0, 0, 1, 1]),
      classNames: ["a", "b"])
    #expect(try account([set], test: plain).json == .string("not audited"))
    #expect(try account([plain], test: nil).line == "not audited")
    #expect(DataAccount(try SmallRun().options()).json == .null)
  }
}
