import CLua

/// Runs a binding for C and turns what it throws into a status.
func dispatch(_ pointer: OpaquePointer?, _ binding: UnsafeMutableRawPointer?) -> Int32 {
  Unmanaged<Binding>.fromOpaque(binding!)._withUnsafeGuaranteedRef { binding in
    do throws(LuaFailure) {
      if lua_gettop(pointer!) > binding.mostArguments { try binding.expectCount(LuaFrame(pointer!)) }
      return try binding.body(LuaFrame(pointer!))
    } catch {
      return report(error, of: binding, pointer!)
    }
  }
}

/// Runs a binding of scalars for C, which has read them already.
func runScalars(
  _ pointer: OpaquePointer, _ binding: UnsafeMutableRawPointer, _ object: UnsafeMutableRawPointer?,
  _ values: UnsafeMutablePointer<clua_scalar>
) -> Int32 {
  Unmanaged<Binding>.fromOpaque(binding)._withUnsafeGuaranteedRef { binding in
    do throws(LuaFailure) {
      try binding.scalarBody!(object, values)
      return 0
    } catch {
      return report(error, of: binding, pointer)
    }
  }
}

/// Fails a call that took more native memory than the program may have, unless the collection of garbage made room.
func refuse(_ pointer: OpaquePointer?, _ binding: UnsafeMutableRawPointer?) -> Int32 {
  guard let complaint = LuaState.of(pointer!).nativeMemory?.complaint() else { return 0 }
  return report(LuaFailure(complaint), of: Unmanaged<Binding>.fromOpaque(binding!).takeUnretainedValue(), pointer!)
}

/// Gives up a box's reference; the last one runs the object's deinit.
func releaseObject(_ object: UnsafeMutableRawPointer?) {
  Unmanaged<AnyObject>.fromOpaque(object!).release()
}

private func report(_ failure: LuaFailure, of binding: Binding, _ pointer: OpaquePointer) -> Int32 {
  let frame = LuaFrame(pointer), path = binding.path(in: frame)
  if failure.endsWalk(of: binding, frame) { return frame.writeNil() }
  if binding.isCalledAsMethod(frame), !failure.comesFromLua {
    frame.write("\(path): call it with a dot, \(path)(…), and not with a colon")
    return Int32(CLUA_ERROR)
  }
  switch failure.kind {
  case .rethrow(let error):
    frame.write(error)
    return Int32(CLUA_RETHROW)
  case .runtime:
    frame.write(binding.errorText(failure.message, path))
  case .plain:
    frame.write(failure.message)
  case .argument(let index):
    frame.write(binding.argumentText(index, failure.message, path) + binding.colonHint(index, frame))
  case .value(let index):
    frame.write(binding.errorText("\(binding.parameterName(index)) \(failure.message)", path))
  }
  return Int32(CLUA_ERROR)
}

extension LuaFailure {
  /// Whether `ipairs` asked an object for the position behind its last one, where it expects nil.
  fileprivate func endsWalk(of binding: Binding, _ frame: borrowing LuaFrame) -> Bool {
    guard binding.kind == .metamethod(.index), frame.isInteger(2), message.hasPrefix("position "),
      message.contains(" does not exist")
    else { return false }
    var activation = lua_Debug()
    return lua_getstack(frame.pointer, 1, &activation) != 0 && lua_getinfo(frame.pointer, "nS", &activation) != 0
      && String(cString: activation.what) == "C"
      && activation.namewhat.map { String(cString: $0) == "for iterator" } ?? false
  }
}

extension LuaFrame {
  /// Puts the error back as Lua knew it: the same object, the same traceback.
  fileprivate func write(_ error: LuaError) {
    if let traceback = error.traceback { clua_set_traceback(pointer, traceback) }
    guard let value = error.value else {
      write(error.message)
      return
    }
    // What it is in another state stays there, with its address.
    if value.owner === state { value.push(pointer) } else { write("an error object of another state") }
  }
}

extension Binding {
  /// What messages call the binding: an object that is called has a name of its own.
  fileprivate func path(in frame: borrowing LuaFrame) -> String {
    kind == .metamethod(.call) ? frame.namedObject(1)?.luaName ?? fullName : fullName
  }

  /// `fed.zeros: message`. A message that already starts with the full or the short name keeps or extends it, so
  /// compute code may name its operation as a script knows it: `matmul: shapes …` becomes `Tensor:matmul: shapes …`.
  func errorText(_ message: String, _ path: String) -> String {
    if message.hasPrefix(path) { return message }
    let short = (path == fullName ? shortName : String(lastWord(of: path))) + ": "
    return "\(path): " + (message.hasPrefix(short) ? String(message.dropFirst(short.count)) : message)
  }

  func argumentText(_ index: Int32, _ message: String, _ path: String) -> String {
    if takesSelf && index == 1 {
      if message.hasSuffix(" is closed") { return "\(path): the \(message)" }
      return "bad self in call of '\(path)' (\(message)); call methods with a colon"
    }
    let number = takesSelf ? index - 1 : index
    return "bad argument #\(number) '\(parameterName(index))' to '\(path)' (\(message))"
  }

  /// The name of the parameter at a stack index; the last one stands for all that a variadic one takes.
  func parameterName(_ index: Int32) -> String {
    let position = Int(index) - 1
    return (position < parameters.count ? parameters[max(0, position)] : parameters.last)?.name ?? "?"
  }
}

// MARK: How a binding was called

extension Binding {
  /// Refuses arguments that the binding would leave unread; a nil at the end says nothing.
  fileprivate func expectCount(_ frame: borrowing LuaFrame) throws(LuaFailure) {
    var count = frame.count
    while count > mostArguments, frame.isNil(count) { count -= 1 }
    if count <= mostArguments { return }
    let taken = takesSelf ? mostArguments - 1 : mostArguments, given = takesSelf ? count - 1 : count
    throw LuaFailure(
      "takes \(taken == 0 ? "no arguments" : taken == 1 ? "1 argument" : "\(taken) arguments"), got \(given)")
  }

  /// Says that a method was called with a dot, where an argument is missing: `x.matmul(y)`.
  fileprivate func colonHint(_ index: Int32, _ frame: borrowing LuaFrame) -> String {
    guard kind == .method, index > 1, frame.count < index else { return "" }
    var activation = lua_Debug()
    guard lua_getstack(frame.pointer, 0, &activation) != 0, lua_getinfo(frame.pointer, "n", &activation) != 0,
      let how = activation.namewhat, String(cString: how) == "field"
    else { return "" }
    return "; call methods with a colon: x:\(name)(…)"
  }

  /// Whether the function was called with a colon, so that the table it lies in came first: `fed:zeros(2)`.
  fileprivate func isCalledAsMethod(_ frame: borrowing LuaFrame) -> Bool {
    guard kind == .function, !owner.isEmpty, frame.kind(1) == .table else { return false }
    let pointer = frame.pointer, top = lua_gettop(pointer)
    defer { lua_settop(pointer, top) }
    guard lua_checkstack(pointer, 8) != 0 else { return false }
    frame.state.pushGlobals()
    for name in owner.split(separator: ".") {
      guard lua_type(pointer, -1) == LUA_TTABLE else { return false }
      frame.write(String(name))
      lua_rawget(pointer, -2)
    }
    return lua_rawequal(pointer, -1, 1) != 0
  }
}
