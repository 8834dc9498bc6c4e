import Dispatch
import Synchronization

/// Tells where the time of a piece of work goes: each operation reports its name, its arithmetic and its memory traffic.
///
/// Only what runs inside ``run(_:)`` is measured, on the calling thread and on the threads that it starts. Elsewhere a
/// measured operation costs one look at a flag.
public enum Profiler {
  /// What encloses the running operation, where somebody measures.
  @TaskLocal static var scope: ProfilerScope?

  /// Calls of ``run(_:)`` under way, in the whole process.
  private static let runs = Atomic<Int>(0)

  /// Whether anybody measures at all.
  @usableFromInline static var isOn: Bool { runs.load(ordering: .relaxed) > 0 }

  /// Runs `body`, the kernels of an operation, as one operation of a profile; not at all in a dry run.
  ///
  /// What `body` computes goes into memory that was taken before: a dry run of a ``Trace`` needs its shape alone.
  @inlinable @inline(__always)
  public static func measure(
    _ name: @autoclosure () -> String, flops: @autoclosure () -> Int = 0, bytes: @autoclosure () -> Int = 0,
    _ body: () throws -> Void
  ) rethrows {
    if Trace.isAnyRunning, Trace.isDry { return }
    guard isOn else { return try body() }
    try record(name(), flops: flops(), bytes: bytes(), isBackward: false, body)
  }

  /// Runs `body` as one operation of a profile.
  ///
  /// Time, arithmetic and traffic of operations measured inside count for those and not again for this one.
  ///
  /// - Parameters:
  ///   - name: Its group: all operations of a name are one row of the profile.
  ///   - flops: Floating-point operations, a multiplication with an addition counting as two.
  ///   - bytes: Bytes that must be read and written at least once.
  @inlinable @inline(__always) @discardableResult
  public static func measure<R>(
    _ name: @autoclosure () -> String, flops: @autoclosure () -> Int = 0, bytes: @autoclosure () -> Int = 0,
    _ body: () throws -> R
  ) rethrows -> R {
    guard isOn else { return try body() }
    return try record(name(), flops: flops(), bytes: bytes(), isBackward: false, body)
  }

  /// As ``measure(_:flops:bytes:_:)``; the group, and those of operations inside, are named as backward passes.
  @inlinable @inline(__always) @discardableResult
  public static func measureBackward<R>(
    _ name: @autoclosure () -> String, flops: @autoclosure () -> Int = 0, bytes: @autoclosure () -> Int = 0,
    _ body: () throws -> R
  ) rethrows -> R {
    guard isOn else { return try body() }
    return try record(name(), flops: flops(), bytes: bytes(), isBackward: true, body)
  }

  @usableFromInline
  static func record<R>(_ name: String, flops: Int, bytes: Int, isBackward: Bool, _ body: () throws -> R) rethrows -> R
  {
    guard let outer = scope else { return try body() }
    let isBackward = isBackward || outer.isBackward
    let inner = ProfilerScope(outer.session, group: isBackward ? "\(name) backward" : name, isBackward: isBackward)
    let start = DispatchTime.now().uptimeNanoseconds
    defer {
      // An operation inside one of its own group is a part of that call.
      let cost = Cost(
        calls: outer.group == inner.group ? 0 : 1, nanoseconds: Int(DispatchTime.now().uptimeNanoseconds - start),
        flops: max(flops, inner.inside.flops), bytes: max(bytes, inner.inside.bytes))
      outer.add(cost)
      outer.session.add(cost - inner.inside, to: inner.group ?? name)
    }
    return try $scope.withValue(inner, operation: body)
  }

  /// Measures everything that `body` does, also on threads that it starts and waits for.
  public static func run<R>(_ body: () throws -> R) rethrows -> (result: R, profile: Profile) {
    let session = ProfilerSession()
    let outermost = ProfilerScope(session, group: nil, isBackward: false)
    runs.add(1, ordering: .relaxed)
    defer { runs.subtract(1, ordering: .relaxed) }
    let start = DispatchTime.now().uptimeNanoseconds
    let result = try $scope.withValue(outermost, operation: body)
    let nanoseconds = Int(DispatchTime.now().uptimeNanoseconds - start)
    return (result, session.profile(nanoseconds: nanoseconds, measured: outermost.inside.nanoseconds))
  }

  // MARK: Threads

  /// What a new thread must be given to be measured with the thread that starts it.
  public struct Inheritance: Sendable {
    fileprivate let session: ProfilerSession?
  }

  /// What threads started here inherit: nothing inside of an operation, whose time includes its waiting for them.
  public static var inheritance: Inheritance {
    guard isOn, let scope, scope.group == nil else { return Inheritance(session: nil) }
    return Inheritance(session: scope.session)
  }

  /// Runs `body` on a new thread as part of the profile of the thread that started it.
  public static func inherit<R>(_ inheritance: Inheritance, _ body: () throws -> R) rethrows -> R {
    guard let session = inheritance.session else { return try body() }
    let scope = ProfilerScope(session, group: nil, isBackward: false)
    return try $scope.withValue(scope, operation: body)
  }

  // MARK: Memory

  /// Counts a block of memory that was taken for a tensor.
  static func countBlock(_ byteCount: Int, isFresh: Bool) {
    guard isOn, let scope else { return }
    scope.session.addBlock(byteCount, isFresh: isFresh)
  }
}

/// The running operation of one thread, and what was measured inside of it so far.
final class ProfilerScope: @unchecked Sendable {
  let session: ProfilerSession
  /// Group of the running operation; nil where none is under way on this thread.
  let group: String?
  let isBackward: Bool
  /// Touched by the thread that opened the scope alone: new threads get scopes of their own.
  private(set) var inside = Cost()

  init(_ session: ProfilerSession, group: String?, isBackward: Bool) {
    self.session = session
    self.group = group
    self.isBackward = isBackward
  }

  func add(_ cost: Cost) { inside = inside + cost }
}

/// What one profile has gathered, from all of its threads.
final class ProfilerSession: Sendable {
  private struct State {
    var groups: [String: Cost] = [:]
    var fresh = Profile.Blocks(), reused = Profile.Blocks()
  }

  private let state = Mutex(State())

  func add(_ cost: Cost, to name: String) {
    state.withLock { $0.groups[name] = ($0.groups[name] ?? Cost()) + cost }
  }

  func addBlock(_ byteCount: Int, isFresh: Bool) {
    state.withLock { isFresh ? $0.fresh.add(byteCount) : $0.reused.add(byteCount) }
  }

  func profile(nanoseconds: Int, measured: Int) -> Profile {
    state.withLock { state in
      let groups = state.groups.sorted { $0.key < $1.key }.map { name, cost in
        Profile.Group(
          name: name, calls: cost.calls, seconds: Double(cost.nanoseconds) / 1e9, flops: cost.flops, bytes: cost.bytes)
      }
      return Profile(
        groups: groups.sorted { ($1.seconds, $0.name) < ($0.seconds, $1.name) }, seconds: Double(nanoseconds) / 1e9,
        elsewhere: Double(nanoseconds - measured) / 1e9, fresh: state.fresh, reused: state.reused)
    }
  }
}

/// What an operation took.
struct Cost {
  var calls = 0
  var nanoseconds = 0
  var flops = 0
  var bytes = 0

  static func + (a: Cost, b: Cost) -> Cost {
    Cost(
      calls: a.calls + b.calls, nanoseconds: a.nanoseconds + b.nanoseconds, flops: a.flops + b.flops,
      bytes: a.bytes + b.bytes)
  }

  /// The rest beside operations inside; these have their own calls.
  static func - (a: Cost, inside: Cost) -> Cost {
    Cost(
      calls: a.calls, nanoseconds: a.nanoseconds - inside.nanoseconds, flops: a.flops - inside.flops,
      bytes: a.bytes - inside.bytes)
  }
}
