import TestSupport
import Testing

@testable import Tensors

/// Every operation with its cases: what is listed here is checked in all ways below.
enum OperationRegistry {
  static let ordinary: [OperationCase] =
    OperationCase.elementwise + OperationCase.arithmetic + OperationCase.reductions + OperationCase.views
    + OperationCase.products + OperationCase.convolutions + OperationCase.pooling + OperationCase.normalizations
    + OperationCase.softmaxes + OperationCase.losses + OperationCase.lookups + OperationCase.attention
    + OperationCase.ordered

  static let all = ordinary + OperationCase.extremes + OperationCase.conversions
}

@Suite struct OperationRegistryTests {
  @Test("gradients agree with central differences in float64", arguments: OperationRegistry.ordinary)
  func gradients(_ operation: OperationCase) throws {
    for failure in try OperationCheck(operation).gradientFailures() { Issue.record("\(failure)") }
  }

  @Test("float32 kernels agree with the float64 oracle", arguments: OperationRegistry.all)
  func kernels(_ operation: OperationCase) throws {
    for failure in try OperationCheck(operation).kernelFailures() { Issue.record("\(failure)") }
  }

  @Test("every memory order gives the same numbers", arguments: OperationRegistry.ordinary, MemoryOrder.allCases)
  func memoryOrders(_ operation: OperationCase, _ order: MemoryOrder) throws {
    guard operation.operands.contains(where: { order.applies(to: $0.shape) }) else { return }
    for failure in try OperationCheck(operation).kernelFailures(order) { Issue.record("\(failure)") }
  }

  @Test("asking for one gradient gives what asking for all gives", arguments: OperationRegistry.ordinary)
  func partialGradients(_ operation: OperationCase) throws {
    for failure in try OperationCheck(operation).partialFailures() { Issue.record("\(failure)") }
  }

  @Test("extreme inputs give finite numbers", arguments: OperationCase.extremes)
  func extremes(_ operation: OperationCase) throws {
    for failure in try OperationCheck(operation).finiteFailures() { Issue.record("\(failure)") }
  }

  @Test("a result that nobody differentiates is freed with its inputs", arguments: OperationRegistry.ordinary)
  func leavesNoCycle(_ operation: OperationCase) throws {
    weak var output: Tensor?
    do {
      let inputs = try zip(operation.values(), operation.operands).map {
        try Tensor($0, shape: $1.shape).to(.float32).requiresGradient()
      }
      output = try operation.compute(inputs.map { try $0.mul(1) })
    }
    #expect(output == nil)
  }
}
