import Kernels

/// How much a convolution may round.
///
/// A run has one mode, from the first round to the last: results of the two differ in their last digits.
public enum ConvolutionMode: String, CaseIterable, Sendable {
  /// The fastest method for each shape. Winograd's is among them, whose results lie within 1e-4 of the exact ones,
  /// relative to the largest.
  case auto
  /// The definition's products and sums alone: within 1e-5.
  case direct

  /// The mode of the current task; threads that work for a run are given the run's.
  @TaskLocal public static var current = ConvolutionMode.auto

  /// Runs `body` with `mode` for its convolutions.
  public static func with<R>(_ mode: ConvolutionMode, _ body: () throws -> R) rethrows -> R {
    try $current.withValue(mode, operation: body)
  }

  var preference: ConvolutionPreference {
    switch self {
    case .auto: .auto
    case .direct: .direct
    }
  }
}
