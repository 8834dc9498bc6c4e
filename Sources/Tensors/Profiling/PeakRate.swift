import Dispatch
import Kernels

/// What the processor can do at most.
public enum PeakRate {
  /// Floating-point operations per second of one thread that multiplies and adds in registers alone.
  ///
  /// Measured at each call: the best of several runs of about a millisecond, so that other programs hardly count.
  public static func measure() -> Double {
    let rounds = 300_000
    var best = 0.0
    for _ in 0..<15 {
      let start = DispatchTime.now().uptimeNanoseconds
      let sum = Kernels.matrix.peakRounds(rounds)
      let nanoseconds = DispatchTime.now().uptimeNanoseconds - start
      guard sum.isFinite else { continue }
      best = max(best, Double(rounds * Kernels.matrix.peakFlopsPerRound) / Double(max(nanoseconds, 1)) * 1e9)
    }
    return best
  }
}
