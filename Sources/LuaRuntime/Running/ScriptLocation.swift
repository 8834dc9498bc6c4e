import CLua

extension LuaState {
  /// The line of a script that is running now: `script.lua:12`; nil where none runs.
  public var scriptLocation: String? {
    let pointer = pointer
    lua_checkstack(pointer, 4)
    clua_push_where(pointer)
    defer { clua_pop(pointer, 1) }
    let place = LuaFrame(pointer).shownString(-1)
    return place.isEmpty ? nil : String(place.dropLast(2))
  }
}

extension LuaFunction {
  /// The line of a script that is running now in the function's state; nil where none runs, and on another thread.
  public var runningLocation: String? { (try? reference.state())?.scriptLocation }

  /// Whether this is the thread on which the function can be called.
  public var isOnItsThread: Bool { (try? reference.state()) != nil }

  /// Equal for two references to one function. Another function may have it after this one is gone.
  public var identity: UInt {
    guard let state = try? reference.state() else { return 0 }
    let pointer = state.pointer
    lua_checkstack(pointer, 4)
    reference.push(pointer)
    defer { clua_pop(pointer, 1) }
    return UInt(bitPattern: lua_topointer(pointer, -1))
  }
}
