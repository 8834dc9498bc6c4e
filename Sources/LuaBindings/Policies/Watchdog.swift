import Foundation
import Synchronization
import Tensors

/// Stops the native loops of a thread once a policy's time is over: between instructions of Lua its state looks at the clock itself.
final class Watchdog: Sendable {
  private struct State {
    var depth = 0
    var thread: UInt = 0
    var hasFired = false
  }

  private let state = Mutex(State())
  nonisolated(unsafe) private let timer: any DispatchSourceTimer  // Dispatch lets every thread set it
  private static let queue = DispatchQueue(label: "fedlua.policies")

  init() {
    timer = DispatchSource.makeTimerSource(queue: Self.queue)
    timer.schedule(deadline: .distantFuture)
    timer.setEventHandler { [weak self] in self?.fire() }
    timer.activate()
  }

  deinit { timer.cancel() }

  private func fire() {
    state.withLock { state in
      guard state.depth > 0 else { return }
      state.hasFired = true
      Interrupt.request(onThread: state.thread)
    }
  }

  /// Begins to watch; a call inside another one is watched with it.
  func start(_ seconds: Double) {
    guard
      state.withLock({ state in
        state.depth += 1
        state.thread = Interrupt.threadID
        return state.depth == 1
      })
    else { return }
    timer.schedule(deadline: .now() + seconds)
  }

  /// Ends the watch, and lets the thread's loops run again.
  func end() {
    let isOver = state.withLock { state in
      state.depth -= 1
      guard state.depth == 0 else { return false }
      if state.hasFired { Interrupt.withdraw(onThread: state.thread) }
      state.hasFired = false
      return true
    }
    if isOver { timer.schedule(deadline: .distantFuture) }
  }
}
