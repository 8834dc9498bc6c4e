import Datasets
import Networks
import Tensors

/// What of a run is written in a script, and whether workers can do it without the script.
///
/// A script's module or loss runs on the script's thread alone. Before each round it is run dry for all shapes that
/// workers will meet; they replay what it did. Where that is not possible the whole run stays on that thread.
final class TracePreparation {
  /// Whether all work must stay on the script's thread.
  private(set) var isConfined = false
  /// What stands in the way of replaying the script, with its line; nil if nothing does.
  private(set) var obstacle: String?

  private let training: LocalTraining
  /// Sets that are trained on, and those that are measured.
  private let trained: [Dataset], measured: [Dataset]
  private let measuresScores: Bool

  init(_ options: SimulationOptions, measuresScores: Bool) {
    training = options.localTraining
    trained = options.clients.map(\.data) + [options.root].compactMap { $0 }
    measured = [options.test, options.validation].compactMap { $0 }
    self.measuresScores = measuresScores
  }

  /// Looks at what the script does now. On the script's thread, before a round.
  func prepare(_ model: Model) throws {
    let loss = training.loss
    guard model.isConfinedToOneThread || loss.isConfinedToOneThread else { return }
    obstacle = training.isTraced ? try firstObstacle(model, loss) : "traced = false"
    isConfined = obstacle != nil
  }

  private func firstObstacle(_ model: Model, _ loss: any Objective) throws -> String? {
    for size in sizes(of: trained, training.batchSize) {
      if let found = try model.prepareTraining(loss, batch(size)) { return found }
    }
    for size in sizes(of: measured, ModelEvaluator.chunk) {
      let batch = try batch(size)
      if measuresScores, let found = try model.prepareEvaluation([batch.tensors[0].tensor]) { return found }
      if !(loss is Loss), let found = try model.prepareValue(loss, batch) { return found }
    }
    return nil
  }

  private struct BatchSize: Hashable, Comparable {
    let sample: Shape
    let size: Int

    static func < (a: Self, b: Self) -> Bool { (a.size, a.sample.count) < (b.size, b.sample.count) }
  }

  /// The batches that sets are cut into: whole ones, and what is left.
  private func sizes(of sets: [Dataset], _ size: Int) -> [BatchSize] {
    Set(
      sets.flatMap { set in
        [min(size, set.count), set.count % size].filter { $0 > 0 }.map { BatchSize(sample: set.sampleShape, size: $0) }
      }
    ).sorted()
  }

  private func batch(_ size: BatchSize) throws -> ObjectiveBatch {
    ObjectiveBatch(
      inputs: try Tensor.uninitialized([size.size] + size.sample),
      targets: Tensor(labels: [Int](repeating: 0, count: size.size)))
  }
}
