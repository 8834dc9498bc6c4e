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
  /// Reads the sequence 1...#t; other keys are left alone.
  @inlinable
  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> [Element] {
    guard frame.kind(index) == .table else { throw frame.typeFailure(index, expected: luaType) }
    return try frame.sequence(index)
  }

  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    guard frame.kind(index) == .table else { return false }
    guard frame.itemCount(index) > 0 else { return true }
    let top = frame.pushItem(index, 1)
    defer { frame.dropTop(top) }
    return Element.matches(frame, top)
  }
}

extension Array: LuaWritable where Element: LuaWritable {
  @inlinable
  public func write(_ frame: borrowing LuaFrame) -> Int32 {
    frame.beginTable(count)
    for position in 0..<count {
      frame.writeOne(self[position])
      frame.setItem(position + 1)
    }
    return 1
  }
}

/// What reading and writing of tables is made of, so that their loops are compiled for each type of element.
extension LuaFrame {
  /// Reads the array part of the table at a positive index.
  @inlinable
  func sequence<Element: LuaReadable>(_ index: Int32) throws(LuaFailure) -> [Element] {
    let count = itemCount(index)
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for position in 0..<count {
      let top = pushItem(index, position + 1)
      defer { dropTop(top) }
      do throws(LuaFailure) {
        elements.append(try Element.read(self, top))
      } catch {
        throw .argument(index, "element \(position + 1): \(error.message)")
      }
    }
    return elements
  }

  /// The elements of a table of exactly two integers; nil for any other value.
  public func integerPair(_ index: Int32) -> (Int, Int)? {
    guard lua_type(pointer, index) == LUA_TTABLE, lua_rawlen(pointer, index) == 2 else { return nil }
    lua_checkstack(pointer, 4)
    lua_rawgeti(pointer, index, 1)
    lua_rawgeti(pointer, index, 2)
    defer { clua_pop(pointer, 2) }
    guard lua_isinteger(pointer, -2) != 0, lua_isinteger(pointer, -1) != 0 else { return nil }
    return (Int(lua_tointegerx(pointer, -2, nil)), Int(lua_tointegerx(pointer, -1, nil)))
  }

  /// Pushes exactly one Lua value: the first of several, nil for none.
  @inlinable
  func writeOne(_ value: some LuaWritable) {
    let count = value.write(self)
    if count != 1 { keepFirst(of: count) }
  }

  @usableFromInline
  func itemCount(_ index: Int32) -> Int { Int(lua_rawlen(pointer, index)) }

  /// Pushes an element of a table and returns where it stands.
  @usableFromInline
  func pushItem(_ index: Int32, _ position: Int) -> Int32 {
    lua_checkstack(pointer, 4)
    lua_rawgeti(pointer, index, lua_Integer(position))
    return lua_gettop(pointer)
  }

  /// Removes the value at the top and whatever was left above it.
  @usableFromInline
  func dropTop(_ top: Int32) { lua_settop(pointer, top - 1) }

  @usableFromInline
  func beginTable(_ count: Int) {
    lua_checkstack(pointer, 8)
    lua_createtable(pointer, Int32(count), 0)
  }

  /// Pops a value into the table below it.
  @usableFromInline
  func setItem(_ position: Int) { lua_rawseti(pointer, -2, lua_Integer(position)) }

  @usableFromInline
  func keepFirst(of count: Int32) { lua_settop(pointer, lua_gettop(pointer) - count + 1) }
}
