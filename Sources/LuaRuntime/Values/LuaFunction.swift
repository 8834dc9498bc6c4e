import CLua

/// A Lua function, or a value with `__call`, held by Swift.
///
/// Calls are protected: an error comes back as a ``LuaError`` with the innermost traceback, and a binding that lets it
/// through passes it on to the script unchanged. The function must be called on the thread of its state, between
/// parallel phases; a callback called from Swift cannot yield.
public struct LuaFunction: LuaReadable, LuaWritable, Sendable {
  public static var luaType: String { "function" }

  let reference: LuaReference
  /// What messages call the function where its result is wrong: the option that it was given as.
  private var name: String?

  init(reference: LuaReference) { self.reference = reference }

  public mutating func wasGiven(as name: String) { self.name = name }

  /// The same function, which messages about its result call by this name: of a hook, for example.
  public func named(_ name: String) -> LuaFunction {
    var function = self
    function.name = name
    return function
  }

  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> LuaFunction {
    guard matches(frame, index) else { throw frame.typeFailure(index, expected: "function") }
    lua_pushvalue(frame.pointer, index)
    return LuaFunction(reference: LuaReference(popping: frame.pointer))
  }

  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    switch frame.kind(index) {
    case .function: return true
    case .table, .userdata:
      if luaL_getmetafield(frame.pointer, index, "__call") == LUA_TNIL { return false }
      clua_pop(frame.pointer, 1)
      return true
    default: return false
    }
  }

  public func write(_ frame: borrowing LuaFrame) -> Int32 {
    reference.push(frame.pointer)
    return 1
  }

  /// Calls the function and reads its first result.
  public func callAsFunction<each Argument: LuaWritable, Result: LuaReadable>(
    _ arguments: repeat each Argument, returning type: Result.Type = Result.self
  ) throws(LuaError) -> Result {
    let state = try prepare()
    let frame = LuaFrame(state.pointer)
    var count: Int32 = 0
    repeat (count += (each arguments).write(frame))
    try state.call(arguments: count, results: 1)
    do throws(LuaError) {
      return try state.popResult()
    } catch {
      throw LuaError(.result, error.message, of: name.map { "the result of '\($0)'" } ?? "a function's result")
    }
  }

  /// Calls the function for its effect.
  public func run<each Argument: LuaWritable>(_ arguments: repeat each Argument) throws(LuaError) {
    let state = try prepare()
    let frame = LuaFrame(state.pointer)
    var count: Int32 = 0
    repeat (count += (each arguments).write(frame))
    try state.call(arguments: count, results: 0)
  }

  /// Calls the function and returns all its results.
  public func results<each Argument: LuaWritable>(of arguments: repeat each Argument) throws(LuaError) -> [LuaValue] {
    let state = try prepare()
    let pointer = state.pointer, bottom = lua_gettop(pointer) - 1
    let frame = LuaFrame(pointer)
    var count: Int32 = 0
    repeat (count += (each arguments).write(frame))
    try state.call(arguments: count, results: LUA_MULTRET)
    defer { lua_settop(pointer, bottom) }
    let top = lua_gettop(pointer)
    return top > bottom ? (bottom + 1...top).map { LuaValue(frame, $0) } : []
  }

  /// The path of the documented function that this is, if it makes objects of a class: a script then most likely forgot
  /// to call it.
  public func maker<Object: LuaObject>(of type: Object.Type) -> String? {
    guard let pointer = try? reference.state().pointer, lua_checkstack(pointer, 4) != 0 else { return nil }
    reference.push(pointer)
    defer { clua_pop(pointer, 1) }
    return LuaFrame(pointer).maker(lua_gettop(pointer), of: type.luaType)
  }

  private func prepare() throws(LuaError) -> LuaState {
    let state = try reference.state()
    guard lua_checkstack(state.pointer, 24) != 0 else { throw LuaError(.runtime, "stack overflow") }
    reference.push(state.pointer)
    return state
  }
}
