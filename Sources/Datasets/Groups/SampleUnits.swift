import Tensors

/// Samples in the pieces that a split must not cut: groups, or single samples.
struct SampleUnits: Sendable {
  /// Positions of each unit's samples, rising; units in the order of their first samples.
  let positions: [[Int]]
  /// Class of each unit: the one that most of its samples have.
  let labels: [Int]
  let isGrouped: Bool
  private let sampleLabels: [Int]
  private let classCount: Int

  /// - Parameter unit: Nil keeps groups whole where the set has some.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for groups of a set that has none.
  init(_ dataset: Dataset, by unit: SplitUnit?, op: String) throws {
    let numbers = unit == .sample ? nil : dataset.groupNumbers
    if unit == .group, numbers == nil {
      throw DatasetError.value(
        op: op, what: "by", got: "'group'", allowed: "this set has no groups; fed.data.audit(set).set has them")
    }
    self.init(labels: dataset.labels, classCount: dataset.classCount, groups: numbers)
  }

  /// - Parameter numbers: Group of each sample, negative for one of its own; nil makes every sample a unit.
  init(labels sampleLabels: [Int], classCount: Int, groups numbers: [Int]?) {
    self.sampleLabels = sampleLabels
    self.classCount = classCount
    isGrouped = numbers != nil
    guard let numbers else {
      positions = sampleLabels.indices.map { [$0] }
      labels = sampleLabels
      return
    }
    var units: [[Int]] = []
    var unitOfGroup: [Int: Int] = [:]
    for (position, number) in numbers.enumerated() {
      if number >= 0, let unit = unitOfGroup[number] {
        units[unit].append(position)
      } else {
        if number >= 0 { unitOfGroup[number] = units.count }
        units.append([position])
      }
    }
    positions = units
    labels = units.map { Self.commonest($0, sampleLabels) }
  }

  var count: Int { positions.count }
  func size(_ unit: Int) -> Int { positions[unit].count }

  /// Samples of some units, one unit after the other.
  func samples(_ units: [Int]) -> [Int] { units.flatMap { positions[$0] } }

  /// Units of each class, in random order.
  func shuffledClasses(_ stream: inout RandomStream) -> [[Int]] {
    var classes = [[Int]](repeating: [], count: classCount)
    for (unit, label) in labels.enumerated() { classes[label].append(unit) }
    for label in classes.indices { stream.shuffle(&classes[label]) }
    return classes
  }

  /// The class that most of some samples have; the smallest one of several.
  private static func commonest(_ positions: [Int], _ labels: [Int]) -> Int {
    if positions.count == 1 { return labels[positions[0]] }
    var counts: [Int: Int] = [:]
    for position in positions { counts[labels[position], default: 0] += 1 }
    var best = labels[positions[0]]
    for position in positions {
      let (label, count, most) = (labels[position], counts[labels[position], default: 0], counts[best, default: 0])
      if count > most || (count == most && label < best) { best = label }
    }
    return best
  }

  /// Deals units out in given shares, each class as nearly in these shares as its units allow.
  ///
  /// In random order, each unit goes where the largest part of its class's share is still open, if it fits there, and
  /// else where most room is left. So large groups are as likely on either side as small ones.
  ///
  /// - Parameter shares: Shares of all samples, summing to at most 1; what is left over is dealt to nobody.
  /// - Returns: Units of each share, in random order.
  func dealt(shares: [Double], _ stream: inout RandomStream) -> [[Int]] {
    let rest = 1 - shares.reduce(0, +)
    let parts = rest * Double(sampleLabels.count) > 0.5 ? shares + [rest] : shares
    var classCounts = [Int](repeating: 0, count: classCount)
    for label in sampleLabels { classCounts[label] += 1 }
    var room = Room(parts: parts, classCounts: classCounts)
    var dealt = [[Int]](repeating: [], count: parts.count)
    for unit in stream.shuffled(count) {
      let part = room.best(for: labels[unit], size: size(unit))
      dealt[part].append(unit)
      for position in positions[unit] { room.take(part, sampleLabels[position]) }
    }
    return Array(dealt.prefix(shares.count))
  }

  /// What each part may still take of each class.
  private struct Room {
    private let targets: [[Double]]
    private var open: [[Double]]
    private var total: [Double]

    init(parts: [Double], classCounts: [Int]) {
      targets = parts.map { share in classCounts.map { share * Double($0) } }
      open = targets
      total = targets.map { $0.reduce(0, +) }
    }

    func best(for label: Int, size: Int) -> Int {
      let needed = Double(size) - 0.5
      var best: Int?
      for part in targets.indices where targets[part][label] > 0 && open[part][label] >= needed {
        guard let other = best else { best = part; continue }
        if open[part][label] / targets[part][label] > open[other][label] / targets[other][label] { best = part }
      }
      if let best { return best }
      return targets.indices.reduce(0) { total[$1] > total[$0] ? $1 : $0 }
    }

    mutating func take(_ part: Int, _ label: Int) {
      open[part][label] -= 1
      total[part] -= 1
    }
  }
}
