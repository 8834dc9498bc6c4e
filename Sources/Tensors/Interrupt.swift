import Glibc
import Synchronization

/// Thrown by a long loop that was asked to stop.
public struct Interrupted: Error, CustomStringConvertible {
  public var description: String { "interrupted" }
}

/// A request to stop, which every long native loop looks for at least each 50 ms.
public enum Interrupt {
  private static let requested = Atomic<Bool>(false)
  /// A thread whose loops alone are to stop; 0 for none.
  private static let thread = Atomic<UInt>(0)

  /// Asks all running loops to stop. Safe in a signal handler.
  public static func request() { requested.store(true, ordering: .relaxed) }

  /// Asks the loops of the calling thread to stop, and no others: work that must not be disturbed may go on beside it.
  static func requestOnThisThread() { thread.store(UInt(pthread_self()), ordering: .relaxed) }

  /// Names the calling thread for the two functions below.
  public static var threadID: UInt { UInt(pthread_self()) }

  /// Asks the loops of one thread to stop, from another one.
  public static func request(onThread id: UInt) { thread.store(id, ordering: .relaxed) }

  /// Takes back what was asked of a thread; any other request stays.
  public static func withdraw(onThread id: UInt) {
    _ = thread.compareExchange(expected: id, desired: 0, ordering: .relaxed)
  }

  /// Forgets the requests, before new work starts.
  public static func clear() {
    requested.store(false, ordering: .relaxed)
    thread.store(0, ordering: .relaxed)
  }

  public static var isRequested: Bool {
    if requested.load(ordering: .relaxed) { return true }
    let thread = thread.load(ordering: .relaxed)
    return thread != 0 && thread == UInt(pthread_self())
  }

  /// - Throws: ``Interrupted`` after a request.
  public static func check() throws {
    if isRequested { throw Interrupted() }
  }
}

extension Interrupt {
  /// Elements between two looks: a few milliseconds of the slowest function of one number.
  static let runLength = 1 << 18

  /// Calls `body` for runs that cover `0 ..< count` in order, and looks for a request before each.
  ///
  /// - Parameter size: Elements of a run, which depends on nothing but what is computed: sums of runs keep their order.
  /// - Throws: ``Interrupted``, and what `body` throws.
  static func forEachRun(
    of count: Int, size: Int = runLength, _ body: (_ run: Range<Int>) throws -> Void
  ) throws {
    var start = 0
    while start < count {
      try check()
      let end = Swift.min(start + size, count)
      try body(start..<end)
      start = end
    }
  }
}
