import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite("Plans in use")
struct PlanBehaviorTests {
  private static func model() throws -> Model {
    let model = try Model(Models.cnn(input: [1, 12, 10], classes: 5), seed: 3)
    try Pattern.fill(model)
    return model
  }

  private static func batch(_ count: Int, salt: Int) -> (Tensor, Tensor) {
    (Pattern.tensor([count, 1, 12, 10], salt: salt), Tensor(labels: (0..<count).map { ($0 * 3 + salt) % 5 }))
  }

  private static let rows = ObjectiveBatch(
    inputs: Pattern.tensor([4, 3], salt: 1), targets: Tensor(labels: [0, 1, 1, 0]))

  @Test("a thousand steps take no memory")
  func noAllocation() throws {
    let model = try Self.model(), (inputs, labels) = Self.batch(4, salt: 1)
    let stream = RandomStream(seed: 1, purpose: .dropout)
    _ = try model.computeGradient(of: Loss.crossEntropy(), inputs, labels, stream: stream)
    let (_, profile) = try Profiler.run {
      for _ in 0..<1000 { _ = try model.computeGradient(of: Loss.crossEntropy(), inputs, labels, stream: stream) }
    }
    #expect(profile.fresh.count + profile.reused.count == 0)
  }

  @Test("the bits do not depend on the threads")
  func threads() throws {
    let (inputs, labels) = Self.batch(7, salt: 2)
    let results = try [1, 2, 5].map { threads in
      try Parallel.withThreads(threads) {
        let model = try Self.model()
        let loss = try model.computeGradient(
          of: Loss.crossEntropy(), inputs, labels, stream: RandomStream(seed: 1, purpose: .dropout))
        return try [loss] + model.gradient.values + model.evaluate(inputs).values
      }
    }
    #expect(results[1] == results[0] && results[2] == results[0])
  }

  @Test("the bits of normalized convolutions do not depend on the threads")
  func normalizedThreads() throws {
    let inputs = Pattern.tensor([3, 8, 33, 24], salt: 2), labels = Tensor(labels: [3, 30, 1])
    let results = try [1, 2, 5].map { threads in
      try Parallel.withThreads(threads) {
        let model = try Model(PlanCase.normalizedConvolutions(), seed: 3)
        let loss = try model.computeGradient(
          of: Loss.crossEntropy(), inputs, labels, stream: RandomStream(seed: 1, purpose: .dropout))
        return [loss] + model.gradient.values + model.statistics.values
      }
    }
    #expect(results[1] == results[0] && results[2] == results[0])
  }

  @Test("a group normalization takes its activation along")
  func groupNormActivation() throws {
    let model = try Model(PlanCase.uNetBlock(inputs: 6, outputs: 8), seed: 1)
    let batch = ObjectiveBatch(
      inputs: Pattern.tensor([2, 6, 4, 4], salt: 1), targets: Pattern.tensor([2, 8, 8, 8], salt: 2))
    let plan = try #require(try model.plan(of: Loss.meanSquaredError, batch))
    let names = plan.groups.map(\.name)
    #expect(names.filter { $0 == "group_norm + silu" }.count == 2 && !names.contains("silu"))
  }

  @Test("plans of several shapes share memory without seeing each other, and follow the weights")
  func sharedMemory() throws {
    let model = try Self.model()
    func outputs() throws -> [[Double]] {
      try [3, 5, 3, 1, 5].map { try model.evaluate(Self.batch($0, salt: $0).0).values }
    }
    let first = try outputs()
    _ = try model.computeGradient(
      of: Loss.crossEntropy(), Self.batch(6, salt: 6).0, Self.batch(6, salt: 6).1,
      stream: RandomStream(seed: 1, purpose: .dropout))
    #expect(try outputs() == first && first[0] == first[2] && first[1] == first[4])
    try model.trainable.mul_(1.5)
    let second = try outputs()
    #expect(second[0] != first[0] && second[0] == second[2])
    let taped = try model.forward(Self.batch(3, salt: 3).0, tracksParameters: false).values
    #expect(PlanTests.tolerance.mismatch(second[0], taped) == nil)
  }

  @Test("code that somebody else wrote has a plan, too")
  func foreignCode() throws {
    let linear = try Linear(inputs: 3, outputs: 2)
    let model = try Model(
      CustomModule("Doubled", children: [("linear", linear)], isConfinedToOneThread: false) { inputs, context in
        LayerOutput([try context.run(linear, named: "linear", inputs[0]).mul(2)])
      }, seed: 1)
    let inputs = Pattern.tensor([4, 3], salt: 1), labels = Tensor(labels: [0, 1, 1, 0])
    #expect(try model.planned(for: [inputs], .evaluation) != nil)
    let loss = try model.computeGradient(
      of: Loss.crossEntropy(), inputs, labels, stream: RandomStream(seed: 1, purpose: .dropout))
    let gradient = model.gradient.values
    let taped = try Loss.crossEntropy()(model.forward(inputs, mode: .training), labels)
    try model.backward(taped)
    #expect(PlanTests.tolerance.mismatch([loss], [try taped.item()]) == nil)
    #expect(PlanTests.tolerance.mismatch(gradient, model.gradient.values) == nil)
  }

  @Test("a layer that reads its numbers, or draws some, has no plan")
  func untraceable() throws {
    final class Peeking: Layer {
      let summary = "Peeking"
      func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
        try input.sum().item() > 0 ? input.mul(2) : input.mul(3)
      }
    }
    final class Noisy: Layer {
      let summary = "Noisy"
      func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
        try input.mul(context.stream.uniform())
      }
    }
    let tail = try Linear(inputs: 3, outputs: 2)
    for layer in [Peeking(), Noisy()] as [any Layer] {
      let model = try Model(Sequential([layer, tail]), seed: 1)
      #expect(try model.plan(of: Loss.crossEntropy(), Self.rows) == nil)
      #expect(try model.evaluate(Pattern.tensor([4, 3], salt: 1)).shape == [4, 2])
    }
    #expect(try Model(Sequential([tail]), seed: 1).plan(of: Loss.crossEntropy(), Self.rows) != nil)
  }

  @Test("a dry run leaves weights and statistics alone")
  func dryRun() throws {
    let model = try Model(Models.cnn3(input: [1, 12, 10], classes: 5), seed: 3)
    let before = try model.vector().values
    #expect(
      try model.plan(
        of: Loss.crossEntropy(), ObjectiveBatch(inputs: Self.batch(4, salt: 1).0, targets: Self.batch(4, salt: 1).1))
        != nil)
    #expect(try model.vector().values == before && model.isUntouched == false)
  }

  @Test("wrong labels, shapes and rows are refused as on the tape")
  func mistakes() throws {
    let model = try Self.model(), inputs = Self.batch(2, salt: 1).0
    for labels in [Tensor(labels: [0, 5]), Tensor(labels: [0, -1]), Tensor(labels: [0])] {
      #expect(throws: TensorError.self) {
        try model.computeGradient(
          of: Loss.crossEntropy(), inputs, labels, stream: RandomStream(seed: 1, purpose: .dropout))
      }
    }
    #expect(throws: (any Error).self) { try model.evaluate(Pattern.tensor([2, 3, 12, 10], salt: 1)) }
    let table = try Model(Embedding(rows: 3, size: 2), seed: 1)
    #expect(try table.evaluate(Tensor(labels: [2, 0])).shape == [2, 2])
    #expect(throws: TensorError.self) { try table.evaluate(Tensor(labels: [3, 0])) }
  }

  /// Layers in a row, chosen by a stream, each fitting what came before.
  private static func randomLayers(_ seed: UInt64) throws -> any Layer {
    var stream = RandomStream(seed: seed, purpose: "layers")
    var layers: [any Layer] = [], channels = 2, side = 9
    for _ in 0..<(2 + stream.integer(below: 4)) {
      let outputs = 1 + stream.integer(below: 6)
      layers.append(
        try Conv2d(inputs: channels, outputs: outputs, kernel: 3, padding: 1, bias: stream.integer(below: 2) == 0))
      channels = outputs
      if stream.integer(below: 2) == 0 { layers.append(try BatchNorm(channels: channels)) }
      let functions: [Activation.Function] = [.relu, .relu6, .silu, .gelu, .tanh, .sigmoid, .leakyReLU(slope: 0.2)]
      if stream.integer(below: 4) > 0 { layers.append(Activation(functions[stream.integer(below: functions.count)])) }
      if stream.integer(below: 3) == 0, side >= 4 {
        layers.append(try Pooling(stream.integer(below: 2) == 0 ? .maximum : .average, kernel: 2))
        side /= 2
      }
      if stream.integer(below: 3) == 0 {
        layers.append(Residual(try Conv2d(inputs: channels, outputs: channels, kernel: 1)))
      }
      if stream.integer(below: 4) == 0 { layers.append(try Dropout(probability: 0.3, dropsChannels: side % 2 == 0)) }
    }
    return Sequential(layers + [Flatten(), try Linear(inputs: channels * side * side, outputs: 3)])
  }

  @Test("twenty models of random layers agree with the tape", arguments: 1...20)
  func randomModels(seed: Int) throws {
    let planned = try Model(Self.randomLayers(UInt64(seed)), seed: 1)
    try Pattern.fill(planned)
    let taped = try planned.replica()
    let count = 2 * (seed % 3) + 3
    let inputs = Pattern.tensor([count, 2, 9, 9], salt: seed), labels = Tensor(labels: (0..<count).map { $0 % 3 })
    let stream = RandomStream(seed: UInt64(seed), purpose: .dropout)
    let loss = try planned.computeGradient(of: Loss.crossEntropy(), inputs, labels, stream: stream)
    let value = try taped.forward(inputs, mode: .training, stream: stream).crossEntropy(labels: labels)
    try taped.backward(value)
    #expect(try planned.plan(of: Loss.crossEntropy(), ObjectiveBatch(inputs: inputs, targets: labels)) != nil)
    #expect(Tolerance(relative: 1e-5, absolute: 1e-6).mismatch([loss], [try value.item()]) == nil)
    #expect(Tolerance(relative: 1e-4, absolute: 1e-6).mismatch(planned.gradient.values, taped.gradient.values) == nil)
    #expect(PlanTests.tolerance.mismatch(planned.statistics.values, taped.statistics.values) == nil)
  }
}
