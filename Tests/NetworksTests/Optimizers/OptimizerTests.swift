import Foundation
import Tensors
import Testing

@testable import Networks

/// What `scripts/reference/optimizers.py` wrote about PyTorch's optimizers.
struct OptimizerFixture: Decodable {
  let start: [Double]
  let gradients: [[Double]]
  let paths: [String: [[Double]]]
  let rates: [String: [Double]]
  let clipped: [String: [Double]]

  static func load() throws -> OptimizerFixture {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/optimizers.json")
    return try JSONDecoder().decode(OptimizerFixture.self, from: Data(contentsOf: file))
  }
}

@Suite("Optimizers")
struct OptimizerTests {
  private static func optimizers() throws -> [(String, any Optimizer)] {
    [
      ("sgd", try SGD(learningRate: 0.1)),
      ("sgd momentum", try SGD(learningRate: 0.1, momentum: 0.9)),
      ("sgd weight decay", try SGD(learningRate: 0.1, momentum: 0.9, weightDecay: 0.05)),
      ("sgd nesterov", try SGD(learningRate: 0.1, momentum: 0.8, weightDecay: 0.01, isNesterov: true)),
      ("adam", try Adam(learningRate: 0.05)),
      ("adam weight decay", try Adam(learningRate: 0.05, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1)),
      ("adamw", try Adam(learningRate: 0.05, weightDecay: 0.1, isDecoupled: true)),
    ]
  }

  @Test("take PyTorch's steps, in float64 to the last digits and in float32 to its precision")
  func steps() throws {
    let fixture = try OptimizerFixture.load()
    #expect(Set(try Self.optimizers().map(\.0)) == Set(fixture.paths.keys))
    for (name, optimizer) in try Self.optimizers() {
      for (elementType, tolerance) in [(ElementType.float64, 1e-12), (.float32, 2e-6)] {
        let weights = Tensor(fixture.start).to(elementType).clone()
        let state = try optimizer.makeState(count: weights.count, elementType)
        for (gradient, expected) in zip(fixture.gradients, try #require(fixture.paths[name])) {
          try optimizer.step(weights, gradient: Tensor(gradient).to(elementType), state)
          for (a, b) in zip(weights.values, expected) { #expect(abs(a - b) <= tolerance * max(1, abs(b)), "\(name)") }
        }
        #expect(state.stepCount == fixture.gradients.count)
      }
    }
  }

  @Test("start anew after a reset")
  func reset() throws {
    for (name, optimizer) in try Self.optimizers() {
      let state = try optimizer.makeState(count: 3)
      func step() throws -> [Double] {
        let weights = Tensor([1, 2, 3] as [Float])
        try optimizer.step(weights, gradient: Tensor([0.5, -1, 2] as [Float]), state)
        return weights.values
      }
      let first = try step()
      _ = try step()
      try state.reset()
      #expect(try step() == first, "\(name)")
    }
  }

  @Test("fit a curve that a line cannot, with each rule")
  func learning() throws {
    let x = Tensor((0..<32).map { Float($0) / 16 - 1 }, shape: [32, 1]), y = try x.square()
    for optimizer in [
      try SGD(learningRate: 0.1, momentum: 0.9) as any Optimizer, try Adam(learningRate: 0.02),
      try Adam(learningRate: 0.02, weightDecay: 1e-3, isDecoupled: true),
    ] {
      let model = try Model(
        Sequential([try Linear(inputs: 1, outputs: 16), Activation(.tanh), try Linear(inputs: 16, outputs: 1)]), seed: 1
      )
      let state = try optimizer.makeState(for: model)
      for _ in 0..<400 {
        try model.backward(Loss.meanSquaredError(model.forward(x, mode: .training), y))
        try optimizer.step(model, state)
      }
      // The best line leaves the variance of x², 0.09.
      #expect(try Loss.meanSquaredError(model.forward(x), y).item() < 0.005)
    }
  }

  @Test("refuse numbers out of range and vectors that do not fit")
  func mistakes() throws {
    #expect(throws: NetworkError.self) { try SGD(learningRate: -1) }
    #expect(throws: NetworkError.self) { try SGD(learningRate: .nan) }
    #expect(throws: NetworkError.self) { try SGD(learningRate: 0.1, momentum: 1) }
    #expect(throws: NetworkError.self) { try SGD(learningRate: 0.1, isNesterov: true) }
    #expect(throws: NetworkError.self) { try Adam(beta2: 1) }
    #expect(throws: NetworkError.self) { try Adam(epsilon: 0) }
    let optimizer = try SGD(learningRate: 0.1), state = try optimizer.makeState(count: 3)
    #expect(throws: NetworkError.self) { try optimizer.step(Tensor.zeros([3]), gradient: Tensor.zeros([2]), state) }
    #expect(throws: NetworkError.self) {
      try optimizer.step(Tensor.zeros([3]), gradient: Tensor.zeros([3], .float64), state)
    }
  }
}

@Suite("LearningRateSchedule")
struct LearningRateScheduleTests {
  @Test("has PyTorch's factors")
  func factors() throws {
    let fixture = try OptimizerFixture.load()
    let schedules: [String: LearningRateSchedule] = [
      "step": .step(every: 3, factor: 0.5), "cosine": .cosine(steps: 11, minimum: 0.1),
      "warm-up": .warmUp(steps: 4, then: .step(every: 4, factor: 0.1)),
    ]
    #expect(Set(schedules.keys) == Set(fixture.rates.keys))
    for (name, rates) in fixture.rates {
      for (step, rate) in rates.enumerated() {
        #expect(abs(try #require(schedules[name]).factor(afterSteps: step) - rate) < 1e-12, "\(name) \(step)")
      }
    }
  }

  @Test("stays at its minimum after the last step of a cosine")
  func end() {
    #expect(abs(LearningRateSchedule.cosine(steps: 5, minimum: 0.2).factor(afterSteps: 100) - 0.2) < 1e-12)
  }

  @Test("moves the optimizer's rate")
  func steps() throws {
    let optimizer = try SGD(learningRate: 1, schedule: .step(every: 1, factor: 0.5)), weights = try Tensor.zeros([1])
    let state = try optimizer.makeState(count: 1)
    for _ in 0..<3 { try optimizer.step(weights, gradient: Tensor.ones([1]), state) }
    #expect(try weights.item() == -1.75)
  }

  @Test("refuses lengths of 0")
  func mistakes() {
    #expect(throws: NetworkError.self) { try LearningRateSchedule.step(every: 0, factor: 1).validate() }
    #expect(throws: NetworkError.self) { try LearningRateSchedule.cosine(steps: 0, minimum: 0).validate() }
    #expect(throws: NetworkError.self) {
      try LearningRateSchedule.warmUp(steps: 2, then: .cosine(steps: 3, minimum: 2)).validate()
    }
    #expect(throws: NetworkError.self) { try SGD(learningRate: 1, schedule: .step(every: 0, factor: 1)) }
  }
}

@Suite("GradientClipping")
struct GradientClippingTests {
  @Test("scales a long gradient as PyTorch does and leaves a short one")
  func norms() throws {
    let fixture = try OptimizerFixture.load()
    for (limit, expected) in fixture.clipped {
      let gradient = Tensor(fixture.gradients[0])
      try GradientClipping.norm(try #require(Double(limit))).apply(to: gradient)
      for (a, b) in zip(gradient.values, expected) { #expect(abs(a - b) < 1e-12) }
    }
  }

  @Test("clamps each coordinate")
  func values() throws {
    let gradient = Tensor([-3, 0.5, 2] as [Float])
    try GradientClipping.value(1).apply(to: gradient)
    #expect(gradient.values == [-1, 0.5, 1])
  }

  @Test("bounds the step that an optimizer takes")
  func steps() throws {
    let optimizer = try SGD(learningRate: 1, clipping: .norm(1)), weights = try Tensor.zeros([2])
    try optimizer.step(weights, gradient: Tensor([30, 40] as [Float]), optimizer.makeState(count: 2))
    #expect(abs(try weights.norm().item() - 1) < 1e-5)
  }
}

@Suite("ExponentialMovingAverage")
struct ExponentialMovingAverageTests {
  @Test("follows the weights slowly and copies the statistics")
  func following() throws {
    let model = try Model(BatchNorm(channels: 1), seed: 0)
    let average = try ExponentialMovingAverage(of: model, decay: 0.75)
    try model.trainable.copy_(Tensor([5, 4] as [Float]))
    try model.statistics.copy_(Tensor([2, 3] as [Float]))
    try average.update(from: model)
    #expect(average.average.trainable.values == [2, 1])
    try average.update(from: model)
    #expect(average.average.trainable.values == [2.75, 1.75])
    #expect(average.average.statistics.values == [2, 3])
    #expect(model.trainable.values == [5, 4])
  }

  @Test("refuses another model and a decay above 1")
  func mistakes() throws {
    let model = try Model(BatchNorm(channels: 1), seed: 0)
    #expect(throws: NetworkError.self) { try ExponentialMovingAverage(of: model, decay: 1.5) }
    let average = try ExponentialMovingAverage(of: model, decay: 0.5)
    #expect(throws: NetworkError.self) { try average.update(from: Model(BatchNorm(channels: 2), seed: 0)) }
  }
}
