public import Tensors

/// What a rule may measure: the model at any parameter vector, on data that it names.
extension Round {
  /// Measures parameter vectors on data, many at once on the run's workers.
  ///
  /// - Parameter vectors: Shape `[m, d]`: in the place of ``global``, one vector a row.
  /// - Returns: Accuracy and loss of each.
  /// - Throws: ``FederationError/noTools(call:)`` outside a run.
  public func evaluate(_ vectors: Tensor, on data: RoundData) throws -> [Evaluation] {
    try measure("evaluate", vectors, data, .measuring) { try $0.measure($1, on: $2, global: $3, round: $4) }
  }

  /// Measures parameter vectors on the samples of each class; NaN where a class has none.
  ///
  /// - Returns: For each vector one evaluation a class.
  public func evaluateByClass(_ vectors: Tensor, on data: RoundData) throws -> [[Evaluation]] {
    try measure("evaluate", vectors, data, .measuringByClass) {
      try $0.measureByClass($1, on: $2, global: $3, round: $4)
    }
  }

  /// Tells what the model at each vector holds likely: the mean of its softmax over the data. Shape `[m, k]`.
  public func predictions(_ vectors: Tensor, on data: RoundData) throws -> Tensor {
    try measure("predictions", vectors, data, .measuring) { try $0.predictions($1, on: $2, global: $3, round: $4) }
  }

  private func measure<Result>(
    _ call: String, _ vectors: Tensor, _ data: RoundData, _ use: DataUse,
    _ body: (ModelEvaluator, Tensor, DataHandle, _ global: Tensor, _ round: Int) throws -> Result
  ) throws -> Result {
    guard vectors.shape.count == 2, vectors.shape[1] == global.count else {
      throw TensorError.shape(
        op: call, got: vectors.shape, expected: "parameter vectors [m, \(global.count)] are needed")
    }
    let run = try run(call), rows = vectors.to(.float32).contiguous()
    return try run.lending([data], for: use) { try body(run.evaluator, rows, $0[0], run.globalVector, number) }
  }

  /// How many classes data have.
  public func classCount(of data: RoundData) throws -> Int { try run("evaluate").set(data).classCount }

  /// The global model with each of the updates alone added. Shape `[n, d]`.
  public func added(_ updates: UpdateMatrix) throws -> Tensor {
    guard updates.dimension == global.count else {
      throw FederationError.vectorShape(rule: "evaluate", got: [updates.dimension], d: global.count)
    }
    return try updates.tensor.add(global)
  }

  // MARK: Gradients

  /// Computes the gradient of the mean loss on data at a parameter vector. Shape `[d]`; 0 for running statistics.
  public func gradient(at vector: Tensor, on data: RoundData) throws -> Tensor {
    try gradients("gradient", at: vector, [data])[0]
  }

  /// Computes the gradients of the mean loss at a parameter vector, on the samples of each class or on all of them.
  ///
  /// - Returns: One row a class, whose id is the class counted from 1 and whose samples are those of the class. The row
  ///   of a class without samples is zeros.
  public func gradients(at vector: Tensor, on data: RoundData, byClass: Bool = true) throws -> UpdateMatrix {
    let run = try run("gradients"), set = try run.set(data)
    let members =
      byClass
      ? (0..<set.classCount).map { label in set.labels.indices.filter { set.labels[$0] == label } }
      : [Array(set.labels.indices)]
    let rows = members.indices.filter { !members[$0].isEmpty }
    let parts = try byClass ? rows.map { .set(try set.subset(members[$0])) } : [data]
    let matrix = try Tensor.zeros([members.count, global.count])
    for (row, gradient) in zip(rows, try gradients("gradients", at: vector, parts)) {
      try matrix.row(row).copy_(gradient)
    }
    return try UpdateMatrix(matrix, sampleCounts: members.map(\.count), sections: run.sections)
  }

  private func gradients(_ call: String, at vector: Tensor, _ data: [RoundData]) throws -> [Tensor] {
    let run = try run(call), point = try checked(vector, call)
    return try run.lending(data, for: .differentiating) {
      try run.evaluator.gradients(at: point, on: $0, global: run.globalVector, round: number)
    }
  }

  /// A parameter vector `[d]` as workers take it.
  func checked(_ vector: Tensor, _ call: String) throws -> Tensor {
    guard vector.shape == [global.count] else {
      throw FederationError.vectorShape(rule: call, got: vector.shape, d: global.count)
    }
    return vector.to(.float32).contiguous()
  }
}
