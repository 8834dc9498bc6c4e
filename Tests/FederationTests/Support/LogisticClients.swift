import Datasets
import Foundation
import Networks
import Tensors

@testable import Federation

/// A linear model of two classes and three inputs, trained by whole batches: small enough for an oracle in float64 that
/// shares no line with the code under test.
struct LogisticClients {
  static let inputs = 3, classes = 2
  /// Parameters as the vector has them: the weight as `[input, class]`, then the bias.
  static let parameterCount = inputs * classes + classes

  let data: [(x: [[Double]], y: [Int])]

  init(_ counts: [Int]) {
    var stream = RandomStream(seed: 11, purpose: "logistic")
    data = counts.enumerated().map { client, count in
      let x = (0..<count).map { _ in
        (0..<Self.inputs).map { _ in Double(Float(stream.normal() + 0.5 * Double(client))) }
      }
      return (x, x.map { $0[0] + 0.3 * Double(client) * $0[1] > 0.2 ? 1 : 0 })
    }
  }

  /// Gradient of the mean cross-entropy at `w`, by its definition.
  func gradient(_ client: Int, _ w: [Double]) -> [Double] {
    let (x, y) = data[client], classes = Self.classes
    var gradient = [Double](repeating: 0, count: Self.parameterCount)
    for (sample, label) in zip(x, y) {
      let logits = (0..<classes).map { k in
        (0..<Self.inputs).reduce(w[Self.inputs * classes + k]) { $0 + sample[$1] * w[$1 * classes + k] }
      }
      let total = logits.reduce(0) { $0 + exponential($1) }
      for k in 0..<classes {
        let error = (exponential(logits[k]) / total - (label == k ? 1 : 0)) / Double(x.count)
        for i in 0..<Self.inputs { gradient[i * classes + k] += error * sample[i] }
        gradient[Self.inputs * classes + k] += error
      }
    }
    return gradient
  }

  private func exponential(_ x: Double) -> Double { exp(x) }

  /// A run of these clients.
  func options(
    _ algorithm: any LocalAlgorithm, epochs: Int = 3, rate: Double = 0.2, momentum: Double = 0, rounds: Int = 3,
    schedule: LearningRateSchedule = .constant
  ) throws -> SimulationOptions {
    let clients = try data.enumerated().map { index, set in
      Client(
        id: index + 1,
        data: try Dataset(
          name: "client", inputs: Tensor(set.x.flatMap { $0.map(Float.init) }, shape: [set.x.count, Self.inputs]),
          labels: Tensor(labels: set.y), classNames: ["a", "b"]))
    }
    let training = try LocalTraining(
      optimizer: SGD(learningRate: rate, momentum: momentum, schedule: schedule), epochs: epochs, batchSize: 1000,
      algorithm: algorithm)
    return SimulationOptions(
      clients: clients, model: try Model(Sequential([Linear(inputs: Self.inputs, outputs: Self.classes)]), seed: 3),
      rounds: rounds, localTraining: training)
  }

  /// Shares of the clients by samples.
  var shares: [Double] {
    let total = Double(data.reduce(0) { $0 + $1.x.count })
    return data.map { Double($0.x.count) / total }
  }
}

/// Vectors as lists of numbers, for oracles.
func plus(_ a: [Double], _ b: [Double], _ factor: Double = 1) -> [Double] { zip(a, b).map { $0 + factor * $1 } }

/// Mean of vectors with shares that sum to 1.
func mean(_ vectors: [[Double]], _ shares: [Double]) -> [Double] {
  vectors[0].indices.map { i in zip(vectors, shares).reduce(0.0) { $0 + $1.0[i] * $1.1 } }
}
