@testable import Federation
import Tensors
import Testing

@Suite("Models of single clients", .onBothExecutors) struct ClientModelTests {
  @Test("A client's model is the global one with the client's own normalization")
  func ownParameters() throws {
    let run = try SmallRun(isBatchNormLocal: true, hasBatchNorm: true).simulation()
    #expect(try run.clientModel(2).vector().floats == run.globalVector.floats)
    _ = try run.nextRound()
    let (first, second) = try (run.clientModel(1), run.clientModel(2))
    let global = run.model
    #expect(first.parameter(named: "0.weight")!.floats == global.parameter(named: "0.weight")!.floats)
    for name in ["1.weight", "1.running_mean", "1.running_var"] {
      #expect(first.parameter(named: name)!.floats != second.parameter(named: name)!.floats)
      #expect(first.parameter(named: name)!.floats != global.parameter(named: name)!.floats)
    }
  }

  @Test("Measuring as a client measures that client's model")
  func measured() throws {
    let run = try SmallRun(isBatchNormLocal: true, hasBatchNorm: true).simulation()
    _ = try run.nextRound()
    let data = run.options.clients[2].data
    let logits = try run.clientModel(3).forward(data.wholeBatch().inputs)
    let right = zip(try logits.argmax().integers, data.labels).filter { $0 == $1 }.count
    let own = try run.evaluate(on: data, asClient: 3)
    #expect(own.accuracy == Double(right) / Double(data.count))
    #expect(try own.loss != run.evaluate(on: data).loss)
  }

  @Test("Without own parameters every client has the global model, and strangers have none")
  func globalOnly() throws {
    let run = try SmallRun().simulation()
    _ = try run.nextRound()
    #expect(try run.clientModel(1).vector().floats == run.globalVector.floats)
    #expect(throws: FederationError.self) { try run.clientModel(5) }
    #expect(throws: FederationError.self) { try run.clientModel(0) }
  }
}
