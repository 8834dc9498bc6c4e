/// Deals tasks out to ranks before they run, in the same way on each of them.
enum RankSchedule {
  /// Tells each task's rank: the costliest task first, each to the rank that would be done with it first.
  ///
  /// - Parameter speeds: What each rank does at once.
  static func ranks(of costs: [Int], speeds: [Int]) -> [Int] {
    if Set(costs).count <= 1, Set(speeds).count == 1 { return costs.indices.map { $0 % speeds.count } }
    var ranks = [Int](repeating: 0, count: costs.count), loads = [Double](repeating: 0, count: speeds.count)
    for task in costs.indices.sorted(by: { (costs[$1], $0) < (costs[$0], $1) }) {
      var best = 0, earliest = Double.infinity
      for rank in speeds.indices {
        let end = (loads[rank] + Double(costs[task])) / Double(speeds[rank])
        if end < earliest { (best, earliest) = (rank, end) }
      }
      loads[best] += Double(costs[task])
      ranks[task] = best
    }
    return ranks
  }
}
