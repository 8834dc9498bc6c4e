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
  /// Whether statistics are among what a client keeps, so that the server has none of its own.
  let keepsStatisticsLocal: Bool
  /// The parameters of an update, as its columns.
  let sections: [UpdateSection]
  /// d: length of an update.
  let dimension: Int
  /// Positions of ``shared`` that an optimizer changes. Their values are the first columns of an update.
  let trainable: [Range<Int>]
  /// Positions of ``local`` that an optimizer changes.
  let localTrainable: [Range<Int>]

  /// Columns of an update that an optimizer changes, from 0 to this.
  var trainableColumns: Int { trainable.reduce(0) { $0 + $1.count } }

  /// - Throws: ``FederationError/setup(what:problem:allowed:)`` where the model lacks what `local` names.
  init(_ layout: ParameterLayout, local: LocalParameters, statistics: StatisticsRule) throws {
    let staying = try local.names(in: layout)
    var sections: [UpdateSection] = [], shared: [Range<Int>] = [], averaged: [Range<Int>] = [], column = 0
    var kept: [Range<Int>] = []
    for entry in layout.entries where entry.count > 0 {
      let staysLocal = staying.contains(entry.name)
      if staysLocal { kept.append(entry.range) }
      if !staysLocal, entry.kind == .trainable || statistics == .aggregated {
        sections.append(
          UpdateSection(
            name: entry.name, shape: entry.shape, columns: column..<column + entry.count, memoryOrder: entry.memoryOrder
          ))
        column += entry.count
        shared.append(entry.range)
      } else if staysLocal || statistics == .averaged {
        averaged.append(entry.range)
      }
    }
    self.sections = sections
    self.shared = Self.joined(shared)
    self.averaged = Self.joined(averaged)
    self.local = Self.joined(kept)
    keepsStatisticsLocal = layout.entries.contains { $0.kind == .statistic && staying.contains($0.name) }
    variances = layout.entries.filter { $0.role == .runningVariance }.map(\.range)
    dimension = column
    let trained = 0..<layout.trainableCount
    trainable = self.shared.map { $0.clamped(to: trained) }.filter { !$0.isEmpty }
    localTrainable = self.local.map { $0.clamped(to: trained) }.filter { !$0.isEmpty }
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

  /// Stretches of this vector minus those of another, as one vector: the whole of a model is read and written once.
  func difference(from other: Tensor, _ ranges: [Range<Int>]) throws -> Tensor {
    guard ranges.count == 1, let range = ranges.first else { return try gathered(ranges).sub_(other.gathered(ranges)) }
    func part(_ vector: Tensor) throws -> Tensor {
      try vector.narrow(axis: 0, start: range.lowerBound, count: range.count)
    }
    return try part(self).sub(part(other))
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

  /// Whether a contiguous float32 tensor holds neither NaN nor an infinity.
  var isFinite: Bool { withFloats { RowFault(row: 0, $0, count: count) } == nil }
}
