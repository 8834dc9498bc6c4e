/// The text of `help`, the same wherever it is shown.
public struct HelpText {
  private let registry: Registry

  public init(_ registry: Registry) { self.registry = registry }

  /// The text for a name: a binding, a class or a module. Nil if there is none.
  public func text(for name: String) -> String? {
    let modules = registry.modules.filter { $0.name == name && !name.isEmpty }
    if !modules.isEmpty { return text(of: modules) }
    if let type = registry.type(named: name) { return text(of: type) }
    if let table = registry.table(named: name) { return text(of: table) }
    let found = registry.bindings(named: name)
    if found.isEmpty { return nil }
    let named = found.filter { [.function, .method, .getter].contains($0.kind) }  // `x:add(y)` before `x + y`
    return (named.isEmpty ? found : named).map(text(of:)).joined(separator: "\n\n")
  }

  /// The names nearest to one that is unknown, in words.
  public func suggestion(for name: String) -> String {
    let known =
      registry.modules.map(\.name) + registry.classes.map(\.name) + registry.tables.map(\.name)
      + registry.bindings.map(\.fullName)
    let full = LuaRuntime.suggestion(for: name, among: known)
    return full.isEmpty ? LuaRuntime.suggestion(for: name, among: registry.bindings.map(\.name)) : full
  }

  /// What there is: each module with its functions, scripts and classes.
  ///
  /// - Parameter scripts: The names of the modules that are written in Lua.
  public func overview(scripts: [String] = []) -> String {
    let folders = scripts.compactMap { module in
      module.lastIndex(of: ".").map { dot in (module[..<dot], module[module.index(after: dot)...]) }
    }
    var names: [String] = []
    for name in registry.modules.map(\.name) + folders.map({ String($0.0) })
    where !name.isEmpty && !names.contains(name) {
      names.append(name)
    }
    let paragraphs = names.map { name in
      let parts = registry.modules.filter { $0.name == name }
      let members = parts.flatMap { $0.functions.map(\.name) } + folders.filter { $0.0 == name }.map { String($0.1) }
      return name + (parts.first.map { ": " + $0.sentence } ?? "") + "\n"
        + wrapped(members + parts.flatMap { $0.classes.map(\.name) + $0.tables.map(\.name) })
    }
    return paragraphs.joined(separator: "\n\n")
      + "\n\nhelp(value), help(\"fed.name\") or help(\"Class:method\") tells more."
  }

  /// Signature, sentence, parameters, defaults, result, errors, source and example.
  public func text(of binding: Binding) -> String {
    let text = binding.documentation
    var lines = [binding.signature, "", "  " + text.sentence]
    lines += section("Parameters", visible(text.parameters).map(line))
    for parameter in text.parameters where !parameter.options.isEmpty {
      lines += section("Options", parameter.options.map(line))
    }
    if !text.returns.isEmpty { lines += section("Returns", [text.returns]) }
    lines += section("Errors", text.errors)
    lines += section("Source", text.source.map { [$0] } ?? [])
    lines += section("Deviation", text.deviation.map { [$0] } ?? [])
    if let example = text.example {
      lines += section("Example", codeLines(example.code, prefix: "") + codeLines(example.output, prefix: "--> "))
    }
    return lines.joined(separator: "\n")
  }

  func text(of type: ClassBindings) -> String {
    var lines = [type.name, "", "  " + type.sentence]
    lines += section(
      "Properties", type.getters.map { "\($0.name): \($0.documentation.returnType)  \($0.documentation.sentence)" })
    lines += section("Methods", type.methods.map { "\($0.signature)  \($0.documentation.sentence)" })
    let operators = type.indexers + type.metamethods.map(\.binding)
    lines += section("Operators", operators.map { "\($0.operatorText)  \($0.documentation.sentence)" })
    return lines.joined(separator: "\n")
  }

  func text(of table: TableShape) -> String {
    var lines = [table.name, "", "  " + table.sentence]
    lines += section("Fields", table.fields.map { "\($0.name): \($0.type)  \($0.sentence)" })
    lines += section("Other names", table.others.map { [$0] } ?? [])
    return lines.joined(separator: "\n")
  }

  /// The text of all modules that share a name.
  private func text(of modules: [BindingModule]) -> String {
    var lines = [modules[0].name, ""] + modules.map { "  " + $0.sentence }
    let functions = modules.flatMap(\.functions), classes = modules.flatMap(\.classes)
    lines += section("Functions", functions.map { "\($0.signature)  \($0.documentation.sentence)" })
    lines += section("Classes", classes.map { "\($0.name)  \($0.sentence)" })
    lines += section("Tables", modules.flatMap(\.tables).map { "\($0.name)  \($0.sentence)" })
    return lines.joined(separator: "\n")
  }

  private func visible(_ parameters: [ParameterDocument]) -> [ParameterDocument] {
    parameters.filter { $0.name != "self" }
  }

  private func line(_ parameter: ParameterDocument) -> String {
    line(parameter.name, parameter.type, parameter.sentence, parameter.fallback, parameter.allowed, isRequired: false)
  }

  private func line(_ option: OptionDocument) -> String {
    line(option.name, option.type, option.sentence, option.fallback, option.allowed, isRequired: option.isRequired)
  }

  private func line(
    _ name: String, _ type: String, _ sentence: String, _ fallback: String?, _ allowed: String?, isRequired: Bool
  ) -> String {
    var words = ["\(name): \(type)"]
    if !sentence.isEmpty { words.append(" " + sentence) }
    if isRequired { words.append("Required.") }
    if let allowed { words.append("Must be \(allowed).") }
    if let fallback, fallback != "nil" { words.append("Default: \(fallback).") }
    return words.joined(separator: " ")
  }

  private func section(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : ["", "  \(title)"] + lines.map { "    " + $0 }
  }

  private func codeLines(_ text: String, prefix: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { prefix + $0 }
  }

  /// Names in lines of at most 100 characters.
  private func wrapped(_ names: [String]) -> String {
    var lines = [""]
    for name in names {
      if lines.last!.count + name.count > 96 { lines.append("") }
      lines[lines.count - 1] += lines.last!.isEmpty ? "  " + name : ", " + name
    }
    return lines.joined(separator: ",\n")
  }
}

extension Binding {
  /// How a script writes the operator: `x + y`.
  var operatorText: String {
    guard case .metamethod(let event) = kind, let sign = event.sign else { return fullName }
    return event == .unm ? "-x" : "x \(sign) y"
  }

  /// `Tensor:sum(axis: integer?, keep: boolean = false) -> Tensor`
  public var signature: String {
    let result = documentation.returnType.isEmpty ? "" : " -> \(documentation.returnType)"
    switch kind {
    case .getter, .setter: return "\(fullName): \(documentation.returnType)"
    case .metamethod(.call): return "\(owner)(\(parameterList))\(result)"
    case .metamethod(.index), .metamethod(.newindex), .metamethod(.len), .metamethod(.tostring):
      return fullName + result
    default: return "\(fullName)(\(parameterList))\(result)"
    }
  }

  private var parameterList: String {
    parameters.filter { $0.name != "self" }.map { parameter in
      let fallback = parameter.fallback.flatMap { $0 == "nil" ? nil : " = \($0)" } ?? ""
      return "\(parameter.name): \(parameter.type)\(fallback)"
    }.joined(separator: ", ")
  }
}
