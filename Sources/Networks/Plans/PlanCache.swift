import Tensors

/// The plans of one model, those used last. One thread uses it at a time, as it does the model.
final class PlanCache {
  struct Key: Hashable {
    let traced: TracedGraphs.Key
    let convolutions: ConvolutionMode
    /// Threads inside a step, for which a plan has scratch memory.
    let threads: Int
  }

  /// A plan, and the names of what it gives.
  struct Planned {
    let plan: Plan
    let names: [String]
  }

  private struct Cached {
    let key: Key
    let revision: Int
    /// nil where something stands in the way of a plan.
    let planned: Planned?
  }

  /// What the layers do, known to all replicas.
  let graphs: TracedGraphs
  /// Memory of all plans here.
  private var arena = PlanArena()
  /// The entry used last comes last.
  private var entries: [Cached] = []
  private static let entryLimit = 32
  /// Bytes that are kept for the next evaluation at most; training goes on as it began.
  private static let byteLimit = 512 << 20

  init(_ graphs: TracedGraphs) { self.graphs = graphs }

  /// Returns the plan for a key; nil where something stands in the way.
  ///
  /// - Parameters:
  ///   - isSettled: Whether a plan that is there is right without looking at the trace.
  ///   - traced: What a dry run shows.
  func plan(
    _ key: Key, isSettled: Bool, traced: () throws -> TracedGraphs.Entry,
    make: (PlanGraph, PlanArena) throws -> Plan
  ) throws -> Planned? {
    if isSettled, let last = entries.last, last.key == key { return last.planned }
    let trace = try traced()
    if let index = entries.lastIndex(where: { $0.key == key }) {
      let entry = entries.remove(at: index)
      if entry.revision == trace.revision {
        entries.append(entry)
        return entry.planned
      }
    }
    let generation = arena.generation
    let planned = try trace.graph.map { Planned(plan: try make($0, arena), names: trace.names) }
    // Plans in an older block would keep it alive.
    if arena.generation != generation { entries.removeAll { $0.planned != nil } }
    if let planned, key.traced.purpose == .evaluation, planned.plan.byteCount > Self.byteLimit {
      arena = PlanArena()
      entries.removeAll { $0.planned != nil }
      return planned
    }
    entries.append(Cached(key: key, revision: trace.revision, planned: planned))
    if entries.count > Self.entryLimit { entries.removeFirst() }
    return planned
  }
}
