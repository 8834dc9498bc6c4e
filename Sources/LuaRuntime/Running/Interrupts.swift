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

  /// Ends an interrupt: the state runs code again. Only the outermost caller (a prompt, a command) does this.
  public func clearInterrupt() { clua_clear_interrupt(host) }
}
