import Testing

@testable import Tensors

@Suite struct TraceTests {
  /// A number read out of the input, in each of the ways.
  private static let reads: [@Sendable (Tensor) throws -> Void] = [
    { _ = $0.number(at: 1) }, { _ = try $0.sum().item() }, { _ = $0.element(at: [1, 0]) }, { _ = $0.values },
  ]

  @Test(arguments: reads.indices) func `a number that is read during a dry run leaves no plan`(read: Int) throws {
    let input = try Tensor.ones([2, 2])
    let trace = Trace()
    trace.begin(inputs: [input])
    let graph = try trace.graph { inputs in
      try Self.reads[read](inputs[0])
      return [try inputs[0].relu()]
    }
    #expect(graph == nil && trace.obstacle != nil)
  }

  @Test func `nothing is watched before and after a dry run`() throws {
    let input = try Tensor.ones([2, 2]), trace = Trace()
    trace.begin(inputs: [input])
    _ = input.number(at: 0)
    #expect(try trace.graph { [try $0[0].relu()] } != nil)
    _ = input.number(at: 0)
    #expect(trace.obstacle == nil)
  }
}
