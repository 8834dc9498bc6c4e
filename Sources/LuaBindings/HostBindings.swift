import LuaRuntime
import Tensors

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
  module.addConvolutionMode()
  module.addProfiling()
}

extension ModuleBuilder {
  fileprivate mutating func addConvolutionMode() {
    function(
      "conv", "Returns how convolutions are computed here.",
      returns: "`auto`, the fastest way for each shape, or `direct`, the definition's sums alone.",
      example: Example("print(fed.conv())", prints: "auto")
    ) { ConvolutionMode.current.rawValue }
    function(
      "with_conv",
      "Calls a function with another way of computing convolutions: direct agrees with exact results within 1e-5, auto within 1e-4.",
      Parameter("mode", "`auto` or `direct`.", check: .oneOf(HostSettings.convolutionModes)),
      Parameter("body", "The function."), returns: "What the function returns.",
      example: Example("print(fed.with_conv('direct', fed.conv))", prints: "direct")
    ) { (mode: String, body: LuaFunction) in
      VariadicResults(try ConvolutionMode.with(ConvolutionMode(rawValue: mode) ?? .auto) { try body.results() })
    }
  }
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
