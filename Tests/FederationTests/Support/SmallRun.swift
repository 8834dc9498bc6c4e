import Datasets
@testable import Federation
import Networks
import Tensors

/// A federation small enough to train in milliseconds: clouds of points in the plane, a tiny network.
struct SmallRun {
  var clientCount = 4
  var rounds = 3
  var threads = 1
  var seed: UInt64 = 7
  var momentum = 0.9
  var proximalWeight = 0.0
  var isBatchNormLocal = false
  var keepsOptimizerState = false
  var hasBatchNorm = false
  var hasRoot = false
  var epochs = 1
  var learningRate = 0.1
  var byzantine: [Int] = []
  var clientsPerRound: Int?
  var statistics = StatisticsRule.aggregated
  var onFailure = FailurePolicy.fail
  /// In place of plain or proximal training.
  var algorithm: (any LocalAlgorithm)?
  var serverOptimizer: (any ServerOptimizer)?

  func simulation() throws -> Simulation { try Self.simulate(options()) }

  func options() throws -> SimulationOptions {
    var blobs = GaussianBlobs()
    blobs.trainCount = 240
    blobs.testCount = 90
    blobs.seed = 3
    let (train, test) = try blobs.make()
    let partition = try Partition.dirichlet(Partition.Request(train, clients: clientCount, seed: 5), concentration: 1)
    var layers: [any Layer] = [try Linear(inputs: 2, outputs: 8)]
    if hasBatchNorm { layers.append(try BatchNorm(channels: 8)) }
    layers += [Activation(.relu), try Linear(inputs: 8, outputs: 3)]
    let training = try LocalTraining(
      optimizer: SGD(learningRate: learningRate, momentum: momentum), epochs: epochs, batchSize: 16,
      algorithm: algorithm ?? FedProx(weight: proximalWeight),
      localParameters: isBatchNormLocal ? .batchNormalization : nil, keepsOptimizerState: keepsOptimizerState)
    var options = SimulationOptions(
      clients: Client.all(partition), model: try Model(Sequential(layers)), rounds: rounds, localTraining: training)
    options.test = test
    options.root = hasRoot ? try train.subset(Array(0..<30)) : nil
    // The root set is a part of what clients have, so that it points where they do.
    options.allowsOverlap = true
    options.byzantine = byzantine
    options.clientsPerRound = clientsPerRound
    options.seed = seed
    options.threads = threads
    options.statistics = statistics
    options.onFailure = onFailure
    options.serverOptimizer = serverOptimizer
    return options
  }
}

extension Simulation {
  /// Runs all rounds that are left and returns the digest of the model.
  @discardableResult
  func finishRounds() throws -> String {
    while try nextRound() != nil {}
    return digest
  }
}

extension Federation.Rule {
  static func weighing(_ weigh: @escaping Weigh) -> Federation.Rule { .rows(weigh: weigh) }

  static func aggregating(_ aggregate: @escaping Aggregate) -> Federation.Rule { .rows(aggregate: aggregate) }

  static func comparing(_ compare: @escaping Compare) -> Federation.Rule { .gram(weigh: compare) }

  static func averaging(_ weights: SumWeights, _ combine: @escaping Combine) -> Federation.Rule {
    .mean(weights, combine: combine)
  }
}
