import Tensors

/// How well a round's rule tells who attacks, and what that costs: filled by the run, which alone knows.
public struct Detection: Sendable, Equatable {
  /// Byzantine clients among those that were flagged or sent NaN or infinity; nil where nobody was.
  public internal(set) var precision: Double?
  /// Flagged clients among the Byzantine ones of the cohort; nil where there is none.
  public internal(set) var recall: Double?
  /// Flagged clients among the honest ones of the cohort; nil where there is none.
  public internal(set) var falsePositiveRate: Double?
  /// Harmonic mean of precision and recall; nil where nobody is flagged and nobody attacks.
  public internal(set) var f1: Double?
  /// Share of the aggregate that Byzantine clients have; nil where the rule gives no weights.
  public internal(set) var byzantineWeight: Double?
  /// How likely a Byzantine client has more of the rule's `score` than an honest one, equal ones counted half; nil where
  /// the ledger has no such column, or one of the two is missing.
  public internal(set) var auroc: Double?
  /// Honest clients that take no part in the aggregate: flagged, or with weight 0.
  public internal(set) var honestDropped: Int?
  /// Distance from the rule's update to the mean by samples of the honest ones, divided by the norm of that mean; nil
  /// where no single update was kept, or nobody is honest.
  public internal(set) var distanceToHonest: Double?
  /// Share of the samples that Byzantine clients say they have.
  public internal(set) var byzantineSamples: Double?

  init() {}

  /// - Parameters:
  ///   - cohort: Ids of the clients whose update arrived, whole or not.
  ///   - flagged: Ids of those held to be Byzantine.
  ///   - weights: Share of each client by id; nil if the rule gives none.
  init(cohort: [Int], byzantine: Set<Int>, flagged: Set<Int>, weights: [Int: Double]?) {
    let attackers = cohort.count { byzantine.contains($0) }, honest = cohort.count - attackers
    let caught = cohort.count { byzantine.contains($0) && flagged.contains($0) }
    let accused = cohort.count { !byzantine.contains($0) && flagged.contains($0) }
    func share(_ part: Int, _ whole: Int) -> Double? { whole > 0 ? Double(part) / Double(whole) : nil }
    precision = share(caught, caught + accused)
    recall = share(caught, attackers)
    falsePositiveRate = share(accused, honest)
    f1 = share(2 * caught, attackers + caught + accused)
    func sum(_ clients: [Int]) -> Double { clients.reduce(0.0) { $0 + (weights?[$1] ?? 0) } }
    let total = sum(cohort)
    byzantineWeight = total > 0 ? sum(cohort.filter { byzantine.contains($0) }) / total : nil
    honestDropped = cohort.count {
      !byzantine.contains($0) && (flagged.contains($0) || (weights != nil && (weights?[$0] ?? 0) == 0))
    }
  }

  /// What is to be told of a round that has just been decided.
  ///
  /// - Parameter honestMean: Mean by samples of what the honest clients sent; nil where that is not known.
  init(_ record: RoundRecord, _ decision: Decision, byzantine: Set<Int>, honestMean: Tensor?) throws {
    let ids = record.clients.map(\.id), shares = decision.weights
    self.init(
      cohort: ids + record.quarantined, byzantine: byzantine, flagged: Set(decision.flagged + record.quarantined),
      weights: shares.map { Dictionary(uniqueKeysWithValues: zip(ids, $0)) })
    let scores = decision.ledger.columns.first { $0.name == "score" }?.values
    auroc = scores.flatMap { Self.auroc($0, ids.map(byzantine.contains)) }
    let samples = record.clients.reduce(0) { $0 + $1.sampleCount }
    let theirs = record.clients.reduce(0) { $0 + (byzantine.contains($1.id) ? $1.sampleCount : 0) }
    byzantineSamples = samples > 0 ? Double(theirs) / Double(samples) : nil
    guard let honestMean else { return }
    let length = try honestMean.norm().item()
    distanceToHonest = length > 0 ? try decision.update.sub(honestMean).norm().item() / length : nil
  }

  /// Area under the curve of hits against false alarms, as the share of pairs in the right order; equal scores count half.
  private static func auroc(_ scores: [Double], _ isByzantine: [Bool]) -> Double? {
    let known = zip(scores, isByzantine).filter { !$0.0.isNaN }
    let bad = known.filter(\.1).map(\.0), good = known.filter { !$0.1 }.map(\.0)
    guard !bad.isEmpty, !good.isEmpty else { return nil }
    let points = bad.reduce(0.0) { sum, score in
      sum + good.reduce(0.0) { $0 + (score > $1 ? 1 : score == $1 ? 0.5 : 0) }
    }
    return points / Double(bad.count * good.count)
  }
}

extension Detection {
  /// A measure as records and scripts name it.
  struct Measure: Sendable {
    let name: String
    let of: @Sendable (Detection) -> Double?
    let set: @Sendable (inout Detection, Double?) -> Void
  }

  /// All measures, in the order in which records have them.
  static let measures: [Measure] = [
    Measure(name: "precision", of: { $0.precision }, set: { $0.precision = $1 }),
    Measure(name: "recall", of: { $0.recall }, set: { $0.recall = $1 }),
    Measure(name: "false_positive_rate", of: { $0.falsePositiveRate }, set: { $0.falsePositiveRate = $1 }),
    Measure(name: "f1", of: { $0.f1 }, set: { $0.f1 = $1 }),
    Measure(name: "auroc", of: { $0.auroc }, set: { $0.auroc = $1 }),
    Measure(name: "byzantine_weight", of: { $0.byzantineWeight }, set: { $0.byzantineWeight = $1 }),
    Measure(name: "byzantine_samples", of: { $0.byzantineSamples }, set: { $0.byzantineSamples = $1 }),
    Measure(
      name: "honest_dropped", of: { $0.honestDropped.map(Double.init) }, set: { $0.honestDropped = $1.map { Int($0) } }),
    Measure(name: "distance_to_honest", of: { $0.distanceToHonest }, set: { $0.distanceToHonest = $1 }),
  ]

  /// Every measure by its name; nil where there is nothing to measure.
  public var named: [(name: String, value: Double?)] { Self.measures.map { ($0.name, $0.of(self)) } }

  /// Names of all measures.
  public static var names: [String] { measures.map(\.name) }

  var json: JSONValue { .object(named.map { ($0.name, .number($0.value)) }) }

  init?(_ json: JSONValue) {
    guard case .object = json else { return nil }
    self.init()
    for measure in Self.measures { measure.set(&self, json[measure.name]?.double) }
  }
}
