public import Datasets
import Networks
public import Tensors

/// Share of samples classified right, and mean loss.
public struct Evaluation: Sendable, Equatable {
  /// In [0, 1]; NaN where there is no sample.
  public let accuracy: Double
  public let loss: Double

  public init(accuracy: Double, loss: Double) {
    self.accuracy = accuracy
    self.loss = loss
  }

  /// Out of the sums over samples that workers give, or those over the samples of one class.
  init(_ sums: Exchange, class label: Int? = nil) {
    func sum(_ key: ExchangeKey) -> Double? { sums.numbers[label.map { key.of(class: $0) } ?? key] }
    guard let samples = sum(.samples), samples > 0 else {
      (accuracy, loss) = (.nan, .nan)
      return
    }
    accuracy = (sum(.right) ?? .nan) / samples
    loss = (sum(.lossSum) ?? .nan) / samples
  }
}

/// Measures parameter vectors on data, on the workers of a run.
///
/// A task is one vector and one chunk of the data, and its sums are added up by shards, so the numbers do not depend on
/// the number of threads.
struct ModelEvaluator {
  let executor: any Executor
  let data: DataCatalog

  /// Samples of one task, whatever the number of threads.
  static let chunk = 250
  /// Tasks that are added up by themselves, whatever the number of threads.
  static let shard = 4

  /// Positions of each chunk of `count` samples.
  static func chunks(_ count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: chunk).map { $0..<min($0 + chunk, count) }
  }

  /// Measures one vector of all the model's values.
  func measure(_ global: Tensor, on handle: DataHandle, round: Int) throws -> Evaluation {
    let chunks = Self.chunks(try data.set(handle).count)
    let tasks = chunks.enumerated().map { task($0, nil, $1, handle) }
    let job = Job(
      function: ClientTrainer.Function.measure, round: round, shared: Exchange(tensors: [.global: global]), tasks: tasks
    )
    let sums = try executor.reduce(job, shardSize: Self.shard) { _ in }
    try expectNone(sums.failures, handle, round)
    return Evaluation(sums.sums)
  }

  /// Measures many vectors at once.
  ///
  /// - Parameters:
  ///   - vectors: Shape `[m, d]`: values of the parameters that travel, one vector a row.
  ///   - global: Gives the values of all other parameters.
  func measure(_ vectors: Tensor, on handle: DataHandle, global: Tensor, round: Int) throws -> [Evaluation] {
    try sums(ClientTrainer.Function.measure, vectors, on: handle, global: global, round: round).map { Evaluation($0) }
  }

  /// Measures many vectors at once, class by class: one list a vector.
  func measureByClass(_ vectors: Tensor, on handle: DataHandle, global: Tensor, round: Int) throws -> [[Evaluation]] {
    let classes = try data.set(handle).classCount
    return try sums(
      ClientTrainer.Function.measure, vectors, on: handle, global: global, round: round, classes: classes
    ).map { sums in (0..<classes).map { Evaluation(sums, class: $0) } }
  }

  /// Measures many vectors by clients, each on its own data with what it keeps for itself: for each client one evaluation
  /// a vector, or with a number of classes one for each class of each vector.
  ///
  /// - Parameter clients: One task a client, with its data and its state.
  func measure(
    _ vectors: Tensor, by clients: [JobTask], global: Tensor, round: Int, classes: Int?
  ) throws -> [[Evaluation]] {
    let count = vectors.shape[0]
    var tasks: [JobTask] = [], sums: [[ShardedSum]] = [], places: [(sum: ShardedSum, chunk: Int)] = []
    for client in clients {
      let chunks = Self.chunks(try data.set(client.data).count)
      sums.append((0..<count).map { _ in ShardedSum(count: chunks.count, shardSize: Self.shard) })
      for row in 0..<count {
        for (chunk, positions) in chunks.enumerated() {
          var inputs = task(0, row, positions, client.data).inputs
          inputs.merge(client.inputs)
          tasks.append(
            JobTask(index: tasks.count, owner: client.owner, data: client.data, state: client.state, inputs: inputs))
          places.append((sums[sums.count - 1][row], chunk))
        }
      }
    }
    var shared = Exchange(tensors: [.global: global, .vectors: vectors])
    shared.numbers[.classes] = classes.map(Double.init)
    let job = Job(function: ClientTrainer.Function.measure, round: round, shared: shared, tasks: tasks)
    for (index, outcome) in try executor.map(job, onProgress: { _ in }).enumerated() {
      if case .failure(let failure) = outcome.result { try expectNone([failure], tasks[index].data, round) }
      try places[index].sum.take(outcome, at: places[index].chunk)
    }
    return sums.map { rows in
      rows.flatMap { sum in
        let total = sum.reduction.sums
        return classes.map { (0..<$0).map { Evaluation(total, class: $0) } } ?? [Evaluation(total)]
      }
    }
  }

  /// Means over the data of what each vector holds likely. Shape `[m, k]`.
  func predictions(_ vectors: Tensor, on handle: DataHandle, global: Tensor, round: Int) throws -> Tensor {
    try Tensor.stack(
      sums(ClientTrainer.Function.predict, vectors, on: handle, global: global, round: round).map {
        try $0.tensor(.likelihoods).div_($0.number(.samples))
      }, axis: 0)
  }

  /// What a function of the workers gives for the chunks of the data, added up for each vector.
  private func sums(
    _ function: String, _ vectors: Tensor, on handle: DataHandle, global: Tensor, round: Int, classes: Int? = nil
  ) throws -> [Exchange] {
    let chunks = Self.chunks(try data.set(handle).count)
    let tasks = (0..<vectors.shape[0]).flatMap { row in
      chunks.enumerated().map { task(row * chunks.count + $0, row, $1, handle) }
    }
    var shared = Exchange(tensors: [.global: global, .vectors: vectors])
    shared.numbers[.classes] = classes.map(Double.init)
    let outcomes = try executor.map(Job(function: function, round: round, shared: shared, tasks: tasks)) { _ in }
    return try (0..<vectors.shape[0]).map { row in
      let sum = ShardedSum(count: chunks.count, shardSize: Self.shard)
      for index in chunks.indices { try sum.take(outcomes[row * chunks.count + index], at: index) }
      try expectNone(sum.reduction.failures, handle, round)
      return sum.reduction.sums
    }
  }

  /// Computes the gradient of the mean loss on each of several sets at one vector, for the parameters that travel: zeros
  /// for running statistics. Shape `[d]` each.
  ///
  /// - Parameter vector: Shape `[d]`.
  func gradients(
    at vector: Tensor, on handles: [DataHandle], global: Tensor, round: Int
  ) throws -> [Tensor] {
    var tasks: [JobTask] = [], places: [(sum: ShardedSum, chunk: Int)] = []
    let sums = try handles.map { handle in
      let chunks = Self.chunks(try data.set(handle).count)
      let sum = ShardedSum(count: chunks.count, shardSize: Self.shard)
      for (chunk, positions) in chunks.enumerated() {
        tasks.append(task(tasks.count, 0, positions, handle))
        places.append((sum, chunk))
      }
      return sum
    }
    let job = Job(
      function: ClientTrainer.Function.differentiate, round: round,
      shared: Exchange(tensors: [.global: global, .vectors: try vector.reshape([1, vector.count])]), tasks: tasks)
    let known = places
    let outcomes = try executor.map(job) { index, result in
      let place = known[index]
      try place.sum.take(Outcome(owner: .server, result: .success(result)), at: place.chunk)
      // Only the sums are kept, however many chunks there are.
      result.values.tensors = [:]
    } onProgress: { _ in
    }
    for (task, outcome) in zip(tasks, outcomes) {
      if case .failure(let failure) = outcome.result { try expectNone([failure], task.data, round) }
    }
    return try sums.map { sum in
      let total = sum.reduction.sums
      return try total.tensor(.update).div_(total.number(.samples))
    }
  }

  private func task(_ index: Int, _ row: Int?, _ chunk: Range<Int>, _ handle: DataHandle) -> JobTask {
    var inputs = Exchange(numbers: [.first: Double(chunk.lowerBound), .count: Double(chunk.count)])
    inputs.numbers[.row] = row.map(Double.init)
    return JobTask(index: index, owner: .server, data: handle, inputs: inputs)
  }

  private func expectNone(_ failures: [TaskFailure], _ handle: DataHandle, _ round: Int) throws {
    guard let failure = failures.first else { return }
    throw FederationError.evaluation(data: "\(handle)", round: round, problem: failure.message)
  }
}

/// What a run is measured on.
enum EvaluationData {
  /// Its own test set.
  case test
  case set(Dataset)
}

extension Simulation {
  /// Measures the global model on a data set, through the inference side of the defense if it has one.
  ///
  /// - Returns: Share of samples classified right and mean loss.
  public func evaluate(on set: Dataset) throws -> (accuracy: Double, loss: Double) {
    let measured = try ConvolutionMode.with(options.convolutions) { try evaluate(globalVector, on: .set(set)) }
    return (measured.accuracy, measured.loss)
  }

  /// Measures a vector of all the model's values, through the inference side of the defense if it has one.
  func evaluate(_ vector: Tensor, on data: EvaluationData) throws -> Evaluation {
    if let defense, let inputs = defense.inputs {
      let set = if case .set(let set) = data { set } else { try catalog.set(.test) }
      return try evaluate(vector, on: set, through: inputs, named: defense.name)
    }
    guard case .set(let set) = data else { return try evaluator.measure(vector, on: .test, round: modelRound) }
    return try lending([.set(set)], for: .measuring) { try evaluator.measure(vector, on: $0[0], round: modelRound) }
  }

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
      for (number, positions) in ModelEvaluator.chunks(count).enumerated() {
        let part = try inputs.detach().narrow(axis: 0, start: positions.lowerBound, count: positions.count)
        let screened = try screened(part, number: number)
        labels += try Subnormals.asZero { try model.evaluate(screened.inputs) }.argmax().integers
        scores = screened.scores.map { (scores ?? []) + $0 }
        seen.append(screened.inputs)
      }
      return Prediction(labels: labels, scores: scores, inputs: try Tensor.concatenate(seen, axis: 0))
    }
  }

  private func screened(_ inputs: Tensor, number: Int) throws -> (inputs: Tensor, scores: [Double]?) {
    guard let defense, let guarding = defense.inputs else { return (inputs, nil) }
    return try guarding.screen(inputs, number: number, round: modelRound, seed: options.seed, name: defense.name)
  }

  /// Measures a global vector on data that pass through the defense first, batch by batch on this thread.
  private func evaluate(
    _ vector: Tensor, on set: Dataset, through inputs: InputGuard, named name: String
  ) throws -> Evaluation {
    try answering("evaluate") {
      let answering = try model.replica()
      try answering.load(vector)
      let parts = ModelEvaluator.chunks(set.count)
      let sum = ShardedSum(count: parts.count, shardSize: ModelEvaluator.shard)
      for (number, positions) in parts.enumerated() {
        let batch = try set.batch(Array(positions))
        let screened = try inputs.screen(
          batch.inputs, number: number, round: modelRound, seed: options.seed, name: name)
        let measured = try run.measure(
          answering, Batch(inputs: screened.inputs, labels: batch.labels), samples: Array(positions))
        let result = TaskResult(values: Exchange(numbers: measured))
        try sum.take(Outcome(owner: .server, result: .success(result)), at: number)
      }
      return Evaluation(sum.reduction.sums)
    }
  }

  /// The round whose model answers: during a round, that one.
  private var modelRound: Int { isInRound ? completedRounds + 1 : completedRounds }

  /// Runs `body` unrecorded, and refuses to be asked by the hooks that it calls.
  private func answering<Result>(_ call: String, _ body: () throws -> Result) throws -> Result {
    if isAnswering { throw FederationError.answering(call: call) }
    isAnswering = true
    defer { isAnswering = false }
    return try Parallel.withThreads(options.threads) { try Tape.withoutRecording(body) }
  }
}
