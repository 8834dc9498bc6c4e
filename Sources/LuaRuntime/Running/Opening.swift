import CLua

extension LuaState {
  /// Makes a module's functions and classes known: as a table under its name in `fed.…`, and to `require`.
  ///
  /// A module without a name defines global functions.
  public func open(_ module: BindingModule) {
    modules.append(module)
    let pointer = pointer
    for type in module.classes { define(type) }
    if module.name.isEmpty {
      lua_rawgeti(pointer, clua_registry(), lua_Integer(LUA_RIDX_GLOBALS))
    } else {
      pushModuleTable(module.name)
    }
    for function in module.functions { setField(function.name) { push(function) } }
    clua_pop(pointer, 1)
  }

  /// Opens what every state has.
  func openRuntime() { define(LuaIterator.bindings) }

  func push(_ binding: Binding) { binding.write(LuaFrame(pointer)) }

  /// Sets a field of the table on top to what `push` puts above it.
  func setField(_ name: String, _ push: () -> Void) {
    LuaFrame(pointer).write(name)
    push()
    lua_rawset(pointer, -3)
  }

  /// Pushes the table `fed.x.y`, made if needed, reachable from its parent and from `require`.
  func pushModuleTable(_ name: String) {
    let pointer = pointer
    lua_getfield(pointer, clua_registry(), LUA_LOADED_TABLE)
    LuaFrame(pointer).write(name)
    if lua_rawget(pointer, -2) == LUA_TTABLE {
      clua_remove(pointer, -2)
      return
    }
    clua_pop(pointer, 1)
    lua_createtable(pointer, 0, 16)
    setField(name, at: -2) { lua_pushvalue(pointer, -1) }
    clua_remove(pointer, -2)
    guard let dot = name.lastIndex(of: ".") else { return }
    pushModuleTable(String(name[..<dot]))
    setField(String(name[name.index(after: dot)...])) { lua_pushvalue(pointer, -3) }
    clua_pop(pointer, 1)
  }

  /// Sets a field of the table at `index` below the top.
  private func setField(_ name: String, at index: Int32, _ push: () -> Void) {
    let pointer = pointer, table = lua_absindex(pointer, index)
    push()
    LuaFrame(pointer).write(name)
    clua_insert(pointer, -2)
    lua_rawset(pointer, table)
  }

  private func define(_ type: ClassBindings) {
    let pointer = pointer
    clua_new_class(pointer, type.luaClass.address, type.name)
    for (event, binding) in type.metamethods { setField(event.rawValue) { push(binding) } }
    setField("__index") {
      pushHandles(type.getters)
      for method in type.methods { setField(method.name) { push(method) } }
      clua_push_index(pointer, Unmanaged.passUnretained(type.index).toOpaque())
    }
    setField("__newindex") {
      pushHandles(type.setters)
      clua_push_newindex(pointer, Unmanaged.passUnretained(type.newindex).toOpaque())
    }
    clua_pop(pointer, 1)
  }

  /// Pushes a table from names to the handles of bindings, which C enters without a closure.
  private func pushHandles(_ bindings: [Binding]) {
    lua_createtable(pointer, 0, Int32(bindings.count))
    for binding in bindings {
      setField(binding.name) { clua_push_handle(pointer, Unmanaged.passUnretained(binding).toOpaque()) }
    }
  }
}

extension Binding: LuaWritable {
  public static var luaType: String { "function" }

  /// Pushes the function. The binding must outlive the state: keep it in a static.
  @discardableResult
  public func write(_ frame: borrowing LuaFrame) -> Int32 {
    if let scalars {
      clua_push_scalar_function(frame.pointer, scalars.description)
    } else {
      clua_push_binding(frame.pointer, Unmanaged.passUnretained(self).toOpaque())
    }
    return 1
  }
}
