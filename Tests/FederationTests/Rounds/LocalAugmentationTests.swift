import Datasets
import Federation
import Networks
import Testing

@Suite struct LocalAugmentationTests {
  private func digest(_ augmentation: Augmentation?, threads: Int = 1) throws -> String {
    var blobs = GaussianBlobs()
    (blobs.sampleShape, blobs.trainCount, blobs.testCount) = ([1, 4, 4], 60, 30)
    let (train, _) = try blobs.make()
    let partition = try Partition.identical(Partition.Request(train, clients: 3, seed: 5))
    var training = try LocalTraining(optimizer: SGD(learningRate: 0.1, momentum: 0))
    training.augmentation = augmentation
    let model = try Model(Sequential([Flatten(), try Linear(inputs: 16, outputs: 3)]))
    var options = SimulationOptions(
      clients: Client.all(partition), model: model, rounds: 2, localTraining: training)
    options.threads = threads
    return try SmallRun.simulate(options).finishRounds()
  }

  @Test func changedPicturesGiveAnotherModelOnAnyNumberOfThreads() throws {
    var augmentation = Augmentation()
    (augmentation.flip, augmentation.noise) = (0.5, 0.2)
    let changed = try digest(augmentation)
    #expect(try changed != digest(nil))
    #expect(try changed == digest(augmentation, threads: 3))
  }

  @Test func impossibleChangesAreErrors() {
    var augmentation = Augmentation()
    augmentation.flip = 3
    #expect(throws: (any Error).self) { try digest(augmentation) }
  }
}
