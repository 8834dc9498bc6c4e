import Synchronization

/// Hands out the numbers from 0 on, each once, to whoever asks first.
public final class Counter: Sendable {
  private let next = Atomic<Int>(0)

  public init() {}

  /// The next number, or nil once all below `limit` are taken.
  public func take(below limit: Int) -> Int? {
    let taken = next.add(1, ordering: .relaxed).oldValue
    return taken < limit ? taken : nil
  }
}
