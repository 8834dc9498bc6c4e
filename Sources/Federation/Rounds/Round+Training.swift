import Datasets
public import Tensors

/// Samples to be drawn out of a set, so that the classes have given shares.
public struct ClassMix {
  /// A number of 0 or more for each class, which are divided by their sum; nil takes the classes as they are.
  public let shares: [Double]?
  /// Samples to draw; nil for as many as the set has.
  public let count: Int?
  /// Whether a sample may be drawn again.
  public let isReplacing: Bool

  /// Draws with repeats unless told otherwise.
  public init(shares: [Double]?, count: Int? = nil, isReplacing: Bool = true) {
    self.shares = shares
    self.count = count
    self.isReplacing = isReplacing
  }

  func drawn(from set: Dataset, _ stream: RandomStream) throws -> Dataset {
    var stream = stream
    return try set.sampled(mix: shares, count: count ?? set.count, replacing: isReplacing, stream: &stream)
  }
}

/// A question to the run's workers: what would these data send, trained as a client would?
public struct TrainingRequest {
  /// Where the samples come from.
  public let data: RoundData
  /// What to draw of the data; nil takes them whole.
  public let mix: ClassMix?
  /// Labels to train on in place of the true ones, one a sample; nil for the true ones.
  public let labels: [Int]?
  /// Steps to take; nil for as many as local training takes on these data.
  public let steps: Int?
  /// Keys the order of the batches and all else that is random; nil for that of the root update.
  public let key: Int?

  /// Asks for the data as they are unless told otherwise.
  public init(_ data: RoundData, mix: ClassMix? = nil, labels: [Int]? = nil, steps: Int? = nil, key: Int?) {
    self.data = data
    self.mix = mix
    self.labels = labels
    self.steps = steps
    self.key = key
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
    let run = try run("train")
    guard !requests.isEmpty else { throw FederationError.noUpdates(rule: "train") }
    let data = try requests.map { request in
      try request.mix.map {
        try .set($0.drawn(from: run.set(request.data), stream("asked data").derive("asked", request.key ?? 0)))
      } ?? request.data
    }
    return try run.lending(data, for: .training) { try run.train(requests, on: $0, round: number) }
  }
}

extension Simulation {
  fileprivate func train(_ requests: [TrainingRequest], on handles: [DataHandle], round: Int) throws -> UpdateMatrix {
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
    let job = Job(function: ClientTrainer.Function.train, round: round, shared: try broadcast(), tasks: tasks)
    let outcomes = try executor.map(job) { index, result in
      matrix.put(try result.values.tensor(.update), at: index)
      result.values.tensors[.update] = nil
    } onProgress: { _ in
    }
    for (handle, outcome) in zip(handles, outcomes) {
      guard case .failure(let failure) = outcome.result else { continue }
      throw FederationError.training(data: "\(handle)", round: round, problem: failure.message)
    }
    return matrix
  }
}

/// A round that was played with honest clients made out of the server's own data.
public struct VirtualRound {
  /// What the virtual clients send; ids count from 1.
  public let updates: UpdateMatrix
  /// Shares of the classes in what each client trained on.
  public let mixes: [[Double]]
  /// What the part of the data sends that no client had. Shape `[d]`.
  public let rootUpdate: Tensor
}

/// How the clients of a virtual round are made.
public struct VirtualClients {
  /// What their samples are drawn from.
  public var data = RoundData.root
  /// How many clients there are.
  public var count = 10
  /// Of the Dirichlet draw that deals each class among the clients, as a partition of the run's data has it.
  public var concentration = 0.5
  /// Share of the data that no client gets.
  public var heldOut = 0.5
  /// Samples of each client; nil for as many as there are to draw from.
  public var samples: Int?
  /// Steps that everybody takes; nil for as many as local training takes.
  public var steps: Int?
  /// Tells one virtual round from another.
  public var key = 0

  /// Ten clients out of one half of the root data.
  public init() {}

  /// Shares of the classes for each client: each class is dealt in shares drawn from a Dirichlet distribution.
  func mixes(_ classCounts: [Int], _ stream: inout RandomStream) -> [[Double]] {
    var mixes = [[Double]](repeating: [Double](repeating: 0, count: classCounts.count), count: count)
    for (label, members) in classCounts.enumerated() where members > 0 {
      var shares = stream.dirichlet(concentration, count: count)
      // Below about 1e-305 all logarithms are infinite: one client has everything.
      if shares.contains(where: \.isNaN) {
        shares = [Double](repeating: 0, count: count)
        shares[stream.integer(below: count)] = 1
      }
      for client in 0..<count { mixes[client][label] = shares[client] * Double(members) }
    }
    let present = classCounts.indices.filter { classCounts[$0] > 0 }
    for client in 0..<count where !(mixes[client].reduce(0, +) > 0) {
      mixes[client][present[stream.integer(below: present.count)]] = 1
    }
    return mixes
  }
}

extension Round {
  /// Plays a round with honest clients made out of data that the server has: their updates, trained on the run's
  /// workers, and what the held-out part of the data sends.
  ///
  /// Samples are drawn with repeats, so that few of them make many clients.
  ///
  /// - Throws: ``FederationError/noTools(call:)`` outside a run, and what splitting the data throws.
  public func virtualRound(_ clients: VirtualClients) throws -> VirtualRound {
    guard clients.concentration > 0, clients.concentration.isFinite else {
      throw FederationError.option(
        name: "concentration", got: "\(clients.concentration)", allowed: "a number above 0 is allowed")
    }
    let set = try run("virtual_round").set(clients.data)
    var stream = stream("virtual round").derive("asked", clients.key)
    let (dealt, heldOut) = try set.split(testShare: clients.heldOut, stream: &stream)
    let drawn = try clients.mixes(dealt.classCounts, &stream).enumerated().map { client, mix in
      try ClassMix(shares: mix, count: clients.samples).drawn(from: dealt, stream.derive("client", client + 1))
    }
    let sets = drawn + [heldOut]
    let trained = try train(
      sets.enumerated().map {
        TrainingRequest(.set($1), steps: clients.steps, key: clients.key &* 10_007 &+ $0 + 1)
      })
    return VirtualRound(
      updates: try trained.selecting(Array(drawn.indices)),
      mixes: drawn.map { part in part.classCounts.map { Double($0) / Double(part.count) } },
      rootUpdate: try trained.row(drawn.count).clone())
  }
}
