import CLua
import Foundation

/// A list of records, or a table of equally long columns, as rows and columns of text: one line an entry.
struct RecordTable {
  private var columns: [(name: String, cells: [String])] = []
  private let hidden: Int
  private let inspector: Inspector

  /// Columns that come first, in this order.
  private static let leading = ["number", "round", "client", "id", "name"]

  /// - Returns: nil if the table at `index` is neither.
  init?(_ state: LuaState, _ index: Int32, _ inspector: Inspector) {
    self.inspector = inspector
    let pointer = state.pointer, top = lua_gettop(pointer)
    defer { lua_settop(pointer, top) }
    guard lua_checkstack(pointer, 16) != 0 else { return nil }
    let count = Int(lua_rawlen(pointer, index)), shown = min(count, inspector.maximumItems)
    if count >= 2, clua_is_list(pointer, index), let found = Self.records(state, index, shown) {
      (columns, hidden) = (found, count - shown)
    } else if count == 0, let found = Self.lists(state, index), let length = found.first?.cells.count {
      hidden = max(0, length - inspector.maximumItems)
      columns = found.map { ($0.name, Array($0.cells.prefix(inspector.maximumItems))) }
    } else {
      return nil
    }
    columns.sort { Self.order($0.name) < Self.order($1.name) }
  }

  private static func order(_ name: String) -> (Int, String) { (leading.firstIndex(of: name) ?? leading.count, name) }

  /// The columns of a list whose elements are tables with names that share some that are no tables.
  private static func records(_ state: LuaState, _ list: Int32, _ shown: Int) -> [(name: String, cells: [String])]? {
    let pointer = state.pointer
    var names: Set<String> = [], plain: Set<String>?
    for position in 1...shown {
      lua_rawgeti(pointer, list, lua_Integer(position))
      defer { clua_pop(pointer, 1) }
      let record = lua_gettop(pointer)
      guard lua_type(pointer, record) == LUA_TTABLE, lua_rawlen(pointer, record) == 0 else { return nil }
      if state.describesItself(record) { return nil }
      let keys = state.stringKeys(record)
      let own = keys.filter { [LUA_TNUMBER, LUA_TSTRING, LUA_TBOOLEAN].contains(type(pointer, record, $0)) }
      names.formUnion(keys)
      plain = plain?.intersection(own) ?? Set(own)
    }
    guard let plain, plain.count >= 2 else { return nil }
    return names.map { name in
      (
        name,
        (1...shown).map { position in
          lua_rawgeti(pointer, list, lua_Integer(position))
          LuaFrame(pointer).write(name)
          lua_rawget(pointer, -2)
          defer { clua_pop(pointer, 2) }
          return cell(state, lua_gettop(pointer))
        }
      )
    }
  }

  /// The columns of a table that holds equally long lists of numbers, strings and truth values, and nothing else.
  private static func lists(_ state: LuaState, _ table: Int32) -> [(name: String, cells: [String])]? {
    let pointer = state.pointer
    var columns: [(name: String, cells: [String])] = [], keys = 0
    lua_pushnil(pointer)
    while lua_next(pointer, table) != 0 {
      keys += 1
      clua_pop(pointer, 1)
    }
    let names = state.stringKeys(table)
    guard names.count >= 2, names.count == keys else { return nil }
    for name in names {
      LuaFrame(pointer).write(name)
      guard lua_rawget(pointer, table) == LUA_TTABLE else { return nil }
      let list = lua_gettop(pointer), count = Int(lua_rawlen(pointer, list))
      guard count >= 2, count == columns.first?.cells.count ?? count, clua_is_list(pointer, list) else { return nil }
      var cells: [String] = []
      for position in 1...count {
        let type = lua_rawgeti(pointer, list, lua_Integer(position))
        guard [LUA_TNUMBER, LUA_TSTRING, LUA_TBOOLEAN].contains(type) else { return nil }
        cells.append(cell(state, lua_gettop(pointer)))
        clua_pop(pointer, 1)
      }
      clua_pop(pointer, 1)
      columns.append((name, cells))
    }
    return columns
  }

  private static func type(_ pointer: OpaquePointer, _ table: Int32, _ name: String) -> Int32 {
    LuaFrame(pointer).write(name)
    defer { clua_pop(pointer, 1) }
    return lua_rawget(pointer, table)
  }

  /// A value in a few characters.
  private static func cell(_ state: LuaState, _ index: Int32) -> String {
    let pointer = state.pointer, frame = LuaFrame(pointer)
    switch frame.kind(index) {
    case .none, .nil: return ""
    case .boolean: return lua_toboolean(pointer, index) != 0 ? "true" : "false"
    case .number:
      if lua_isinteger(pointer, index) != 0 { return "\(lua_tointegerx(pointer, index, nil))" }
      return TextTable.number(lua_tonumberx(pointer, index, nil))
    case .string: return cut(frame.shownString(index).replacing("\n", with: " "), 24)
    case .table:
      let count = lua_rawlen(pointer, index)
      return count > 0 ? "\(count) items" : "{…}"
    default: return frame.typeName(index)
    }
  }

  private static func cut(_ text: String, _ length: Int) -> String {
    text.count > length ? text.prefix(length - 1) + "…" : text
  }

  /// The table, with as many columns as fit; the names of the others stand below.
  func text(width: Int) -> String {
    TextTable.text(columns, width: width, hiddenRows: hidden) { inspector.paint(.key, $0) }
  }
}
