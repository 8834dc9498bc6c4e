public import Datasets
public import Tensors

/// Data that a rule may have trained on or measured on.
public enum RoundData {
  /// The server's root data.
  case root
  /// The server's validation data.
  case validation
  case set(Dataset)
}

/// A question to the run's workers: what would these data send, trained as a client would?
public struct TrainingRequest {
  public let data: RoundData
  /// Labels to train on in place of the true ones, one a sample; nil for the true ones.
  public let labels: [Int]?
  /// Steps to take; nil for as many as local training takes on these data.
  public let steps: Int?
  /// Keys the order of the batches and all else that is random; nil for that of the root update.
  public let key: Int?

  public init(_ data: RoundData, labels: [Int]? = nil, steps: Int? = nil, key: Int?) {
    self.data = data
    self.labels = labels
    self.steps = steps
    self.key = key
  }
}

/// What the run's workers do for a rule while it decides.
struct RoundTools {
  let hasRoot: Bool
  let hasValidation: Bool
  let train: (Round, [TrainingRequest]) throws -> UpdateMatrix
  let measure: (Round, _ vectors: Tensor, RoundData) throws -> [Evaluation]
  let gradient: (Round, _ vector: Tensor, RoundData) throws -> Tensor
  /// The round that remembers root updates for all who see it.
  var owner: Round?

  func sharing(_ round: Round) -> RoundTools {
    var tools = self
    tools.owner = owner ?? round
    return tools
  }
}

extension Round {
  /// Trains on data as clients of this round do, from the same global parameters, many at once on the run's workers.
  ///
  /// Local training is the run's own, of a client in its first round: with no memory of rounds before.
  ///
  /// - Returns: One update a request, in their order; ids count from 1.
  /// - Throws: ``FederationError/noTools(call:)`` outside a run.
  public func train(_ requests: [TrainingRequest]) throws -> UpdateMatrix {
    try expectTools("train").train(self, requests)
  }

  /// Measures parameter vectors on data, many at once on the run's workers.
  ///
  /// - Parameter vectors: Shape `[m, d]`: in the place of ``global``, one vector a row.
  /// - Returns: Accuracy and loss of each.
  public func evaluate(_ vectors: Tensor, on data: RoundData) throws -> [Evaluation] {
    guard vectors.shape.count == 2, vectors.shape[1] == global.count else {
      throw TensorError.shape(
        op: "evaluate", got: vectors.shape, expected: "parameter vectors [m, \(global.count)] are needed")
    }
    return try expectTools("evaluate").measure(self, vectors.to(.float32).contiguous(), data)
  }

  /// The global model with each of the updates alone added. Shape `[n, d]`.
  public func added(_ updates: UpdateMatrix) throws -> Tensor {
    guard updates.dimension == global.count else {
      throw FederationError.vectorShape(rule: "evaluate", got: [updates.dimension], d: global.count)
    }
    return try updates.tensor.add(global)
  }

  /// Computes the gradient of the mean loss on data at a parameter vector. Shape `[d]`; 0 for running statistics.
  public func gradient(at vector: Tensor, on data: RoundData) throws -> Tensor {
    guard vector.shape == [global.count] else {
      throw FederationError.vectorShape(rule: "gradient", got: vector.shape, d: global.count)
    }
    return try expectTools("gradient").gradient(self, vector.to(.float32).contiguous(), data)
  }

  private func expectTools(_ call: String) throws -> RoundTools {
    guard let tools else { throw FederationError.noTools(call: call) }
    return tools
  }
}

extension Simulation {
  /// What rules may ask of the workers in this round.
  func makeTools() -> RoundTools {
    RoundTools(
      hasRoot: options.root != nil, hasValidation: options.validation != nil,
      train: { [weak self] round, requests in try Self.atWork(self, round, "train").train(requests, round) },
      measure: { [weak self] round, vectors, data in
        let run = try Self.atWork(self, round, "evaluate")
        return try run.lending([data]) {
          try run.evaluator.measure(vectors, on: $0[0], global: run.globalVector, round: round.number)
        }
      },
      gradient: { [weak self] round, vector, data in
        let run = try Self.atWork(self, round, "gradient")
        return try run.lending([data]) {
          try run.evaluator.gradient(at: vector, on: $0[0], global: run.globalVector, round: round.number)
        }
      })
  }

  /// The run, if it is in this round: a script may keep a round longer than that.
  private static func atWork(_ run: Simulation?, _ round: Round, _ call: String) throws -> Simulation {
    guard let run, run.isInRound, run.completedRounds + 1 == round.number else {
      throw FederationError.noTools(call: call)
    }
    return run
  }

  /// Calls `body` with a handle for each of the data.
  private func lending<Result>(_ data: [RoundData], _ body: ([DataHandle]) throws -> Result) throws -> Result {
    let sets = data.compactMap { if case .set(let set) = $0 { set } else { nil } }
    return try catalog.lending(sets) { handles in
      var guests = handles.makeIterator()
      return try body(
        data.map {
          switch $0 {
          case .root: .root
          case .validation: .validation
          case .set: guests.next() ?? .root
          }
        })
    }
  }

  private func train(_ requests: [TrainingRequest], _ round: Round) throws -> UpdateMatrix {
    guard !requests.isEmpty else { throw FederationError.noUpdates(rule: "train") }
    return try lending(requests.map(\.data)) { handles in
      let tasks = zip(requests, handles).enumerated().map { index, pair in
        var inputs = Exchange()
        inputs.tensors[.labels] = pair.0.labels.map { Tensor(labels: $0) }
        inputs.numbers[.steps] = pair.0.steps.map(Double.init)
        inputs.numbers[.stream] = pair.0.key.map(Double.init)
        return JobTask(index: index, owner: .server, data: pair.1, inputs: inputs)
      }
      let matrix = try UpdateMatrix(
        awaiting: Array(1...requests.count), sampleCounts: try handles.map { try catalog.set($0).count },
        sections: run.split.sections, isInFile: false)
      let job = Job(
        function: ClientTrainer.Function.train, round: round.number, shared: try broadcast(), tasks: tasks)
      let outcomes = try executor.map(job) { index, result in
        matrix.put(try result.values.tensor(.update), at: index)
        result.values.tensors[.update] = nil
      } onProgress: { _ in
      }
      for (handle, outcome) in zip(handles, outcomes) {
        guard case .failure(let failure) = outcome.result else { continue }
        throw FederationError.training(data: "\(handle)", round: round.number, problem: failure.message)
      }
      return matrix
    }
  }
}
