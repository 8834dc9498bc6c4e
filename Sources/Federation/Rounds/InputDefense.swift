import Datasets
import Networks
public import Tensors

/// One batch on its way to the model, as the inference side of a defense sees it: inputs, and nothing that tells what
/// is right.
public struct InputBatch {
  /// Shape `[b, …]`, in memory of their own.
  public let inputs: Tensor
  /// Position of the batch among those of one question to the run, from 0.
  public let number: Int
  /// Round whose model answers; 0 before the first.
  public let round: Int
  let seed: UInt64

  /// Random numbers of one hook for this batch.
  public func stream(_ purpose: RandomPurpose) -> RandomStream {
    RandomStream(seed: seed, purpose: purpose, round: round, client: number)
  }
}

/// What a run answers for inputs.
public struct Prediction {
  /// Class of each input, from 0.
  public let labels: [Int]
  /// Anomaly score of each input, higher is more suspicious; nil if the defense does not inspect.
  public let scores: [Double]?
  /// What the model saw: the inputs themselves, or what the defense made of them.
  public let inputs: Tensor
}

extension Defense {
  /// Whether the defense acts where the run answers for inputs.
  var actsOnInputs: Bool { inspect != nil || purify != nil }

  /// Inspects and purifies one batch.
  fileprivate func screen(
    _ inputs: Tensor, number: Int, round: Int, seed: UInt64
  ) throws -> (inputs: Tensor, scores: [Double]?) {
    try Interrupt.check()
    // Each hook gets a copy, so that what it writes into its batch changes no answer.
    func batch() -> InputBatch { InputBatch(inputs: inputs.clone(), number: number, round: round, seed: seed) }
    let scores = try inspect.map { try checked(scores: $0(batch()), count: inputs.shape[0], round) }
    guard let purify else { return (inputs, scores) }
    let cleaned = try purify(batch(), scores.map { Tensor($0.map(Float.init)) })
    return (try checked(inputs: cleaned, inputs.shape, round), scores)
  }

  private func checked(scores: Tensor, count: Int, _ round: Int) throws -> [Double] {
    guard scores.shape == [count] else {
      throw FederationError.inputHook(
        "\(name): inspect", round: round, problem: "shape \(scores.shape) is not one score an input",
        allowed: "[\(count)] is needed")
    }
    let values = scores.values
    if let bad = values.firstIndex(where: { !$0.isFinite }) {
      throw FederationError.inputHook(
        "\(name): inspect", round: round, problem: "the score of input \(bad + 1) is \(values[bad])",
        allowed: "finite numbers are needed")
    }
    return values
  }

  private func checked(inputs: Tensor, _ shape: Shape, _ round: Int) throws -> Tensor {
    func fail(_ problem: String, _ allowed: String) -> FederationError {
      .inputHook("\(name): purify", round: round, problem: problem, allowed: allowed)
    }
    guard inputs.shape == shape else {
      throw fail("shape \(inputs.shape) is not that of the inputs", "\(shape) is needed")
    }
    guard inputs.elementType == .float32 else { throw fail("it returned \(inputs.elementType)", "float32 is needed") }
    let cleaned = inputs.detach(), row = cleaned.contiguous()
    if let fault = row.withFloats({ RowFault(row: 0, $0, count: row.count) }) {
      let input = fault.coordinate / max(1, shape.dropFirst().reduce(1, *)) + 1
      throw fail("input \(input) became \(fault.value)", "finite numbers are needed")
    }
    return cleaned
  }
}

extension Simulation {
  /// Answers for inputs with the global model, through the inference side of the defense.
  ///
  /// - Parameter inputs: Shape `[b, …]`, b at least 1.
  /// - Throws: What a hook threw, ``FederationError/inputHook(_:round:problem:allowed:)`` for what it returned, and
  ///   ``FederationError/answering(call:)`` inside of a hook.
  public func predict(_ inputs: Tensor) throws -> Prediction {
    try expectBetweenRounds("predict")
    guard let count = inputs.shape.first, count > 0 else {
      throw TensorError.shape(op: "predict", got: inputs.shape, expected: "[b, …] with one input or more is needed")
    }
    return try answering("predict") {
      var labels: [Int] = [], scores: [Double]?, seen: [Tensor] = []
      for (number, positions) in chunks(count).enumerated() {
        let part = try inputs.detach().narrow(axis: 0, start: positions.lowerBound, count: positions.count)
        let screened =
          try defense?.screen(part, number: number, round: modelRound, seed: options.seed) ?? (
            inputs: part, scores: nil
          )
        labels += try Subnormals.asZero { try model.evaluate(screened.inputs) }.argmax().integers
        scores = screened.scores.map { (scores ?? []) + $0 }
        seen.append(screened.inputs)
      }
      return Prediction(labels: labels, scores: scores, inputs: try Tensor.concatenate(seen, axis: 0))
    }
  }

  /// Measures a global vector on data that pass through the defense first, batch by batch on this thread.
  func evaluate(_ vector: Tensor, on data: Dataset, through defense: Defense) throws -> (accuracy: Double, loss: Double)
  {
    try answering("evaluate") {
      let answering = try model.replica()
      try answering.load(vector)
      let parts = chunks(data.count)
      let sum = ShardedSum(count: parts.count, shardSize: Workplace.evaluationShard)
      for (number, positions) in parts.enumerated() {
        let batch = try data.batch(Array(positions))
        let inputs = try defense.screen(batch.inputs, number: number, round: modelRound, seed: options.seed).inputs
        let measured = TaskResult(numbers: try place.measure(answering, inputs, batch.labels))
        try sum.take(Outcome(client: 0, result: .success(measured)), at: number)
      }
      return Workplace.means(sum.reduction)
    }
  }

  /// The round whose model answers: during a round, that one.
  private var modelRound: Int { isInRound ? completedRounds + 1 : completedRounds }

  private func chunks(_ count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: Workplace.evaluationChunk).map { $0..<min($0 + Workplace.evaluationChunk, count) }
  }

  /// Runs `body` unrecorded, and refuses to be asked by the hooks that it calls.
  private func answering<Result>(_ call: String, _ body: () throws -> Result) throws -> Result {
    if isAnswering { throw FederationError.answering(call: call) }
    isAnswering = true
    defer { isAnswering = false }
    return try Parallel.withThreads(options.threads) { try Tape.withoutRecording(body) }
  }
}
