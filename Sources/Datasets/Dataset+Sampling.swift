public import Tensors

extension Dataset {
  /// Draws samples so that the classes have given shares.
  ///
  /// Each class gets its share of the count, rounded so that all is given out; the largest remainders are rounded up,
  /// the first class first where they are equal. Inside a class, samples are drawn evenly.
  ///
  /// - Parameters:
  ///   - mix: A number of 0 or more for each class, which are divided by their sum; nil takes the classes as they are.
  ///   - count: Samples to draw.
  ///   - replacing: Whether a sample may be drawn again.
  ///   - stream: Decides which samples, and their order.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` also where a class has too few samples.
  public func sampled(
    mix: [Double]? = nil, count: Int, replacing: Bool = false, stream: inout RandomStream
  ) throws -> Dataset {
    let shares = try checkedShares(mix, count)
    var members = [[Int]](repeating: [], count: classCount)
    for (position, label) in labels.enumerated() { members[label].append(position) }
    var drawn: [Int] = []
    for (label, wanted) in Self.apportioned(count, shares).enumerated() where wanted > 0 {
      let available = members[label].count
      guard available > 0, replacing || wanted <= available else {
        throw DatasetError.value(
          op: "sample", what: "samples of class \(label)", got: "\(wanted)",
          allowed: "the set has \(available); change mix or count"
            + (available > 0 ? ", or allow repeats with replace" : ""))
      }
      if replacing {
        drawn += (0..<wanted).map { _ in members[label][stream.integer(below: available)] }
      } else {
        stream.shuffle(&members[label])
        drawn += members[label].prefix(wanted)
      }
    }
    stream.shuffle(&drawn)
    return view(rows: drawn.map { rows[$0] }, labels: drawn.map { labels[$0] })
  }

  /// Most samples that one call draws.
  private static let mostDrawn = 1 << 28

  private func checkedShares(_ mix: [Double]?, _ count: Int) throws -> [Double] {
    guard (1...Self.mostDrawn).contains(count) else {
      throw DatasetError.value(
        op: "sample", what: "count", got: "\(count)", allowed: "1 to \(Self.mostDrawn) is allowed")
    }
    let weights = mix ?? classCounts.map { Double($0) }
    let sum = weights.reduce(0, +)
    guard weights.count == classCount, weights.allSatisfy({ $0.isFinite && $0 >= 0 }), sum > 0, sum.isFinite else {
      throw DatasetError.value(
        op: "sample", what: "mix", got: "\(weights)",
        allowed: "a number of 0 or more for each of the \(classCount) classes is needed, some above 0")
    }
    return weights.map { $0 / sum }
  }

  /// Deals a count out in shares that sum to 1, by largest remainders.
  static func apportioned(_ count: Int, _ shares: [Double]) -> [Int] {
    let exact = shares.map { $0 * Double(count) }
    var counts = exact.map { Int($0.rounded(.down)) }
    let order = exact.indices.sorted { a, b in
      let (first, second) = (exact[a] - exact[a].rounded(.down), exact[b] - exact[b].rounded(.down))
      return first != second ? first > second : a < b
    }
    var rest = count - counts.reduce(0, +)
    for index in order where rest > 0 && shares[index] > 0 {
      counts[index] += 1
      rest -= 1
    }
    return counts
  }
}
