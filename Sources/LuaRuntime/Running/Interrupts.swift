import CLua

/// Ctrl-C: stops Lua code and, through `forward`, native loops. The state stays usable.
extension LuaState {
  /// Makes SIGINT interrupt this state. It must be called on the state's thread.
  ///
  /// - Parameter forward: Runs inside the signal handler, so it may do no more than set an atomic flag: the flag that
  ///   native loops poll.
  public func catchInterrupts(forward: @escaping @convention(c) () -> Void) {
    clua_catch_sigint(host, forward)
  }

  /// Whether an interrupt is under way. Native loops that call Lua, and adapters that catch errors, look here.
  public var isInterrupted: Bool { clua_interrupted(host) }

  /// From here to ``endAwaiting()``, the first Ctrl-C interrupts nothing and ``wishesToEnd`` tells it: work that can end
  /// well soon gets the time to do so. A second one interrupts.
  public func awaitInterrupt() { clua_await_interrupt(host) }

  /// Whether Ctrl-C came since ``awaitInterrupt()``.
  public var wishesToEnd: Bool { clua_wishes_to_end(host) }

  /// Ends what ``awaitInterrupt()`` began.
  public func endAwaiting() { clua_end_awaiting(host) }

  /// Interrupts the script, as Ctrl-C does.
  ///
  /// - Throws: Always; the binding that calls it lets the error through.
  public func interruptNow() throws {
    clua_interrupt_now(host)
    throw LuaFailure("interrupted")
  }

  /// Ends an interrupt: the state runs code again. Only the outermost caller (a prompt, a command) does this.
  public func clearInterrupt() { clua_clear_interrupt(host) }
}
