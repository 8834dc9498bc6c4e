public import Datasets
public import Networks
public import Tensors

extension Model {
  /// Measures many vectors of values on data, several at once, each on a replica of this model.
  ///
  /// - Parameters:
  ///   - vectors: Shape `[m, d]`, one ``vector()`` a row.
  ///   - loss: What is averaged over the samples.
  ///   - threads: Replicas at work; a script's `forward` without a plan has one.
  /// - Returns: Accuracy and loss of each.
  /// - Throws: ``FederationError/evaluation(data:round:problem:)`` where data do not fit the model.
  public func evaluate(
    vectors: Tensor, on set: Dataset, loss: Loss = .crossEntropy(), threads: Int = 1
  ) throws -> [Evaluation] {
    guard vectors.shape.count == 2, vectors.shape[1] == layout.count else {
      throw TensorError.shape(
        op: "evaluate_many", got: vectors.shape, expected: "parameter vectors [m, \(layout.count)] are needed")
    }
    let description = RunDescription(
      current: CurrentTraining(try LocalTraining(optimizer: SGD(learningRate: 0), loss: loss)),
      split: try VectorSplit(layout, local: .none, statistics: .aggregated), seed: 0,
      data: DataCatalog([.test: set]), measuresScores: true)
    let isConfined = try mustStayHere(for: set)
    let executor = try ThreadExecutor(threads: threads, isConfined: { isConfined }) {
      ClientTrainer(description, model: try replica())
    }
    return try ModelEvaluator(executor: executor, data: description.data)
      .measure(vectors.to(.float32).contiguous(), on: .test, global: vector(), round: 0)
  }
  /// Whether a script's code runs for each batch, so that all of it stays on the script's thread.
  private func mustStayHere(for set: Dataset) throws -> Bool {
    guard isConfinedToOneThread else { return false }
    return try Set(ModelEvaluator.chunks(set.count).map(\.count)).contains { size in
      try prepareEvaluation([set.batch(Array(0..<size)).inputs]) != nil
    }
  }
}
