import CLua

extension Optional: LuaTyped where Wrapped: LuaTyped {
  public static var luaType: String { Wrapped.luaType + "?" }
}

extension Optional: LuaReadable where Wrapped: LuaReadable {
  @inlinable public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Wrapped? {
    frame.isNil(index) ? nil : try Wrapped.read(frame, index)
  }
  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    frame.isNil(index) || Wrapped.matches(frame, index)
  }
  public static var optionDocuments: [OptionDocument] { Wrapped.optionDocuments }
}

extension Optional: LuaWritable where Wrapped: LuaWritable {
  @inlinable public func write(_ frame: borrowing LuaFrame) -> Int32 {
    if let self { return self.write(frame) }
    return frame.writeNil()
  }
}

extension Array: LuaTyped where Element: LuaTyped {
  public static var luaType: String {
    Element.luaType.contains("|") ? "(\(Element.luaType))[]" : Element.luaType + "[]"
  }
}

extension Array: LuaReadable where Element: LuaReadable {
  /// Reads the sequence 1...#t; other keys are an error, since they are most often a slip.
  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> [Element] {
    guard lua_type(frame.pointer, index) == LUA_TTABLE else { throw frame.typeFailure(index, expected: luaType) }
    return try frame.sequence(index)
  }

  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    guard lua_type(frame.pointer, index) == LUA_TTABLE else { return false }
    guard lua_rawlen(frame.pointer, index) > 0 else { return true }
    lua_rawgeti(frame.pointer, index, 1)
    defer { clua_pop(frame.pointer, 1) }
    return Element.matches(frame, lua_gettop(frame.pointer))
  }
}

extension LuaFrame {
  /// Reads the array part of the table at a positive index.
  func sequence<Element: LuaReadable>(_ index: Int32) throws(LuaFailure) -> [Element] {
    let count = Int(lua_rawlen(pointer, index))
    var elements: [Element] = []
    elements.reserveCapacity(count)
    lua_checkstack(pointer, 4)
    for position in 0..<count {
      lua_rawgeti(pointer, index, lua_Integer(position + 1))
      let top = lua_gettop(pointer)
      defer { lua_settop(pointer, top - 1) }
      do throws(LuaFailure) {
        elements.append(try Element.read(self, top))
      } catch {
        throw .argument(index, "element \(position + 1): \(error.message)")
      }
    }
    return elements
  }
}

extension LuaFrame {
  /// Pushes exactly one Lua value: the first of several, nil for none.
  func writeOne(_ value: some LuaWritable) {
    let top = lua_gettop(pointer)
    _ = value.write(self)
    lua_settop(pointer, top + 1)
  }
}

extension Array: LuaWritable where Element: LuaWritable {
  public func write(_ frame: borrowing LuaFrame) -> Int32 {
    lua_checkstack(frame.pointer, 8)
    lua_createtable(frame.pointer, Int32(count), 0)
    for (position, element) in enumerated() {
      frame.writeOne(element)
      lua_rawseti(frame.pointer, -2, lua_Integer(position + 1))
    }
    return 1
  }
}
