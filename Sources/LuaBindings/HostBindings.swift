public import LuaRuntime
public import Tensors

extension ConvolutionMode: LuaEnumeration {}

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
  module.addTry()
  module.addSettings()
  module.addShowing()
  module.addConvolutionMode()
  module.addDefinitions()
  module.addReference()
  module.addExamples()
  module.addProfiling()
  module.addSites()
}

extension ModuleBuilder {
  fileprivate mutating func addTry() {
    function(
      "try",
      "Calls a function and gives nil and a message where it raises an error, such as a file that is not there; an "
        + "interrupt passes.", .caller,
      Parameter("body", "The function."), Parameter<Varargs<LuaValue>>("arguments", "What it is called with."),
      returns: "What the function returns; nil and the message, without the script's line, where it fails.",
      example: Example(
        "local train, message = fed.try(fed.data.mnist, { dir = 'nowhere' })\nprint(train or message:match('[^,]*'))",
        prints: "fed.data.mnist: not found")
    ) { (caller: LuaCaller, body: LuaFunction, arguments: Varargs<LuaValue>) -> VariadicResults<LuaValue> in
      do {
        return VariadicResults(try body.results(of: VariadicResults(arguments.values)))
      } catch let error as LuaError where error.kind == .runtime {
        return VariadicResults([.nil, .string(error.messageWithoutPlace)])
      }
    }
  }

  fileprivate mutating func addConvolutionMode() {
    function(
      "conv", "Returns how convolutions are computed here.",
      returns: "`auto`, the fastest way for each shape, or `direct`, the definition's sums alone.",
      example: Example("print(fed.conv())", prints: "auto")
    ) { ConvolutionMode.current.rawValue }
    function(
      "with_conv",
      "Calls a function with another way of computing convolutions: direct agrees with exact results within 1e-5, auto within 1e-4.",
      Parameter("mode", "`auto`, the fastest way for each shape, or `direct`, the definition's sums alone."),
      Parameter("body", "The function."), returns: "What the function returns.",
      example: Example("print(fed.with_conv('direct', fed.conv))", prints: "direct")
    ) { (mode: ConvolutionMode, body: LuaFunction) in
      VariadicResults(try ConvolutionMode.with(mode) { try body.results() })
    }
  }
}

extension ModuleBuilder {
  fileprivate mutating func addExamples() {
    function(
      "example", "Returns the example that `help` shows for a name.", .caller,
      Parameter("name", "Such as `fed.zeros`, `Tensor:matmul` or `fed.aggregators.krum`."),
      returns: "The code and what it prints; nil if there is none.",
      example: Example("print(fed.example(\"fed.threads\"))", prints: "print(fed.threads() >= 1)\ttrue")
    ) { (caller: LuaCaller, name: String) -> Results<String?, String?> in
      _ = caller.state.help(for: name)  // loads what is written in Lua
      let example = caller.state.registry.bindings(named: name).lazy.compactMap(\.documentation.example).first
      return Results(example?.code, example?.output)
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
