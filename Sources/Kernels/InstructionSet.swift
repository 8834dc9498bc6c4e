import CProcessor

/// A set of instructions that a build of the kernels needs.
public enum InstructionSet: String, CaseIterable, Sendable {
  /// Every processor of the architecture: SSE2 without fused multiply-add on x86-64, NEON on arm64.
  case base
  /// x86-64-v3: AVX2 and fused multiply-add.
  case v3
  /// x86-64-v4: AVX-512.
  case v4

  /// Best set that this processor runs.
  public static let best: InstructionSet = {
    switch processor_x86_level() {
    case 4...: .v4
    case 3: .v3
    default: .base
    }
  }()

  /// Tells whether this processor runs the set.
  public var isSupported: Bool {
    switch self {
    case .base: true
    case .v3: Self.best != .base
    case .v4: Self.best == .v4
    }
  }
}
