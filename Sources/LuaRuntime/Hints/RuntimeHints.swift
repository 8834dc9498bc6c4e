extension ErrorHint {
  /// Hints for Lua's own messages about values, from what the registry knows of methods and properties.
  static let ofRuntime: [ErrorHint] = [
    propertyCalled,
    methodMissing,
    objectInLoop,
    ErrorHint("attempt to call a table value (for iterator", advice: "walk over a list with ipairs(list)"),
    ErrorHint(
      "perform arithmetic on a string value", advice: "text is joined by .., and tonumber makes a number of it"),
    ErrorHint("attempt to add a 'string' with a 'string'", advice: "text is joined by .."),
    ErrorHint { report in
      guard let name = report.message.between("attempt to concatenate a ", " value"),
        report.registry.type(named: name) != nil
      else { return nil }
      return "tostring(x) makes text of it"
    },
  ]

  /// `x:shape()`
  private static let propertyCalled = ErrorHint { report in
    guard report.message.contains("attempt to call a "), !report.message.contains("attempt to call a nil"),
      let name = report.message.between("value (method '", "'"),
      let owner = report.registry.classes.first(where: { type in type.getters.contains { $0.name == name } })
    else { return nil }
    return "\(owner.name).\(name) is a property: write x.\(name), without ()"
  }

  /// `list:sum()`, where the list is no tensor
  private static let methodMissing = ErrorHint { report in
    guard report.message.contains("attempt to call a nil value"),
      let name = report.message.between("value (method '", "'")
    else { return nil }
    let owners = report.registry.classes.filter { type in type.methods.contains { $0.name == name } }.map(\.name)
    guard !owners.isEmpty else { return nil }
    let shown = owners.prefix(3).joined(separator: ", ")
    return "'\(name)' is a method of \(shown), and this is a plain table; fed.tensor(list) makes a tensor of one"
  }

  /// `for round in run do`, `for i, update in pairs(updates) do`
  private static let objectInLoop = ErrorHint { report in
    let name =
      report.message.between("attempt to call a ", " value (for iterator")
      ?? report.message.between("'for iterator' (table expected, got ", ")")
    guard let name, let type = report.registry.type(named: name) else { return nil }
    if let walker = type.methods.first(where: { $0.documentation.returnType.hasPrefix("fun(") }) {
      return "walk with for … in x:\(walker.name)() do"
    }
    guard type.metamethods.contains(where: { $0.event == .len }), !type.indexers.isEmpty else { return nil }
    return "walk with for i, value in ipairs(x) do, or for i = 1, #x do"
  }
}
