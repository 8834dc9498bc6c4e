import Foundation
import Tensors
import Testing

@testable import Networks

@Suite("Model")
struct ModelTests {
  /// A small net with every kind of parameter.
  private static func layers() throws -> Sequential {
    Sequential([
      try Conv2d(inputs: 2, outputs: 3, kernel: 3, padding: 1), try BatchNorm(channels: 3), Activation(.relu),
      Flatten(),
      try Linear(inputs: 48, outputs: 4),
    ])
  }

  private static let images = Pattern.tensor([2, 2, 4, 4], salt: 1)

  @Test("gets the same bits from the same seed and others from another")
  func seeds() throws {
    let layers = try Self.layers()
    #expect(try Model(layers, seed: 7).vector().floats == Model(layers, seed: 7).vector().floats)
    #expect(try Model(layers, seed: 7).vector().floats != Model(layers, seed: 8).vector().floats)
  }

  @Test("shows parameters in PyTorch's shapes while memory has the kernels' order")
  func memoryOrder() throws {
    let model = try Model(Self.layers(), seed: 1)
    try model.trainable.copy_(Tensor((0..<model.parameterCount).map(Float.init)))
    let convolution = try #require(model.parameter(named: "0.weight"))
    #expect(convolution.shape == [3, 2, 3, 3])
    // Memory is [kernel row, kernel column, input, output]; outputs are neighbours.
    let position: Int = ((1 * 3 + 2) * 2 + 1) * 3 + 2
    #expect(convolution.element(at: [2, 1, 1, 2]) == Double(position))
    let linear = try #require(model.parameter(named: "4.weight"))
    let entry = try #require(model.layout["4.weight"])
    #expect(linear.shape == [4, 48])
    #expect(linear.element(at: [3, 5]) == Double(entry.offset + 5 * 4 + 3))
  }

  @Test("puts trainable parameters before statistics in its vector")
  func vector() throws {
    let model = try Model(Self.layers(), seed: 1)
    let names = model.layout.entries.map(\.name)
    #expect(
      names == [
        "0.weight", "0.bias", "1.weight", "1.bias", "4.weight", "4.bias", "1.running_mean", "1.running_var",
      ])
    #expect(model.layout.count == 54 + 3 + 3 + 3 + 192 + 4 + 6)
    #expect(model.parameterCount == model.layout.count - 6)
    #expect(try model.vector().values.suffix(6) == [0, 0, 0, 1, 1, 1])
    let other = try Model(Self.layers(), seed: 2)
    try other.load(model.vector())
    #expect(try other.forward(Self.images).floats == model.forward(Self.images).floats)
    #expect(throws: NetworkError.vector(op: "set_vector", got: [3], expected: model.layout.count)) {
      try model.load(Tensor([1, 2, 3] as [Float]))
    }
  }

  @Test("keeps replicas apart")
  func replicas() throws {
    let model = try Model(Self.layers(), seed: 1), before = try model.vector().floats
    let replica = try model.replica()
    #expect(try replica.vector().floats == before)
    try replica.trainable.fill_(0)
    _ = try replica.forward(Self.images, mode: .training)
    #expect(try model.vector().floats == before)
    try replica.copyValues(from: model)
    #expect(try replica.vector().floats == before)
  }

  @Test("replaces its gradient at each backward and leaves inputs' gradients alone")
  func gradient() throws {
    let model = try Model(Self.layers(), seed: 1)
    func run() throws -> [Float] {
      let input = try Self.images.clone().requiresGradient()
      try model.backward(model.forward(input, mode: .training).square().mean())
      return model.gradient.floats
    }
    let first = try run()
    #expect(first.contains { $0 != 0 })
    #expect(try run() == first)
  }

  @Test("does not record parameters when asked for gradients of inputs alone")
  func inputGradients() throws {
    let model = try Model(Self.layers(), seed: 1), input = try Self.images.clone().requiresGradient()
    let gradients = try model.forward(input, tracksParameters: false).sum().backward()
    #expect(gradients.count == 1)
    #expect(gradients[input] != nil)
  }

  @Test("takes an optimizer's step between two passes, but not between forward and backward")
  func staleWeights() throws {
    let model = try Model(Self.layers(), seed: 1)
    let loss = try model.forward(Self.images).square().mean()
    try model.trainable.mul_(0.5)
    #expect(throws: TensorError.self) { try model.backward(loss) }
  }

  @Test("has the parameters of a layer that occurs twice once")
  func sharedLayers() throws {
    let layer = try Linear(inputs: 3, outputs: 3)
    let model = try Model(Sequential([layer, Activation(.tanh), layer]), seed: 1, elementType: .float64)
    #expect(model.parameterCount == 12)
    try ModelGradientCheck(model: model, input: Pattern.tensor([2, 3], salt: 2, .float64)).checkParameters()
  }

  @Test("knows whether its first values were drawn without a chosen seed and never written since")
  func untouched() throws {
    let model = try Model(Self.layers())
    #expect(model.isUntouched)
    #expect(try !Model(Self.layers(), seed: 0).isUntouched)
    try model.load(model.vector())
    #expect(!model.isUntouched)
  }

  @Test("names the way to the layer that found a mistake")
  func errorPath() throws {
    let block = Sequential(named: [("inner", try Linear(inputs: 3, outputs: 2))])
    let model = try Model(Sequential(named: [("outer", block)]), seed: 1)
    let error = #expect(throws: LayerError.self) { try model.forward(Tensor.zeros([1, 4])) }
    #expect(
      error?.description
        == "layer outer.inner: linear: an input of shape [1, 4] does not fit; the last axis must be 3")
  }

  @Test("lets errors that are no mistakes of its own pass unchanged")
  func foreignErrors() throws {
    struct Stop: Error {}
    let module = CustomModule("Stopping", children: [], isConfinedToOneThread: false) { _, _ in throw Stop() }
    let model = try Model(Sequential([module]), seed: 1)
    #expect(throws: Stop.self) { try model.forward(Tensor.zeros([1])) }
  }

  @Test("refuses a layer that is not part of it")
  func parameterElsewhere() throws {
    let stranger = try Linear(inputs: 2, outputs: 2)
    let module = CustomModule("Leaky", children: [], isConfinedToOneThread: true) { x, context in
      try context.run(stranger, named: "stranger", x)
    }
    let model = try Model(module, seed: 1)
    #expect(model.isConfinedToOneThread)
    let error = #expect(throws: LayerError.self) { try model.forward(Tensor.zeros([1, 2])) }
    #expect(error?.underlying as? NetworkError == .parameterElsewhere(name: "weight"))
  }

  @Test("prints its layers with sizes and counts")
  func description() throws {
    #expect(
      try Model(Self.layers(), seed: 1).description == """
        Sequential {
          (0): Conv2d(2, 3, kernel=3, padding=1)  57
          (1): BatchNorm(3)                       6
          (2): ReLU()
          (3): Flatten()
          (4): Linear(48, 4)                      196
        }
        259 trainable parameters, 6 statistics
        """)
    #expect(Model.grouped(1_234_567) == "1,234,567")
    #expect(Model.grouped(999) == "999")
  }
}
