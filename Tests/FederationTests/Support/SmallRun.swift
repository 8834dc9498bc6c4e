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

  func simulation() throws -> Simulation { try Simulation(options()) }

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
      proximalWeight: proximalWeight,
      isBatchNormLocal: isBatchNormLocal, keepsOptimizerState: keepsOptimizerState)
    var options = SimulationOptions(
      clients: Client.all(partition), model: try Model(Sequential(layers)), rounds: rounds, localTraining: training)
    options.test = test
    options.root = hasRoot ? try train.subset(Array(0..<30)) : nil
    options.byzantine = byzantine
    options.clientsPerRound = clientsPerRound
    options.seed = seed
    options.threads = threads
    options.statistics = statistics
    options.onFailure = onFailure
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
