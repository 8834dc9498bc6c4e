import LuaRuntime

private struct ProgressOptions: LuaOptions {
  @Required var name: String
  @Required var done: Int
  @Required var total: Int
  var note = ""

  static let fields = Fields<ProgressOptions> { field in
    field.required("name", \.$name, "What the work is called: sweep.")
    field.required("done", \.$done, "Parts that are done.", check: .atLeast(0))
    field.required("total", \.$total, "Parts in all.", check: .atLeast(1))
    field.option("note", \.note, "What the next part is.")
  }
}

extension ModuleBuilder {
  mutating func addProgress() {
    function(
      "progress",
      "Tells how far work around runs is, such as a sweep: a bar above those of rounds and clients shows it.",
      .caller, Parameter("options", "How far it is."), returns: "Nothing.",
      example: Example("print(fed.progress { name = \"sweep\", done = 1, total = 18, note = \"krum\" })", prints: "")
    ) { (caller: LuaCaller, options: ProgressOptions) in
      caller.state.hostSettings.onProgress?(
        .outer(name: options.name, done: options.done, total: options.total, note: options.note))
      return Nothing()
    }
  }
}
