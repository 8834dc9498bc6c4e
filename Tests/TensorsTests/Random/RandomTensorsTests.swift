import Testing

@testable import Tensors

@Suite struct RandomTensorsTests {
  @Test func tensorsHoldTheNumbersOfTheStream() throws {
    var stream = RandomStream(seed: 3, purpose: .script)
    let uniform = try Tensor.uniform([3, 5], &stream, lower: -1, upper: 1)
    let normal = try Tensor.normal([7], &stream, mean: 2, deviation: 3)
    var same = RandomStream(seed: 3, purpose: .script)
    var numbers = [Float](repeating: 0, count: 15)
    numbers.withUnsafeMutableBufferPointer { same.fillUniform($0.baseAddress!, count: 15, lower: -1, upper: 1) }
    #expect(uniform.floats == numbers && uniform.shape == [3, 5])
    numbers = [Float](repeating: 0, count: 7)
    numbers.withUnsafeMutableBufferPointer { same.fillNormal($0.baseAddress!, count: 7, mean: 2, deviation: 3) }
    #expect(normal.floats == numbers)
    #expect(stream.position == same.position)
  }

  @Test func impossibleShapesAreRefused() {
    var stream = RandomStream(seed: 3, purpose: .script)
    #expect(throws: TensorError.self) { try Tensor.uniform([-1], &stream) }
    #expect(throws: TensorError.self) { try Tensor.normal([1 << 40, 1 << 40], &stream) }
    #expect(stream.position == 0)
  }
}
