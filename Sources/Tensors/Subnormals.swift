import CProcessor

/// What arithmetic does with numbers too small for a full mantissa.
///
/// A processor takes a hundred times longer over them, and training makes them by the thousands where activations die.
/// Local training and evaluation therefore run with subnormal numbers taken for zero, on every thread that takes part,
/// so that no result depends on the thread that computed it.
public enum Subnormals {
  /// Whether this thread takes subnormal numbers for zero.
  public static var areZero: Bool { processor_flushes_subnormals() != 0 }

  /// Runs `body` with subnormal numbers taken for zero, in operations spread over several threads too.
  public static func asZero<R>(_ body: () throws -> R) rethrows -> R { try scope(true, body) }

  /// Runs `body` on this thread with another thread's choice.
  static func scope<R>(_ areZero: Bool, _ body: () throws -> R) rethrows -> R {
    let before = Self.areZero
    guard areZero != before else { return try body() }
    processor_flush_subnormals(areZero ? 1 : 0)
    defer { processor_flush_subnormals(before ? 1 : 0) }
    return try body()
  }
}
