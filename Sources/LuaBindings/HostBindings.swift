import LuaRuntime

/// What scripts may know of the program that runs them.
let hostBindings = BindingModule("fed", "Federated learning under attack.") { module in
  module.function(
    "threads", "Returns how many threads this run may use.", .caller, returns: "The number of threads.",
    example: Example("print(fed.threads() >= 1)", prints: "true")
  ) { (caller: LuaCaller) in caller.state.hostSettings.threads }
  module.function(
    "seed", "Returns the seed for scripts that choose none.", .caller,
    returns: "The seed given by --seed, or 0.", example: Example("print(fed.seed())", prints: "0")
  ) { (caller: LuaCaller) in caller.state.hostSettings.seed }
  module.addProfiling()
}

/// Given to `init.lua` for its messages.
let nearestName = Binding(
  owner: "", "nearest", .function,
  Documentation(
    "Suggests the nearest of the known names, in words to be added to a message.",
    parameters: [
      ParameterDocument("name", "string", "The unknown name."),
      ParameterDocument("known", "string[]", "The known ones."),
    ], returnType: "string", returns: "The suggestion, or an empty string.")
) { (frame) throws(LuaFailure) in
  frame.write(suggestion(for: try frame.text(1), among: try [String].read(frame, 2)))
}
