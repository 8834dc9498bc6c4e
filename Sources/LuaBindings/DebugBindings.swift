import LuaRuntime

/// A look inside of scripts that run.
let debugBindings = BindingModule("fed.debug", "A look inside of scripts that run.") { module in
  module.function(
    "repl",
    "Opens a prompt where it is called: in a script, a rule, an attack. Entries see the local variables there and may "
      + "change them; :up and :down go to the function that called and back.", .caller,
    returns: "What `:return VALUE` says; nothing after `:continue`.",
    example: Example(
      """
      local function rule(round, updates)
        if round.number == 3 then fed.debug.repl() end
        return updates:mean()
      end
      print(type(rule), type(fed.debug.repl))
      """, prints: "function\tfunction")
  ) { (caller: LuaCaller) -> VariadicResults<LuaValue> in
    let state = caller.state
    switch DebugPrompt(state, clearInterrupt: { HostModules.clearInterrupt(state) }).run() {
    case .values(let values): return VariadicResults(values)
    case .goOn, .retry: return VariadicResults([])
    }
  }
}
