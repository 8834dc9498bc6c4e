import Networks
import Tensors

/// Which positions of a model's vector `[trainable | statistics]` travel, and which stay.
struct VectorSplit: Sendable {
  /// Positions that make up an update, in order.
  let shared: [Range<Int>]
  /// Positions whose values a client keeps for itself.
  let local: [Range<Int>]
  /// Positions of which the server only keeps the clients' mean, to have a model it can evaluate.
  let averaged: [Range<Int>]
  /// Positions of running variances among all, which no update may push below zero.
  let variances: [Range<Int>]
  /// The parameters of an update, as its columns.
  let sections: [UpdateSection]
  /// d: length of an update.
  let dimension: Int

  init(_ layout: ParameterLayout, isBatchNormLocal: Bool, statistics: StatisticsRule) {
    var sections: [UpdateSection] = [], shared: [Range<Int>] = [], averaged: [Range<Int>] = [], column = 0
    for entry in layout.entries where entry.count > 0 {
      let staysLocal = isBatchNormLocal && entry.isBatchNormalization
      if !staysLocal, entry.kind == .trainable || statistics == .aggregated {
        sections.append(
          UpdateSection(name: entry.name, shape: entry.shape, columns: column..<column + entry.count))
        column += entry.count
        shared.append(entry.range)
      } else if staysLocal || statistics == .averaged {
        averaged.append(entry.range)
      }
    }
    self.sections = sections
    self.shared = Self.joined(shared)
    self.averaged = Self.joined(averaged)
    local = isBatchNormLocal ? layout.batchNormalizationRanges.filter { !$0.isEmpty } : []
    variances = layout.entries.filter { $0.kind == .statistic && $0.name.hasSuffix("running_var") }.map(\.range)
    dimension = column
  }

  private static func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
    ranges.reduce(into: []) { joined, range in
      if let last = joined.last, last.upperBound == range.lowerBound {
        joined[joined.count - 1] = last.lowerBound..<range.upperBound
      } else {
        joined.append(range)
      }
    }
  }
}

extension Tensor {
  /// Copies stretches of a vector into one vector.
  func gathered(_ ranges: [Range<Int>]) throws -> Tensor {
    let result = try Tensor.uninitialized([ranges.reduce(0) { $0 + $1.count }], elementType)
    var start = 0
    for range in ranges {
      try result.narrow(axis: 0, start: start, count: range.count)
        .copy_(narrow(axis: 0, start: range.lowerBound, count: range.count))
      start += range.count
    }
    return result
  }

  /// Writes a vector of adjacent values to stretches of this one.
  func scatter(_ values: Tensor, to ranges: [Range<Int>]) throws {
    var start = 0
    for range in ranges {
      try narrow(axis: 0, start: range.lowerBound, count: range.count)
        .copy_(values.narrow(axis: 0, start: start, count: range.count))
      start += range.count
    }
  }
}
