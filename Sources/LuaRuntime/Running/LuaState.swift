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
  /// Makes the state a sandbox with these limits, in the place of the two above.
  public var sandbox: SandboxLimits?

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
  /// Whether the state has limits.
  public let isSandbox: Bool
  var printer: ((String) -> Void)?
  var loader = ScriptLoader()
  /// Advice for mistakes that the program knows better than Lua.
  public var hints: [ErrorHint] = []
  /// What the last call said that returned `nil, message`; scripts that forget `assert` stumble over the nil later.
  var lostFailure: String?
  /// How often each line of each file ran, while lines are counted.
  var lineCounts: [String: [Int: Int]] = [:]
  /// Takes away what is drawn on the terminal before a script writes there.
  private var outputListener: (() -> Void)?
  /// Who wants to know of reloads.
  var reloadListeners: [Int: () -> String?] = [:]
  /// The functions that reloads put in the place of old ones, by the identity of the old.
  var replacements: [UInt: (old: LuaReference, new: LuaReference)] = [:]
  /// The frames that a prompt inside of a script looks at; nil where none is open.
  var debugFrames: DebugFrames?
  /// What a prompt at an error asked for.
  var errorPrompt: ErrorPrompt?

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
    isSandbox = settings.sandbox != nil
    if let limits = settings.sandbox {
      options.heap_limit = limits.memory
      options.offheap_limit = limits.nativeMemory
      options.limits = limits.forC
    }
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
    if status != LUA_OK { throw takeError(status, on: pointer, source: source) }
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
  ///
  /// - Parameter source: The text that does not compile.
  func takeError(_ status: Int32, on pointer: OpaquePointer, source: String? = nil) -> LuaError {
    let isText = lua_type(pointer, -1) == LUA_TSTRING && LuaFrame(pointer).validString(-1) != nil
    let traceback = status == LUA_ERRSYNTAX ? nil : clua_traceback(host).map { String(cString: $0) }
    let message = isText ? LuaFrame(pointer).shownString(-1) : textOfObject(on: pointer)
    let kind = errorKind(status)
    let incomplete = status == LUA_ERRSYNTAX && message.hasSuffix("<eof>")
    var value: LuaReference?
    if isText { clua_pop(pointer, 1) } else { value = LuaReference(popping: pointer) }
    let told = isText ? told(message, kind, source) : message
    return LuaError(kind, told, traceback: traceback, isIncomplete: incomplete, value: value)
  }

  /// An error object in words: what its `__tostring` says, or what is in it.
  private func textOfObject(on pointer: OpaquePointer) -> String {
    let index = lua_gettop(pointer)
    if lua_type(pointer, index) == LUA_TTABLE, luaL_getmetafield(pointer, index, "__tostring") == LUA_TNIL {
      return "an error object was raised: \(Inspector(state: self).text(index))"
    }
    lua_settop(pointer, index)
    defer { lua_settop(pointer, index) }
    if clua_tostring(pointer, index) == LUA_OK { return LuaFrame(pointer).shownString(-1) }
    return "(error object is a \(LuaFrame(pointer).typeName(index)) value)"
  }

  /// A message with what Lua leaves out: a hint, or the line at which memory ran out.
  private func told(_ message: String, _ kind: LuaError.Kind, _ source: String?) -> String {
    switch kind {
    case .syntax:
      return explained(message, line: blamedLine(of: source ?? "", message))
    case .memory: return String(cString: clua_memory_place(host)) + message
    case .runtime: return explained(message)
    default: return message
    }
  }

  /// The line that a message about the syntax blames; of text that ends too early, the last that holds anything.
  private func blamedLine(of source: String, _ message: String) -> String {
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    if message.hasSuffix("<eof>") {
      return lines.last { $0.contains { $0 != " " } }.map(String.init) ?? ""
    }
    let number = message.split(separator: ":").lazy.compactMap { Int($0) }.first ?? 1
    return lines.indices.contains(number - 1) ? String(lines[number - 1]) : ""
  }

  /// The version of Lua, such as `Lua 5.4.4`.
  public static var version: String { String(cString: clua_version()) }

  /// Writes what scripts have printed and still lies in a buffer. Whether some of it is lost, as on a full device.
  public static func losesOutput() -> Bool { clua_loses_output() }

  /// Makes each line that scripts print leave at once, also where standard output is no terminal.
  public static func writeLinesAtOnce() { clua_write_lines_at_once() }

  /// Calls a function before each time that a script writes to the terminal; nil ends it. A line that is redrawn in
  /// place gives way there.
  public func beforeOutput(_ listener: (() -> Void)?) {
    outputListener = listener
    let call: clua_output_hook = { context in
      context.map { Unmanaged<LuaState>.fromOpaque($0).takeUnretainedValue().outputListener?() }
    }
    clua_set_output_hook(host, listener == nil ? nil : call, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Whether what a script wrote last to the terminal ended in the middle of a line.
  public var hasOpenLine: Bool { clua_line_is_open(host) }

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
