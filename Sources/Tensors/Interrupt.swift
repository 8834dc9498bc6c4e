import Synchronization

/// Thrown by a long loop that was asked to stop.
public struct Interrupted: Error, CustomStringConvertible {
  public var description: String { "interrupted" }
}

/// A request to stop, which every long native loop looks for at least each 50 ms.
public enum Interrupt {
  private static let requested = Atomic<Bool>(false)

  /// Asks all running loops to stop. Safe in a signal handler.
  public static func request() { requested.store(true, ordering: .relaxed) }

  /// Forgets the request, before new work starts.
  public static func clear() { requested.store(false, ordering: .relaxed) }

  public static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// - Throws: ``Interrupted`` after a request.
  public static func check() throws {
    if isRequested { throw Interrupted() }
  }
}
