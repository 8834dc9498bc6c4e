import Datasets
import Federation
import Networks
import Tensors
import Testing

@Suite struct ConvolutionModeTests {
  /// A run whose second convolution has several methods to choose from.
  private func run(_ mode: ConvolutionMode, threads: Int = 1) throws -> Simulation {
    var blobs = GaussianBlobs()
    (blobs.sampleShape, blobs.trainCount, blobs.testCount) = ([1, 8, 8], 48, 24)
    let (train, test) = try blobs.make()
    let partition = try Partition.identical(Partition.Request(train, clients: 3, seed: 5))
    let model = try Model(
      Sequential([
        try Conv2d(inputs: 1, outputs: 16, kernel: 3, padding: 1), Activation(.relu),
        try Conv2d(inputs: 16, outputs: 16, kernel: 3, padding: 1), Flatten(), try Linear(inputs: 1024, outputs: 3),
      ]))
    var options = SimulationOptions(
      clients: Client.all(partition), model: model, rounds: 2,
      localTraining: try LocalTraining(optimizer: SGD(learningRate: 0.01, momentum: 0)))
    options.test = test
    options.threads = threads
    options.convolutions = mode
    return try SmallRun.simulate(options)
  }

  @Test func `a run's mode decides on every thread, whatever the mode around it`() throws {
    let auto = try run(.auto).finishRounds(), direct = try run(.direct).finishRounds()
    #expect(auto != direct)
    for threads in [1, 3] {
      #expect(try ConvolutionMode.with(.direct) { try run(.auto, threads: threads).finishRounds() } == auto)
      #expect(try run(.direct, threads: threads).finishRounds() == direct)
    }
  }

  @Test func `both modes learn the same`() throws {
    let auto = try run(.auto), direct = try run(.direct)
    try auto.finishRounds()
    try direct.finishRounds()
    let pairs = zip(auto.globalVector.floats, direct.globalVector.floats)
    #expect(pairs.allSatisfy { abs($0 - $1) < 1e-3 })
  }
}
