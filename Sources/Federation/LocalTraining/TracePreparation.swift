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

  private var training: LocalTraining
  private let measuresScores: Bool
  /// The batches of each round.
  private var usual = BatchShapes()

  init(_ options: SimulationOptions, measuresScores: Bool) {
    training = options.localTraining
    self.measuresScores = measuresScores
    usual = shapes(options)
  }

  /// Takes over how clients train from now on.
  func take(_ options: SimulationOptions) {
    training = options.localTraining
    (isConfined, obstacle) = (false, nil)
    usual = shapes(options)
  }

  /// The batches that the sets of a run are cut into.
  private func shapes(_ options: SimulationOptions) -> BatchShapes {
    var usual = BatchShapes()
    for set in options.clients.map(\.data) + [options.root].compactMap({ $0 }) {
      add(set, for: .training, training, to: &usual)
    }
    for set in [options.test, options.validation].compactMap({ $0 }) { add(set, for: .measuring, training, to: &usual) }
    return usual
  }

  /// Looks at what the script does now. On the script's thread, before a round.
  func prepare(_ model: Model) throws {
    guard isScripted(model, training) else { return }
    obstacle = training.isTraced ? try firstObstacle(model, training, usual) : "traced = false"
    isConfined = obstacle != nil
  }

  /// Calls `body` when the script was run dry for the batches of other sets, too; where one of these cannot be replayed,
  /// all work of `body` stays on this thread.
  func preparing<Result>(
    _ model: Model, _ sets: [Dataset], for use: DataUse, as other: LocalTraining? = nil, _ body: () throws -> Result
  ) throws -> Result {
    let training = other ?? training
    guard !isConfined, isScripted(model, training) else { return try body() }
    var shapes = BatchShapes()
    for set in sets { add(set, for: use, training, to: &shapes) }
    isConfined = try !training.isTraced || firstObstacle(model, training, shapes) != nil
    defer { isConfined = false }
    return try body()
  }

  private func isScripted(_ model: Model, _ training: LocalTraining) -> Bool {
    model.isConfinedToOneThread || training.loss.isConfinedToOneThread
  }

  private func firstObstacle(_ model: Model, _ training: LocalTraining, _ shapes: BatchShapes) throws -> String? {
    let loss = training.loss
    for shape in shapes.trained.sorted() {
      if let found = try model.prepareTraining(loss, batch(shape)) { return found }
    }
    for shape in shapes.answered.sorted() where measuresScores {
      if let found = try model.prepareEvaluation([batch(shape).tensors[0].tensor]) { return found }
    }
    for shape in shapes.valued.sorted() where !(loss is Loss) || !measuresScores {
      if let found = try model.prepareValue(loss, batch(shape)) { return found }
    }
    return nil
  }

  /// Adds the batches that a set is cut into.
  private func add(_ set: Dataset, for use: DataUse, _ training: LocalTraining, to shapes: inout BatchShapes) {
    func cut(_ count: Int, _ size: Int) -> [BatchShape] {
      [min(size, count), count % size].filter { $0 > 0 }.map { BatchShape(sample: set.sampleShape, size: $0) }
    }
    let chunks = cut(set.count, ModelEvaluator.chunk)
    switch use {
    case .training: shapes.trained.formUnion(cut(set.count, training.batchSize))
    case .differentiating: shapes.trained.formUnion(chunks)
    case .measuring:
      shapes.answered.formUnion(chunks)
      shapes.valued.formUnion(chunks)
    case .measuringByClass:
      shapes.answered.formUnion(chunks)
      for positions in ModelEvaluator.chunks(set.count) {
        var counts = [Int](repeating: 0, count: set.classCount)
        for label in set.labels[positions] { counts[label] += 1 }
        shapes.valued.formUnion(counts.filter { $0 > 0 }.map { BatchShape(sample: set.sampleShape, size: $0) })
      }
    }
  }

  private func batch(_ shape: BatchShape) throws -> ObjectiveBatch {
    ObjectiveBatch(
      inputs: try Tensor.uninitialized([shape.size] + shape.sample),
      targets: Tensor(labels: [Int](repeating: 0, count: shape.size)))
  }
}

/// What workers do with a data set.
enum DataUse {
  case training, measuring, measuringByClass, differentiating
}

/// The shape of a batch of inputs.
private struct BatchShape: Hashable, Comparable {
  let sample: Shape
  let size: Int

  static func < (a: Self, b: Self) -> Bool { (a.size, a.sample.count) < (b.size, b.sample.count) }
}

/// Batches by what is done with them: trained on, answered, or given a loss that needs the model.
private struct BatchShapes {
  var trained: Set<BatchShape> = [], answered: Set<BatchShape> = [], valued: Set<BatchShape> = []
}
