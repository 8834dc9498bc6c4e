/// All bindings of a list of modules and all functions that scripts defined, to be looked up by name.
public struct Registry: Sendable {
  public let modules: [BindingModule]
  /// Functions that scripts defined, in the order of their names.
  public let defined: [Binding]

  public init(_ modules: [BindingModule], defined: [Binding] = []) {
    self.modules = modules
    self.defined = defined.sorted { $0.fullName < $1.fullName }
  }

  /// Every class, in the order of the modules.
  public var classes: [ClassBindings] { modules.flatMap(\.classes) }

  /// Every plain table with known fields, in the order of the modules.
  public var tables: [TableShape] { modules.flatMap(\.tables) }

  /// Every binding that a script can reach: functions, then methods, properties and metamethods of each class.
  public var bindings: [Binding] { modules.flatMap { $0.functions + $0.classes.flatMap(\.members) } + defined }

  /// Finds `fed.zeros`, `Tensor:matmul`, `Tensor.shape`, or a last part such as `matmul` that several may share.
  public func bindings(named name: String) -> [Binding] {
    let exact = bindings.filter { $0.fullName == name || $0.fullName == name.replacing(".", with: ":") }
    if !exact.isEmpty { return exact }
    return bindings.filter { $0.name == name || $0.fullName.hasSuffix("." + name) }
  }

  /// Finds `Tensor` or `fed.Tensor`.
  public func type(named name: String) -> ClassBindings? {
    classes.first { $0.name == name || "fed." + $0.name == name }
  }

  /// Finds `RoundRecord` or `fed.RoundRecord`.
  public func table(named name: String) -> TableShape? {
    tables.first { $0.name == name || "fed." + $0.name == name }
  }

  /// Complaints about declarations that a reader could not use: the rules that keep the reference whole.
  ///
  /// Each binding needs a sentence that ends in a full stop, a sentence for every parameter, words for its result, and
  /// an example. Getters, operators and conversions to text need no example of their own.
  public func complaints() -> [String] {
    var complaints: [String] = []
    for binding in bindings {
      let text = binding.documentation
      func complain(_ words: String) { complaints.append("\(binding.fullName): \(words)") }
      if !text.sentence.hasSuffix(".") { complain("the sentence must end with a full stop") }
      for parameter in text.parameters where parameter.name != "self" && parameter.sentence.isEmpty {
        complain("parameter '\(parameter.name)' has no sentence")
      }
      for option in text.parameters.flatMap(\.options) where option.sentence.isEmpty {
        complain("option '\(option.name)' has no sentence")
      }
      guard binding.kind == .function || binding.kind == .method else { continue }
      if !text.returnType.isEmpty && text.returns.isEmpty { complain("says nothing of its result") }
      // What `close` does is the same for every class.
      if text.example == nil && binding.name != "close" { complain("has no example") }
    }
    for table in tables {
      if !table.sentence.hasSuffix(".") { complaints.append("\(table.name): the sentence must end with a full stop") }
      for field in table.fields where !field.sentence.hasSuffix(".") {
        complaints.append("\(table.name).\(field.name): the sentence must end with a full stop")
      }
    }
    return complaints + doubleNames()
  }

  /// An operator may share its name with a method: `x + y` and `x:add(y)` say the same.
  private func doubleNames() -> [String] {
    var seen: Set<String> = []
    let named = bindings.filter { [.function, .method, .getter].contains($0.kind) }
    return named.filter { !seen.insert($0.fullName).inserted }.map { "\($0.fullName): declared twice" }
  }
}

extension ClassBindings {
  /// Everything a script can do with an object, in the order of declaration.
  public var members: [Binding] { methods + getters + setters + metamethods.map(\.binding) + indexers }
}
