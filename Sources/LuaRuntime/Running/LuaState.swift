import CLua

/// Limits and seeds of a Lua state.
public struct LuaSettings: Sendable {
  /// Bytes of Lua values; nil for no limit.
  public var heapLimit: Int?
  /// Bytes of native memory behind objects; nil for the memory of the machine.
  public var nativeLimit: Int?
  /// The seed of `math.random`.
  public var seed: UInt64 = 0
  /// Native memory that the program watches itself; nil if it does not.
  public var nativeMemory: NativeMemory?

  public init() {}
}

/// Native memory that all states of a program share.
public struct NativeMemory: @unchecked Sendable {  // the byte is only read
  let overrun: UnsafePointer<UInt8>
  let complaint: @Sendable () -> String?
  let reserve: @convention(c) (Int64, Bool) -> Bool

  /// - Parameters:
  ///   - overrun: A byte that is not 0 while more is in use than allowed; read after each native call.
  ///   - reserve: Counts bytes of Lua's own values within the same limit, or fewer for a negative number. Returns
  ///     false if they do not fit; where the flag is set they are counted all the same. It must not touch a state.
  ///   - complaint: Says what is wrong once garbage has been collected, or nil if enough was freed.
  public init(
    overrun: UnsafePointer<UInt8>, reserve: @escaping @convention(c) (Int64, Bool) -> Bool = { _, _ in true },
    complaint: @escaping @Sendable () -> String?
  ) {
    self.overrun = overrun
    self.reserve = reserve
    self.complaint = complaint
  }
}

/// One Lua state: the standard libraries, the modules opened in it, and the scripts it has run.
///
/// Not `Sendable`: a state lives on one thread at a time. Several states run in parallel without sharing anything but
/// the immutable bindings.
public final class LuaState {
  let host: OpaquePointer
  let lifetime = LuaLifetime()
  /// The modules, in the order they were opened. They keep the bindings alive that Lua points to.
  public internal(set) var modules: [BindingModule] = []
  /// What scripts have defined, the last of each name.
  var defined: [Binding] = []
  /// All that scripts have ever defined: Lua may still point to it.
  var retained: [Binding] = []
  /// Calls so far whose results have an origin.
  @usableFromInline var originCount = 0
  /// The texts that were loaded, by the names of their chunks, the last of each name.
  private(set) var texts: [String: String] = [:]
  /// Whatever the program that owns the state wants its bindings to find, such as its settings.
  public var userInfo: (any Sendable)?
  let nativeMemory: NativeMemory?
  var printer: ((String) -> Void)?
  var loader = ScriptLoader()

  public init(_ settings: LuaSettings = LuaSettings()) throws(LuaError) {
    var options = clua_options()
    options.dispatch = { dispatch($0, $1) }
    options.release = { releaseObject($0) }
    options.heap_limit = settings.heapLimit ?? 0
    options.offheap_limit = settings.nativeLimit ?? 0
    options.seed = settings.seed
    options.overrun = settings.nativeMemory?.overrun
    options.refuse = { refuse($0, $1) }
    options.reserve = settings.nativeMemory?.reserve
    nativeMemory = settings.nativeMemory
    guard let host = clua_open(&options) else { throw LuaError(.memory, "no memory for a Lua state") }
    self.host = host
    clua_set_owner(host, Unmanaged.passUnretained(self).toOpaque())
    openRuntime()
  }

  deinit {
    lifetime.end()  // before the objects go: some drop references to Lua values
    clua_close(host)
  }

  /// The stack to work on: that of the running coroutine.
  var pointer: OpaquePointer { clua_state(host)! }

  static func of(_ pointer: OpaquePointer) -> LuaState {
    Unmanaged<LuaState>.fromOpaque(clua_owner(pointer)!).takeUnretainedValue()
  }

  var isOnThread: Bool { clua_on_thread(host) }

  // MARK: running

  /// Runs a script. `name` stands in messages: `=name` as it is, `@path` as a file.
  public func run(_ source: String, name: String = "=script", arguments: [String] = []) throws(LuaError) {
    try load(source, name: name)
    guard let count = Int32(exactly: arguments.count), lua_checkstack(pointer, count) != 0 else {
      throw LuaError(.runtime, "\(arguments.count) arguments are more than a script can take")
    }
    for argument in arguments { LuaFrame(pointer).write(argument) }
    try call(arguments: Int32(arguments.count), results: 0)
  }

  /// Runs a chunk and returns its first result.
  public func evaluate<Result: LuaReadable>(
    _ source: String, as type: Result.Type = Result.self, name: String = "=script"
  ) throws(LuaError) -> Result {
    try load(source, name: name)
    try call(arguments: 0, results: 1)
    return try popResult()
  }

  /// Compiles a chunk without running it.
  public func compile(_ source: String, name: String) throws(LuaError) -> LuaFunction {
    try load(source, name: name)
    return LuaFunction(reference: LuaReference(popping: pointer))
  }

  /// Compiles text and leaves the function on top. Bytecode is refused.
  func load(_ source: String, name: String) throws(LuaError) {
    var source = source
    let status = source.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { clua_load(pointer, $0.baseAddress, $0.count, name) }
    }
    if status != LUA_OK { throw takeError(status, on: pointer) }
    texts[name] = source
  }

  /// Calls the function below its arguments, protected; results stay on the stack.
  func call(arguments: Int32, results: Int32) throws(LuaError) {
    let pointer = pointer
    lifetime.sweep(pointer)
    let status = clua_pcall(pointer, arguments, results)
    if status != LUA_OK { throw takeError(status, on: pointer) }
  }

  func popResult<Result: LuaReadable>() throws(LuaError) -> Result {
    let pointer = pointer, top = lua_gettop(pointer)
    defer { lua_settop(pointer, top - 1) }
    do throws(LuaFailure) {
      return try Result.read(LuaFrame(pointer), top)
    } catch {
      throw LuaError(.result, error.message)
    }
  }

  /// Removes the error value on top and describes it.
  func takeError(_ status: Int32, on pointer: OpaquePointer) -> LuaError {
    let isText = lua_type(pointer, -1) == LUA_TSTRING && LuaFrame(pointer).validString(-1) != nil
    let traceback = status == LUA_ERRSYNTAX ? nil : clua_traceback(host).map { String(cString: $0) }
    var message = "(error object is a \(LuaFrame(pointer).typeName(-1)) value)"
    if isText {
      message = LuaFrame(pointer).shownString(-1)
    } else {
      if clua_tostring(pointer, -1) == LUA_OK { message = LuaFrame(pointer).shownString(-1) }
      clua_pop(pointer, 1)
    }
    let kind: LuaError.Kind =
      clua_interrupted(host)
      ? .interrupted : status == LUA_ERRSYNTAX ? .syntax : status == LUA_ERRMEM ? .memory : .runtime
    let incomplete = status == LUA_ERRSYNTAX && message.hasSuffix("<eof>")
    var value: LuaReference?
    if isText { clua_pop(pointer, 1) } else { value = LuaReference(popping: pointer) }
    return LuaError(kind, message, traceback: traceback, isIncomplete: incomplete, value: value)
  }

  /// The version of Lua, such as `Lua 5.4.4`.
  public static var version: String { String(cString: clua_version()) }

  /// Writes what scripts have printed and still lies in a buffer. Whether some of it is lost, as on a full device.
  public static func losesOutput() -> Bool { clua_loses_output() }

  // MARK: memory

  /// Bytes of native memory that objects in this state keep alive.
  var nativeBytes: Int { clua_offheap_bytes(host) }

  /// Frees all that no script can reach.
  public func collectGarbage() {
    lifetime.sweep(pointer)
    clua_collect(pointer)
  }

  /// Makes sure that a native allocation whose size a script chose fits: collects garbage, then refuses.
  public func willAllocate(_ bytes: Int) throws(LuaFailure) {
    guard bytes >= 0, clua_may_allocate(pointer, bytes) else {
      throw LuaFailure("\(bytes >> 20) MiB do not fit into memory; the limit is \(clua_offheap_limit(host) >> 20) MiB")
    }
  }
}
