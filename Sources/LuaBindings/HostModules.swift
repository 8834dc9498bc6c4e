public import LuaRuntime
import LuaLibrary
import Tensors

/// Everything that scripts find in `fed`.
public enum HostModules {
  /// The native modules, in the order in which they are opened. A new module is one more line here.
  public static let native: [BindingModule] = [
    hostBindings,
    debugBindings,
    tensorBindings,
    linearAlgebraBindings,
    datasetBindings,
    imageBindings,
    partitionBindings,
    metricBindings,
    networkLayerBindings,
    networkModelBindings,
    networkOptimizerBindings,
    planBindings,
    federationBindings,
    aggregatorBindings,
    localTrainingBindings,
    serverOptimizerBindings,
    attackBindings,
    updateAttackBindings,
    dataAttackBindings,
    policyBindings,
  ]

  /// All native bindings, to look up and to check.
  public static let registry = Registry(native)

  /// Opens a state in which `fed` stands as a global, as for `require "fed"`.
  public static func open(_ settings: HostSettings = HostSettings()) throws(LuaError) -> LuaState {
    var limits = LuaSettings()
    limits.seed = settings.seed
    if let limit = settings.memoryLimit { MemoryBudget.limit = limit }
    limits.heapLimit = MemoryBudget.limit
    limits.nativeLimit = MemoryBudget.limit
    limits.nativeMemory = nativeMemory
    let state = try LuaState(limits)
    MemoryBudget.whenFull(state) { ($0 as? LuaState)?.collectGarbage() }
    state.userInfo = settings
    state.hints = errorHints
    for module in native { state.open(module) }
    let own = ScriptLoader.modules(of: "fed", in: settings.scriptFolders)
    let members = Set(LuaLibrary.members + own).sorted()
    state.searchModules(in: settings.scriptFolders, library: LuaLibrary.source, modules: members, root: "fed")
    state.setField("smoke", of: "fed", settings.isSmokeRun)
    try joinLibrary(state, members: members)
    state.openHelp()
    if !settings.speaks { try state.run("require 'fed.ranks.parts.silence'()", name: "=silence") }
    state.makeGlobalsStrict()
    return state
  }

  /// What the states of this program share.
  static var nativeMemory: NativeMemory {
    NativeMemory(overrun: MemoryBudget.overrun, reserve: { MemoryBudget.reserve(Int($0), must: $1) }) {
      MemoryBudget.complaint
    }
  }

  /// Runs `lua/fed/init.lua`, which adds the scripted members to the native tables.
  static func joinLibrary(_ state: LuaState, members: [String]) throws(LuaError) {
    guard let source = LuaLibrary.source(of: "fed") else { return }
    let join = try state.compile(source, name: ScriptLoader.chunkName(ofLibrary: "fed/init"))
    let fed = try state.module("fed")
    try join.run(fed, members, nearestName)
    state.setGlobal("fed", fed)
  }

  /// All native bindings, and all that the library defines in Lua.
  public static func wholeRegistry() throws(LuaError) -> Registry {
    let state = try open()
    state.requireLibrary()
    return state.registry
  }

  /// The text of `help(name)`, also for what is written in Lua; nil if nothing has that name.
  public static func help(for name: String) throws(LuaError) -> String? { try open().help(for: name) }

  /// The text of `help()`.
  public static func help() -> String { HelpText(registry).overview(scripts: LuaLibrary.members) }

  /// Runs `body` with the threads that the settings allow to a single operation outside of clients.
  public static func withThreads<Result>(_ settings: HostSettings, _ body: () throws -> Result) rethrows -> Result {
    try Parallel.withThreads(settings.threads, body)
  }

  /// Runs `body` with the settings' threads and way of computing convolutions.
  public static func withSettings<Result>(_ settings: HostSettings, _ body: () throws -> Result) rethrows -> Result {
    try ConvolutionMode.with(ConvolutionMode(rawValue: settings.conv) ?? .auto) { try withThreads(settings, body) }
  }

  /// Floating-point operations per second that one thread reaches at most.
  public static func peakRate() -> Double { PeakRate.measure() }

  /// Makes Ctrl-C stop scripts and native loops. The state must be the one that runs on this thread.
  public static func catchInterrupts(_ state: LuaState) {
    Interrupt.clear()  // also makes the flag before the first signal, which must not allocate
    state.catchInterrupts { Interrupt.request() }
  }

  /// Lets a state run again after Ctrl-C.
  public static func clearInterrupt(_ state: LuaState) {
    Interrupt.clear()
    state.clearInterrupt()
  }
}
