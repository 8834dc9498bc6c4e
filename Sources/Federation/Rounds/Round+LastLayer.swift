public import Networks
import Synchronization
public import Tensors

extension Round {
  /// Tells what the model's last layer is given for each sample of some data, and what it makes of it.
  ///
  /// Samples are normalized with the statistics of up to 250 of their set at a time, in their order, as where gradients
  /// are computed. Batches run at once, but on the rule's own thread where a script wrote the model.
  ///
  /// - Returns: The samples of all data, set after set; nil if the model does not end in a linear layer that gives scores.
  public func lastLayer(at vector: Tensor, on data: [RoundData]) throws -> LastLayer? {
    let run = try run("last_layer"), point = try checked(vector, "last_layer"), values = run.globalVector.clone()
    try values.scatter(point, to: run.run.split.shared)
    let batches = try data.flatMap { data in
      let set = try run.set(data)
      return try ModelEvaluator.chunks(set.count).map { try set.batch(Array($0)).inputs }
    }
    let parts = try run.model.lastLayers(at: values, of: batches)
    guard let first = parts.first else { return nil }
    return LastLayer(
      inputs: try .concatenate(parts.map(\.inputs), axis: 0), outputs: try .concatenate(parts.map(\.outputs), axis: 0),
      weight: first.weight, bias: first.bias)
  }

  /// The class of each sample of some data, set after set.
  public func labels(of data: [RoundData]) throws -> [Int] {
    let run = try run("last_layer")
    return try data.flatMap { try run.set($0).labels }
  }
}

extension Model {
  /// What the last layer is given for each batch, with other values than the model's own.
  fileprivate func lastLayers(at values: Tensor, of batches: [Tensor]) throws -> [LastLayer] {
    let mode = ConvolutionMode.current, found = Mutex<[Int: Result<LastLayer?, any Error>]>([:])
    let look: @Sendable (Int) -> Void = { [self] index in
      let result = Result {
        let model = try replica()
        try model.load(values)
        return try ConvolutionMode.with(mode) { try Subnormals.asZero { try model.lastLayer(for: batches[index]) } }
      }
      found.withLock { $0[index] = result }
    }
    if isConfinedToOneThread { batches.indices.forEach(look) } else { Parallel.forEach(batches.count, look) }
    return try found.withLock { found in try batches.indices.compactMap { try found[$0]?.get() } }
  }
}
