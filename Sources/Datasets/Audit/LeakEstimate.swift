import Metrics
import Tensors

/// How well the nearest neighbour in raw pixels tells the class, without any training, under several splits.
///
/// Where a random split does far better than one by groups, test samples have copies among the training samples, and
/// any number measured on a random split of this set says little.
public struct LeakEstimate: Sendable, Equatable {
  /// What one split gives.
  public struct Rate: Sendable, Equatable {
    /// Share of the samples whose nearest neighbour on another side has their class.
    public let accuracy: Double
    /// Wilson's interval around it, with a confidence of 95 %, for as many independent samples as the groups are worth:
    /// near-duplicates are right or wrong together.
    public let lower: Double
    public let upper: Double
    /// Mean over the classes of the share that was right.
    public let balancedAccuracy: Double
    public let macroF1: Double
    /// Samples that were looked up.
    public let count: Int
  }

  /// Five random parts; each is looked up in the other four.
  public let random: Rate?
  /// The same with groups kept whole; nil where there are no two groups.
  public let group: Rate?
  /// All sets but the first, looked up in the first; nil where there is only one set.
  public let given: Rate?
  /// Samples that took part.
  public let count: Int

  static let folds = 5

  /// Looks up every sample.
  ///
  /// - Parameters:
  ///   - pool: All samples, with the groups that were found.
  ///   - limit: Most samples that take part: whole groups, drawn by the seed.
  ///   - onDone: Called now and then, on any thread, with the share of the work that is done.
  /// - Throws: ``Interrupted`` on request.
  init(_ pool: PooledSamples, limit: Int, seed: UInt64, onDone: @Sendable (Double) -> Void) throws {
    var stream = RandomStream(seed: seed, purpose: "leak estimate")
    let own = pool.subset(Self.drawn(pool, limit, &stream))
    // Later sets are one side: a validation folder is no place to learn from.
    let sets = (0..<own.count).map { own.set(of: $0) == 0 ? Int32(0) : 1 }
    let splits = [
      Self.sides(own, by: .sample, &stream), Self.sides(own, by: .group, &stream),
      Set(sets).count > 1 ? sets : nil,
    ]
    let found = try NearestNeighbors(samples: own).search(splits.compactMap { $0 }, onDone: onDone)
    var rates: [Rate?] = []
    var next = 0
    for (index, split) in splits.enumerated() {
      guard split != nil else {
        rates.append(nil)
        continue
      }
      let queries = index < 2 ? Array(0..<own.count) : sets.indices.filter { sets[$0] > 0 }
      rates.append(try Self.rate(own, found[next], queries))
      next += 1
    }
    (random, group, given, count) = (rates[0], rates[1], rates[2], own.count)
  }

  /// All samples, or random whole groups up to the limit, in the order of the pool.
  private static func drawn(_ pool: PooledSamples, _ limit: Int, _ stream: inout RandomStream) -> [Int] {
    guard pool.count > limit else { return Array(0..<pool.count) }
    let units = pool.units(by: .group)
    var drawn: [Int] = []
    for unit in stream.shuffled(units.count) where drawn.count + units.size(unit) <= limit {
      drawn += units.positions[unit]
    }
    return drawn.sorted()
  }

  /// Five parts with every class in each; nil where there are too few samples or groups for two.
  private static func sides(
    _ pool: PooledSamples, by unit: SplitUnit, _ stream: inout RandomStream
  ) -> NearestNeighbors.Sides? {
    let units = pool.units(by: unit)
    let folds = min(Self.folds, units.count)
    guard folds > 1 else { return nil }
    let dealt = units.dealt(shares: [Double](repeating: 1 / Double(folds), count: folds), &stream)
    var sides = NearestNeighbors.Sides(repeating: 0, count: pool.count)
    for (fold, members) in dealt.enumerated() {
      for index in units.samples(members) { sides[index] = Int32(fold) }
    }
    return Set(sides).count > 1 ? sides : nil
  }

  private static func rate(_ pool: PooledSamples, _ neighbors: [Int?], _ queries: [Int]) throws -> Rate? {
    let answered = queries.filter { neighbors[$0] != nil }
    guard !answered.isEmpty else { return nil }
    let matrix = try ConfusionMatrix(
      labels: answered.map { pool.labels[$0] }, predictions: answered.map { pool.labels[neighbors[$0] ?? 0] },
      classes: pool.classCount, op: "audit")
    let trials = independent(pool, neighbors, answered, matrix.accuracy)
    let successes = Int((matrix.accuracy * Double(trials)).rounded())
    let interval = try ConfidenceInterval.wilson(successes: successes, trials: trials)
    return Rate(
      accuracy: matrix.accuracy, lower: interval.lower, upper: interval.upper,
      balancedAccuracy: matrix.balancedAccuracy, macroF1: matrix.macroF1, count: matrix.total)
  }

  /// How many independent samples have a share of the same variance as these, whose groups vary as a whole.
  private static func independent(
    _ pool: PooledSamples, _ neighbors: [Int?], _ answered: [Int], _ accuracy: Double
  ) -> Int {
    var sums: [Int: Double] = [:]
    for index in answered {
      let isRight = pool.labels[index] == pool.labels[neighbors[index] ?? 0]
      sums[pool.groups[index], default: 0] += (isRight ? 1 : 0) - accuracy
    }
    // In the order of the groups, since that of a dictionary is not repeatable.
    let spread = sums.keys.sorted().reduce(0.0) { $0 + (sums[$1] ?? 0) * (sums[$1] ?? 0) }
    let single = accuracy * (1 - accuracy) * Double(answered.count)
    guard spread > single, single > 0 else { return answered.count }
    return max(1, Int((Double(answered.count) * single / spread).rounded()))
  }
}
