/// A least squares problem, as the search for weights of at least 0 sees it.
protocol LeastSquaresProblem {
  /// How many weights there are.
  var count: Int { get }
  /// Slopes below it are 0 but for rounding.
  var tolerance: Double { get }

  /// How fast each weight would bring the combination nearer to the target, at given weights.
  func slopes(at weights: [Double]) -> [Double]

  /// The weights nearest to the target if only some may differ from 0, whatever their sign; nil where these depend on
  /// each other.
  func nearest(_ free: [Int]) -> [Double]?
}

/// Searches for weights of at least 0: some are free to be above it, the others are held at it.
///
/// - Source: Lawson and Hanson, Solving Least Squares Problems, 1974, chapter 23.
struct ActiveSet<Problem: LeastSquaresProblem> {
  let problem: Problem
  private(set) var weights: [Double]
  /// In the order in which they were freed.
  private var free: [Int] = []
  /// Those that add nothing to the free ones, which rounding makes look as if they did.
  private var isBarred: [Bool]

  init(_ problem: Problem) {
    self.problem = problem
    weights = [Double](repeating: 0, count: problem.count)
    isBarred = [Bool](repeating: false, count: problem.count)
  }

  /// Frees the weight that promises most, and holds those at 0 which the best free weights would make negative.
  mutating func solve() throws {
    // In exact arithmetic it ends by itself. The bound is for what rounding may make of ties.
    for _ in 0..<30 * problem.count {
      try Interrupt.check()
      guard let best = steepest() else { return }
      free.append(best)
      guard let first = problem.nearest(free), first[best] > 0 else {
        free.removeLast()
        isBarred[best] = true
        continue
      }
      isBarred = [Bool](repeating: false, count: problem.count)
      weights = try boundedWeights(towards: first)
    }
  }

  /// Goes to the best free weights, and holds on the way those at 0 that would become negative.
  private mutating func boundedWeights(towards first: [Double]) throws -> [Double] {
    var candidate = first
    while let step = largestStep(to: candidate) {
      try Interrupt.check()
      for j in free {
        weights[j] += step * (candidate[j] - weights[j])
        if weights[j] <= 1e-15 * Swift.abs(candidate[j]) { weights[j] = 0 }
      }
      free.removeAll { weights[$0] == 0 }
      // A part of free vectors is as independent as all of them were.
      candidate = problem.nearest(free) ?? weights
    }
    return candidate
  }

  private func steepest() -> Int? {
    let slopes = problem.slopes(at: weights), isFree = Set(free)
    var best: Int?, largest = problem.tolerance
    for j in slopes.indices where !isBarred[j] && !isFree.contains(j) && slopes[j] > largest {
      (best, largest) = (j, slopes[j])
    }
    return best
  }

  /// How far towards the candidate all weights stay at 0 or above; nil if all the way.
  private func largestStep(to candidate: [Double]) -> Double? {
    var step: Double?
    for j in free where candidate[j] <= 0 {
      let share = weights[j] / (weights[j] - candidate[j])
      step = Swift.min(step ?? 1, share.isNaN ? 0 : share)
    }
    return step
  }
}
