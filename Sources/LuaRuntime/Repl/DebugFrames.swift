import CLua

/// The functions of scripts that run at the moment, the innermost first, with their local variables.
///
/// It is good for as long as they run: while a prompt is open inside of them.
final class DebugFrames {
  /// One running function.
  private struct Frame {
    var record: lua_Debug
    /// `policy.lua:12 in 'trust'`
    let title: String
  }

  private let pointer: OpaquePointer
  private var frames: [Frame] = []
  /// The position of the frame that is looked at.
  private(set) var selected = 0

  var count: Int { frames.count }

  init(_ state: LuaState) {
    pointer = state.pointer
    var library: [Frame] = [], record = lua_Debug(), level: Int32 = 0
    while lua_getstack(pointer, level, &record) != 0 {
      level += 1
      guard lua_getinfo(pointer, "nSl", &record) != 0, record.currentline > 0 else { continue }
      let frame = Frame(record: record, title: Self.title(record))
      if clua_is_library_frame(state.host, &record) { library.append(frame) } else { frames.append(frame) }
    }
    if frames.isEmpty { frames = library }
  }

  private static func title(_ record: lua_Debug) -> String {
    let chunk = record.source.map { String(cString: $0) } ?? "?"
    let place =
      "\(chunk.hasPrefix("=") || chunk.hasPrefix("@") ? String(chunk.dropFirst()) : "…"):\(record.currentline)"
    if let name = record.name { return "\(place) in '\(String(cString: name))'" }
    return record.what.map { String(cString: $0) } == "main" ? "\(place) in main chunk" : "\(place) in a function"
  }

  /// The chunk and the line of the frame that is looked at.
  var place: (chunk: String, line: Int)? {
    guard frames.indices.contains(selected) else { return nil }
    let record = frames[selected].record
    return record.source.map { (String(cString: $0), Int(record.currentline)) }
  }

  /// All frames, a line each, with a mark at the one that is looked at.
  var text: String {
    frames.enumerated().map { "\($0.offset == selected ? "→" : " ") \($0.offset + 1)  \($0.element.title)" }
      .joined(separator: "\n")
  }

  /// Looks at the frame that called, for 1, or at the one that was called, for -1. Returns false at the end.
  func move(_ step: Int) -> Bool {
    guard frames.indices.contains(selected + step) else { return false }
    selected += step
    return true
  }

  /// The names of the variables of the frame: its locals, and those of functions around it that it uses.
  var names: [String] {
    var names: [String] = []
    forEachLocal { name, _ in names.append(name) }
    forEachUpvalue { name, _ in if name != "_ENV" { names.append(name) } }
    return Set(names).sorted()
  }

  /// Pushes the value of a variable. Returns false, and pushes nothing, if the frame has none of that name.
  func push(_ name: String) -> Bool {
    if let position = local(name) { return lua_getlocal(pointer, &frames[selected].record, position) != nil }
    guard let position = upvalue(name) else { return false }
    pushFunction()
    let found = lua_getupvalue(pointer, -1, position) != nil
    clua_remove(pointer, found ? -2 : -1)
    return found
  }

  /// Sets a variable to the value on top, and pops that. Returns false, and pops nothing, if the frame has none.
  func set(_ name: String) -> Bool {
    if let position = local(name) { return lua_setlocal(pointer, &frames[selected].record, position) != nil }
    guard let position = upvalue(name) else { return false }
    pushFunction()
    clua_insert(pointer, -2)
    let isSet = lua_setupvalue(pointer, -2, position) != nil
    clua_pop(pointer, 1)
    return isSet
  }

  /// The position of the innermost local of a name: a later one hides those before it.
  private func local(_ name: String) -> Int32? {
    var found: Int32?
    forEachLocal { if $0 == name { found = $1 } }
    return found
  }

  private func upvalue(_ name: String) -> Int32? {
    var found: Int32?
    forEachUpvalue { if $0 == name, $0 != "_ENV" { found = $1 } }
    return found
  }

  private func forEachLocal(_ body: (String, Int32) -> Void) {
    guard frames.indices.contains(selected) else { return }
    var position: Int32 = 1
    while let name = lua_getlocal(pointer, &frames[selected].record, position) {
      clua_pop(pointer, 1)
      let text = String(cString: name)
      if !text.hasPrefix("(") { body(text, position) }  // what has no name in the script
      position += 1
    }
  }

  private func forEachUpvalue(_ body: (String, Int32) -> Void) {
    guard frames.indices.contains(selected) else { return }
    pushFunction()
    var position: Int32 = 1
    while let name = lua_getupvalue(pointer, -1, position) {
      clua_pop(pointer, 1)
      body(String(cString: name), position)
      position += 1
    }
    clua_pop(pointer, 1)
  }

  private func pushFunction() { lua_getinfo(pointer, "f", &frames[selected].record) }
}
