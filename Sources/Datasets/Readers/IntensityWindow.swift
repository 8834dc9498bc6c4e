/// Which intensities of a volume become black and white: scanners know no common scale.
public enum IntensityWindow: Sendable, Equatable {
  /// Intensities stay as they are.
  case none
  /// Between two shares of all voxels that are not zero, so that a few bright ones do not darken the rest.
  case percentiles(Double, Double)
  /// Between two numbers, for all volumes the same.
  case fixed(Double, Double)

  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for a window that is empty or upside down.
  func check(op: String) throws {
    let isRight =
      switch self {
      case .none: true
      case .percentiles(let low, let high): 0 <= low && low < high && high <= 100
      case .fixed(let low, let high): low.isFinite && high.isFinite && low < high
      }
    guard isRight else {
      throw DatasetError.value(
        op: op, what: "window", got: "\(self)",
        allowed: "a lower bound below an upper one is needed, of 0 to 100 for percentiles")
    }
  }

  /// Maps intensities to 0...1, cut off at both ends. NaN becomes 0.
  func apply(_ values: inout [Float], _ volume: [Float]) {
    guard let (low, high) = bounds(volume) else { return }
    let width = Float(max(high - low, 1e-30))
    let start = Float(low)
    for index in values.indices {
      let value = (values[index] - start) / width
      values[index] = value > 0 ? min(value, 1) : 0
    }
  }

  private func bounds(_ volume: [Float]) -> (Double, Double)? {
    switch self {
    case .none: return nil
    case .fixed(let low, let high): return (low, high)
    case .percentiles(let low, let high):
      // Each k-th voxel: 200,000 are more than enough for a percentile.
      let step = max(1, volume.count / 200_000)
      var sample = stride(from: 0, to: volume.count, by: step).map { volume[$0] }.filter { $0.isFinite && $0 != 0 }
      guard !sample.isEmpty else { return (0, 1) }
      sample.sort()
      func value(_ percent: Double) -> Double {
        Double(sample[Int((Double(sample.count - 1) * percent / 100).rounded())])
      }
      return (value(low), value(high))
    }
  }
}

extension IntensityWindow: CustomStringConvertible {
  public var description: String {
    switch self {
    case .none: "none"
    case .percentiles(let low, let high): "percentiles \(low) to \(high)"
    case .fixed(let low, let high): "\(low) to \(high)"
    }
  }
}
