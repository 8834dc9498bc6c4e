import Foundation
import LuaLibrary
import LuaRuntime
import Tensors

/// What policies find in `fed`: arithmetic, rules, attacks and what these are made of. Nothing of it reads or writes
/// files, starts runs or loads data.
enum PolicyLibrary {
  /// The native modules; what is not listed is not there.
  static let native: [BindingModule] = [
    hostBindings.keeping(functions: { $0.name == "define" }),
    tensorBindings.keeping(functions: { !["load", "save", "from_file"].contains($0.name) }),
    linearAlgebraBindings,
    metricBindings,
    federationBindings.keeping(
      functions: { ["aggregator", "attack", "updates"].contains($0.name) },
      classes: { ["Updates", "UpdateMean", "UpdateGram", "Round", "History"].contains($0.name) }),
    aggregatorBindings,
    attackBindings,
    updateAttackBindings,
  ]

  /// How the names of the scripted modules begin.
  private static let scripted = [
    "fed.util", "fed.aggregators.", "fed.preaggregators.", "fed.math.", "fed.metrics.", "fed.schedules.", "fed.trust.",
    "fed.attacks.updates.", "fed.attacks.parts.", "fed.attacks.direction", "fed.attacks.line_search",
    "fed.attacks.jitter",
  ]

  /// Members that train networks or look into data sets, which are not there.
  private static let without: Set = [
    "fed.aggregators.aaa", "fed.aggregators.flguard", "fed.attacks.updates.alternating_minimization",
  ]

  private static func isAllowed(_ module: String) -> Bool {
    module == "fed" || (!without.contains(module) && scripted.contains { module.hasPrefix($0) })
  }

  /// Opens a sandbox for one policy.
  static func open(
    _ limits: SandboxLimits, seed: UInt64, settings: HostSettings, print: @escaping (String) -> Void
  ) throws(LuaError) -> LuaState {
    var options = LuaSettings()
    options.seed = seed
    options.sandbox = SandboxLimits()  // those of the policy are for its own work
    options.nativeMemory = HostModules.nativeMemory
    let state = try LuaState(options)
    MemoryBudget.whenFull(state) { ($0 as? LuaState)?.collectGarbage() }
    state.userInfo = settings
    for module in native { state.open(module) }
    state.openSandbox(
      library: { isAllowed($0) ? LuaLibrary.source(of: $0) : nil }, root: "fed", print: print)
    try HostModules.joinLibrary(state, members: LuaLibrary.members.filter(isAllowed))
    state.makeGlobalsStrict()
    state.setLimits(limits)
    return state
  }
}
