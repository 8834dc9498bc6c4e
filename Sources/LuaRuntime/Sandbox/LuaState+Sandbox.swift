import CLua

/// A state with limits: a library without files, clocks, bytecode and finalizers, in which every call is metered. Errors
/// of a limit pass through everything that catches errors; the next call starts anew.
extension LuaState {
  /// Instructions that the last call into the sandbox used, or the one that is running has used so far.
  public var spentInstructions: Int { Int(clua_spent(host)) }

  /// Exchanges the limits of a sandbox; what it holds already does not count.
  public func setLimits(_ limits: SandboxLimits) {
    clua_set_limits(host, limits.forC, limits.memory, limits.nativeMemory)
  }

  /// Charges the call that is running for products of so many elements with each of `columns` others, as matrices are
  /// multiplied: work that the size of what goes in and out does not tell.
  public func spend(products: Int, of columns: Int?) {
    let productsPerInstruction = 2048
    let (all, isTooMany) = products.multipliedReportingOverflow(by: columns ?? 1)
    clua_spend(host, UInt64(isTooMany ? Int.max / productsPerInstruction : all / productsPerInstruction))
  }

  /// Gives a sandbox its `require`, which finds the modules of `library` alone, and its `print`.
  ///
  /// - Parameters:
  ///   - library: The source of a module; nil for one that is not there.
  ///   - root: The module that all others lie in. Errors raised there stand at the line of the script that called.
  public func openSandbox(
    library: @escaping (String) -> String?, root: String, print: @escaping (String) -> Void
  ) {
    clua_set_library(host, "=\(root)/")
    loader = ScriptLoader(library: library)
    redirectPrint(to: print)
    clua_guard_print(pointer)
    pushGlobals()
    setField("require") { push(Self.sandboxRequire) }
    clua_pop(pointer, 1)
  }

  private static let sandboxRequire = Binding(
    owner: "", "require", .function,
    Documentation(
      "Loads a module of the library.", parameters: [ParameterDocument("module", "string", "Its name, with dots.")])
  ) { (frame) throws(LuaFailure) in
    let state = frame.state, pointer = frame.pointer, module = try frame.string(1)
    lua_getfield(pointer, clua_registry(), LUA_LOADED_TABLE)
    let loaded = lua_gettop(pointer)
    frame.write(module)
    if lua_rawget(pointer, loaded) != LUA_TNIL { return 1 }
    guard case .success(let script)? = try? state.loader.find(module) else {
      throw .plain("module '\(module)' is not available in a sandbox; 'fed' and its rules are")
    }
    state.loader.names[script.chunkName] = module
    do throws(LuaError) {
      try state.load(script.source, name: script.chunkName)
      frame.write(module)
      try state.call(arguments: 1, results: 1)
    } catch { throw .rethrow(error) }
    if frame.isNil(-1) { frame.write(true) }
    frame.write(module)
    lua_pushvalue(pointer, -2)
    lua_rawset(pointer, loaded)
    return 1
  }

  /// What kind of error ended a call.
  func errorKind(_ status: Int32) -> LuaError.Kind {
    if clua_interrupted(host) {
      let stop = clua_stop_of(host)
      return stop == CLUA_RUNS || stop == CLUA_SIGNALLED ? .interrupted : .limit
    }
    return status == LUA_ERRSYNTAX ? .syntax : status == LUA_ERRMEM ? .memory : .runtime
  }
}

extension SandboxLimits {
  var forC: clua_limits {
    clua_limits(is_sandbox: true, instructions: UInt64(max(1, instructions)), seconds: seconds)
  }
}
