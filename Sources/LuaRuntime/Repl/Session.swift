import CLua

/// What a prompt remembers: its entries, and the local variables that were declared outside of every block.
///
/// The locals of an entry live on in *cells*: each is a closure that holds the variable. A later entry that names one is
/// joined to the cell, so that functions and entries share the variable as they would in one script.
public final class Session {
  /// An entry that was run.
  struct Entry {
    let text: String
    /// The number of its first line, which messages show.
    let line: Int
    let succeeded: Bool
  }

  private(set) var entries: [Entry] = []
  /// Lines entered so far.
  private(set) var lineCount = 0
  private var cells: [String: LuaReference] = [:]

  /// The global names that stood there before the first entry.
  let known: Set<String>

  init(_ state: LuaState) { known = Set(state.globalNames()) }

  /// The names of the local variables that live on, sorted.
  var names: [String] { cells.keys.sorted() }

  func keep(_ text: String, succeeded: Bool) {
    entries.append(Entry(text: text, line: lineCount + 1, succeeded: succeeded))
    lineCount += text.split(separator: "\n", omittingEmptySubsequences: false).count
  }

  /// The lines of an entry, counted over the session; nil if there are none such.
  func lines(_ first: Int, _ last: Int) -> [Substring]? {
    guard let entry = entries.last(where: { $0.line <= first }) else { return nil }
    let lines = entry.text.split(separator: "\n", omittingEmptySubsequences: false)
    guard first >= entry.line, last - entry.line < lines.count, first <= last else { return nil }
    return Array(lines[(first - entry.line)...(last - entry.line)])
  }

  // MARK: Cells

  /// Pushes the value of a local variable. Returns false, and pushes nothing, if there is none of that name.
  func push(_ name: String, _ pointer: OpaquePointer) -> Bool {
    guard let cell = cells[name] else { return false }
    cell.push(pointer)
    let found = lua_getupvalue(pointer, -1, 1) != nil
    clua_remove(pointer, found ? -2 : -1)
    return found
  }

  /// Lets the function on top share the variables of the session that it names.
  func join(_ pointer: OpaquePointer) {
    let function = lua_gettop(pointer)
    var position: Int32 = 1
    while let name = lua_getupvalue(pointer, function, position) {
      clua_pop(pointer, 1)
      if let cell = cells[String(cString: name)] {
        cell.push(pointer)
        lua_upvaluejoin(pointer, function, position, lua_gettop(pointer), 1)
        clua_pop(pointer, 1)
      }
      position += 1
    }
  }

  /// Keeps the variables of an entry: for each name the closure at the position from `first`, which returns it.
  func keep(_ names: [String], from first: Int32, _ state: LuaState) {
    let pointer = state.pointer
    for (offset, name) in names.enumerated() {
      let index = first + Int32(offset)
      guard lua_type(pointer, index) == LUA_TFUNCTION else { continue }
      lua_pushvalue(pointer, index)
      if holds(name, pointer) {
        cells[name] = LuaReference(popping: pointer)
      } else if let cell = try? cell(state) {
        cells[name] = cell
      }
    }
  }

  /// Whether the closure on top holds the variable. One of a constant holds nothing.
  private func holds(_ name: String, _ pointer: OpaquePointer) -> Bool {
    guard let held = lua_getupvalue(pointer, -1, 1) else { return false }
    clua_pop(pointer, 1)
    return String(cString: held) == name
  }

  /// Makes a cell of what the closure on top returns.
  private func cell(_ state: LuaState) throws(LuaError) -> LuaReference {
    try state.call(arguments: 0, results: 1)
    try state.load("local value = ... return function() return value end", name: "=stdin")
    clua_insert(state.pointer, -2)
    try state.call(arguments: 1, results: 1)
    return LuaReference(popping: state.pointer)
  }
}
