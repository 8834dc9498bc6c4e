import TestSupport
import Testing

@testable import Tensors

/// Every operation that the tape knows has a plan, or a reason why not.
@Suite("Operations by plan")
struct OperationPlanTests {
  /// Cases without a plan.
  static let unplanned = [
    "to": "a plan computes in float32 alone, and this converts to float64 and back",
    "select_where rows": "how many elements there are depends on values",
    "select_where elements": "how many elements there are depends on values",
    "remainder": "nothing that is trained needs it so far",
  ]

  private static let cases =
    OperationRegistry.all.filter { !isEmpty($0) && unplanned[$0.name] == nil } + OperationCase.compositions

  private static func isEmpty(_ operation: OperationCase) -> Bool {
    operation.operands.contains { $0.shape.contains(0) }
  }

  @Test("give the tape's outputs and gradients", arguments: cases, Arrangement.allCases)
  func agree(_ operation: OperationCase, _ arrangement: Arrangement) throws {
    guard arrangement.applies(to: operation) else { return }
    for failure in try PlannedOperation(operation, arrangement).failures() { Issue.record("\(failure)") }
  }

  @Test("give one gradient as they give all", arguments: cases)
  func partialGradients(_ operation: OperationCase) throws {
    for index in operation.operands.indices {
      let planned = PlannedOperation(operation, wanted: [index])
      guard try planned.hasGradient() else { continue }
      for failure in try planned.failures() { Issue.record("\(failure)") }
    }
  }

  @Test("have the same bits on one thread and on two", arguments: cases)
  func threads(_ operation: OperationCase) throws {
    let outcomes = try [1, 2].map { threads in
      try Parallel.withThreads(threads) { try #require(try PlannedOperation(operation).planned()) }
    }
    #expect(outcomes[0].output == outcomes[1].output && outcomes[0].gradients == outcomes[1].gradients)
  }

  @Test("are values that can be compared", arguments: cases)
  func comparable(_ operation: OperationCase) throws {
    let graph = try #require(try PlannedOperation(operation).trace().graph)
    for node in graph.nodes { #expect(node.operation is any Equatable, "\(node.operation.name)") }
  }

  /// Operations that look something up by the number they are given.
  private static let lookups: [@Sendable (_ table: Tensor, _ numbers: Tensor) throws -> Tensor] = [
    { try $0.gather($1) }, { try $0.embedding($1.reshape([3, 1])) }, { try $0.pick($1) },
    { try $0.crossEntropy(labels: $1, reduction: .none) },
  ]

  @Test("look up by numbers of the batch, and refuse wrong ones", arguments: lookups.indices)
  func numbersOfTheBatch(_ index: Int) throws {
    let values = (0..<9).map { index -> Float in Float(index * index % 7) / 4 }
    let table = Tensor(values, shape: [3, 3]), numbers = Tensor(labels: [0, 0, 0])
    let trace = Trace()
    trace.begin(inputs: [numbers], trainable: [table])
    let graph = try #require(try trace.graph { [try Self.lookups[index](table, $0[0])] })
    let plan = try Plan(
      graph, differentiates: false, arena: PlanArena(), parameters: table, gradients: table, statistics: table)
    let streams = PlanStreams(dropout: RandomStream(seed: 1, purpose: .dropout)), batch = Tensor(labels: [2, 0, 1])
    let expected = try Self.lookups[index](table, batch)
    #expect(
      Tolerance.float32Accumulated(4).mismatch(try plan.run([batch], streams)[0].values, expected.values) == nil)
    for wrong in [3, -1] {
      #expect(throws: TensorError.self) { try plan.run([Tensor(labels: [0, wrong, 1])], streams) }
    }
  }

  @Test("are missing where the table says so, and there alone")
  func reasons() throws {
    for operation in OperationRegistry.all {
      let (graph, obstacle) = try PlannedOperation(operation).trace()
      let isPlanned = graph != nil
      #expect(isPlanned == (Self.unplanned[operation.name] == nil && !Self.isEmpty(operation)), "\(operation)")
      if Self.isEmpty(operation) { #expect(obstacle?.contains("empty") == true) }
    }
    #expect(Set(Self.unplanned.keys).isSubset(of: Set(OperationRegistry.all.map(\.name))))
  }
}
