import TestSupport
import Testing

@testable import Tensors

@Suite struct MatrixProductTests {
  @Test("rows computed in several chunks have the bits of rows computed at once")
  func threads() throws {
    var stream = RandomStream(seed: 1, purpose: "matmul")
    let a = try Tensor.uninitialized([700, 600]), b = try Tensor.uninitialized([600, 700])
    stream.fillNormal(a.floatPointer, count: a.count)
    stream.fillNormal(b.floatPointer, count: b.count)
    let one = try a.matmul(b)
    let three = try Parallel.withThreads(3) { try a.matmul(b) }
    #expect(one.floats == three.floats)
    let whole = try Tensor.uninitialized([700, 700])
    MatrixView(whole).assign(MatrixView(a), MatrixView(b))
    #expect(one.floats == whole.floats)
  }

  @Test("an inner size of zero gives zeros")
  func emptyInner() throws {
    #expect(try Tensor.zeros([2, 0]).matmul(Tensor.zeros([0, 3])).floats == [Float](repeating: 0, count: 6))
  }

  @Test("the gradient of a weight lies in memory as the weight does")
  func gradientLayout() throws {
    let x = try Tensor.ones([5, 3])
    let weight = try MemoryOrder.reversed.tensor([1, 2, 3, 4, 5, 6], [2, 3], .float32).requiresGradient()
    let gradient = try #require(try x.linear(weight: weight).sum().backward()[weight])
    #expect(gradient.strides == weight.strides)
    let other = try #require(try x.matmul(weight.t()).sum().backward()[weight])
    #expect(other.strides == weight.strides)
    #expect(gradient.floats == other.floats)
  }

  @Test("backward refuses a factor that was changed in place")
  func overwrittenFactor() throws {
    let a = try Tensor.ones([2, 2]).requiresGradient(), b = try Tensor.ones([2, 2])
    let loss = try a.matmul(b).sum()
    try b.mul_(2)
    #expect(throws: TensorError.overwritten(op: "matmul")) { try loss.backward() }
  }
}
