import Dispatch
import Kernels
import TestSupport
import Testing

@testable import Tensors

@Suite struct ConvolutionTests {
  private static func random(_ shape: Shape, _ purpose: RandomPurpose) throws -> Tensor {
    var stream = RandomStream(seed: 5, purpose: purpose)
    let tensor = try Tensor.uninitialized(shape)
    stream.fillNormal(tensor.floatPointer, count: tensor.count)
    return tensor
  }

  @Test("images and weight gradients have the same bits on one thread and on three")
  func threads() throws {
    // Large enough to be cut into several runs of images in each pass.
    let x = try Self.random([40, 32, 28, 28], "x"), weight = try Self.random([64, 32, 3, 3], "w")
    func run() throws -> [[Float]] {
      let (image, kernel) = (x.detach(), weight.detach())
      try image.requiresGradient()
      try kernel.requiresGradient()
      let y = try image.conv2d(weight: kernel, padding: 1)
      let gradients = try y.sum().backward()
      return [y.floats, try #require(gradients[image]).floats, try #require(gradients[kernel]).floats]
    }
    let one = try run()
    #expect(try Parallel.withThreads(3) { try run() } == one)
  }

  @Test("the definition of a convolution is three sums over the same products")
  func reference() throws {
    let shape = ConvolutionShape(
      batch: 1, height: 1, width: 3, inputChannels: 1, outputChannels: 1, kernelHeight: 1, kernelWidth: 2)
    let passes = ConvolutionReference(shape)
    let x = Tensor([1.0, 2, 3], shape: [1, 1, 1, 3]), w = Tensor([10.0, 1], shape: [1, 1, 1, 2])
    let g = Tensor([1.0, 100], shape: [1, 1, 1, 2])
    #expect(try passes.forward(x, w, nil).values == [12, 23])
    #expect(try passes.inputGradient(g, w).values == [10, 1001, 100])
    #expect(try passes.weightGradient(x, g).values == [201, 302])
  }

  @Test("results are channels last and weight gradients lie as kernels read weights")
  func layouts() throws {
    let x = try Self.random([2, 3, 5, 5], "x"), weight = try Self.random([4, 3, 3, 3], "w").requiresGradient()
    let y = try x.conv2d(weight: weight)
    #expect(y.isChannelsLast)
    let gradient = try #require(try y.sum().backward()[weight])
    #expect(gradient.strides == weight.shape.strides(inMemoryOrder: [2, 3, 1, 0]))
  }

  @Test("an empty batch gives an empty result and a weight gradient of zeros")
  func emptyBatch() throws {
    let weight = try Tensor.ones([2, 1, 3, 3]).requiresGradient()
    let y = try Tensor.zeros([0, 1, 5, 5]).conv2d(weight: weight)
    #expect(y.shape == [0, 2, 3, 3])
    #expect(try y.sum().backward()[weight]?.floats == [Float](repeating: 0, count: 18))
  }

  @Test("a transposed convolution is the gradient of the convolution")
  func transposition() throws {
    let x = try Self.random([2, 3, 4, 4], "x").requiresGradient(), weight = try Self.random([5, 3, 3, 3], "w")
    let y = try x.conv2d(weight: weight, stride: 2, padding: 1)
    let g = try Self.random(y.shape, "g")
    let gradient = try #require(try y.mul(g).sum().backward()[x])
    let spread = try g.convTranspose2d(weight: weight, stride: 2, padding: 1, outputPadding: 1)
    #expect(spread.floats == gradient.floats)
  }

  @Test("weights in another order of memory are read while they are there, whatever other threads do")
  func copiedWeights() throws {
    let x = try Self.random([1, 8, 6, 6], "x"), weight = try Self.random([16, 8, 3, 3], "w")
    let expected = try x.conv2d(weight: weight, padding: 1).floats
    let wrong = Counter()
    // Copies of one size: each that ends too soon is at once the memory of another thread's.
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      for _ in 0..<500 where (try? x.conv2d(weight: weight, padding: 1).floats) != expected {
        _ = wrong.take(below: .max)
      }
    }
    #expect(wrong.take(below: .max) == 0)
  }
}
