import LuaRuntime

extension ModuleBuilder {
  /// Declares how a script reads what the user set for it.
  mutating func addSettings() {
    function(
      "settings",
      "Returns the settings of the script: the defaults, with what `--set name=value` says in their place. A value is a "
        + "number, true or false where it reads like one, else a string.", .caller,
      Parameter(
        "defaults", "By name; what is set must be one of them and of the same type. Without it, all that is set."),
      returns: "A table of values by name.",
      errors: ["A setting has no default, or one of another type."],
      example: Example(
        """
        local settings = fed.settings { lr = 0.1, rounds = 10 }  -- fedlua run script.lua --set rounds=3
        print(settings.lr, settings.rounds)
        """, prints: "0.1\t10")
    ) { (caller: LuaCaller, defaults: LuaTable?) in
      let given = caller.state.hostSettings.assignments.map { ($0.name, Setting($0.text)) }
      guard let defaults else { return LuaRecord(given.map { ($0.0, $0.1.value) }) }
      return try merged(given, into: defaults)
    }
  }
}

/// A value of the command line.
private struct Setting {
  let text: String
  let value: LuaValue

  init(_ text: String) {
    self.text = text
    value =
      if let whole = Int(text) { .integer(whole) } else if let number = Double(text), number.isFinite {
        .number(number)
      } else if let truth = Bool(text) { .boolean(truth) } else { .string(text) }
  }

  /// The value for a default of another value's type; nil if it has none.
  func fitting(_ fallback: LuaValue) -> LuaValue? {
    switch fallback {
    case .string: .string(text)
    case .integer, .number: value.typeName == "number" ? value : nil
    case .boolean: value.typeName == "boolean" ? value : nil
    default: value
    }
  }
}

private func merged(_ given: [(String, Setting)], into defaults: LuaTable) throws -> LuaRecord {
  var values: [(String, LuaValue)] = try defaults.entries().map { entry in
    guard case .string(let name) = entry.key else { throw LuaFailure("defaults have names, got the key \(entry.key)") }
    return (name, entry.value)
  }
  let names = values.map(\.0)
  for (name, setting) in given {
    guard let position = names.firstIndex(of: name) else {
      throw LuaFailure(
        "--set \(name)=\(setting.text): the script has no such setting" + suggestion(for: name, among: names)
          + (names.isEmpty ? "" : "; it has \(names.joined(separator: ", "))"))
    }
    guard let value = setting.fitting(values[position].1) else {
      throw LuaFailure("--set \(name)=\(setting.text): a \(values[position].1.typeName) is needed")
    }
    values[position].1 = value
  }
  return LuaRecord(values)
}
