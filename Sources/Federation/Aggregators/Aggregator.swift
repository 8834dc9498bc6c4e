import Kernels
public import Tensors

/// A rule that turns many updates into one.
///
/// Rules are pure: the same updates and weights give the same result, and the rows are left as they are. A rule that
/// follows the rounds reads what it needs from `round`.
public protocol Aggregator: Sendable {
  /// Name in scripts, such as `trimmed_mean`.
  var name: String { get }

  /// Byzantine clients among the updates that the rule claims to bear, or nil if it claims none.
  var tolerated: Int? { get }

  /// How the rule weighs updates if it is their weighted mean and nothing else: a run then adds them up as they arrive.
  var sumWeights: SumWeights? { get }

  /// Returns the combined update, shape `[d]`, in memory of its own.
  ///
  /// - Parameters:
  ///   - updates: One update a row, all finite.
  ///   - weights: One for each row, finite and 0 or more. Rules that do not average leave out rows of weight 0 and
  ///     treat the others alike.
  ///   - round: What the server knows; nil outside a simulation.
  func aggregate(_ updates: UpdateMatrix, weights: [Double]?, round: Round?) throws -> Tensor
}

extension Aggregator {
  public var tolerated: Int? { nil }
  public var sumWeights: SumWeights? { nil }

  public func callAsFunction(
    _ updates: UpdateMatrix, weights: [Double]? = nil, round: Round? = nil
  ) throws -> Tensor {
    try aggregate(updates, weights: weights, round: round)
  }

  /// The rows of weight above 0, checked to be finite.
  func participants(_ updates: UpdateMatrix, _ weights: [Double]?) throws -> UpdateMatrix {
    try updates.requireFinite(name)
    guard let weights else { return updates }
    try updates.checkWeights(weights, for: name)
    let kept = weights.indices.filter { weights[$0] > 0 }
    return kept.count == updates.count ? updates : try updates.selecting(kept)
  }
}

extension UpdateMatrix {
  /// Throws in the name of `rule` unless there is one weight a row, each finite and 0 or more, not all 0.
  public func checkWeights(_ weights: [Double], for rule: String) throws {
    guard weights.count == count else {
      throw FederationError.rowCount(what: "\(rule) weights", got: weights.count, n: count)
    }
    for (index, weight) in weights.enumerated() where !(weight >= 0 && weight.isFinite) {
      throw FederationError.weight(rule: rule, client: clientIDs[index], got: weight)
    }
    guard weights.contains(where: { $0 > 0 }) else { throw FederationError.weightsVanish(rule: rule) }
  }
}
