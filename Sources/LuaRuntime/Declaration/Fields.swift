import CLua

/// The fields of an options table, in the order of declaration.
public struct Fields<Root: LuaOptions>: Sendable {
  typealias Read = @Sendable (inout Root, borrowing LuaFrame, Int32) throws(LuaFailure) -> Void

  struct Field: Sendable {
    /// What documentation says; the defaults are the values of the options it is given.
    let document: @Sendable (Root) -> OptionDocument
    let read: Read
  }

  private(set) var all: [Field] = []
  private(set) var names = OptionNames()
  /// Reads the array part of the table, if it has a meaning.
  private(set) var items: Field?

  public init(_ build: (inout Fields) -> Void) {
    build(&self)
    assert(
      Mirror(reflecting: Root()).children.filter { $0.value is any AnyRequired }.count
        == names.all.filter(\.isRequired).count - optionalsThatAreRequired,
      "\(Root.self): each @Required property needs its field.required, and the reverse")
  }

  /// What documentation says of each field where the defaults are those of `root`.
  func documents(of root: Root) -> [OptionDocument] { (all + (items.map { [$0] } ?? [])).map { $0.document(root) } }

  /// Declares an option with the default of a fresh instance.
  ///
  /// - Parameters:
  ///   - type: What help calls the type, where that of Swift says less: `fun(round: Round): boolean?`.
  ///   - fallback: What help calls the default, where the value itself does not tell.
  public mutating func option<Value: LuaReadable>(
    _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, _ sentence: String,
    type: String? = nil, fallback: String? = nil, check: Check<Value>? = nil
  ) {
    let allowed = check?.allowed ?? allowedWords(Value.self)
    let document: @Sendable (Root) -> OptionDocument = { root in
      OptionDocument(
        name: name, type: type ?? Value.luaType, sentence: sentence, fallback: fallback ?? luaText(root[keyPath: path]),
        allowed: allowed, isRequired: false, options: Value.optionDocuments)
    }
    let read: Read = { (root: inout Root, frame: borrowing LuaFrame, index: Int32) throws(LuaFailure) in
      root[keyPath: path] = try readOption(name, frame, index, check)
    }
    names.add(name, type: Value.luaType, isRequired: false)
    all.append(Field(document: document, read: read))
  }

  /// Declares an option without a default, of a property that is ``Required``.
  public mutating func required<Value: LuaReadable>(
    _ name: String, _ path: any WritableKeyPath<Root, Required<Value>> & Sendable, _ sentence: String,
    check: Check<Value>? = nil
  ) {
    addRequired(name, sentence, check) {
      (root: inout Root, frame: borrowing LuaFrame, index: Int32) throws(LuaFailure) in
      root[keyPath: path].wrappedValue = try readOption(name, frame, index, check)
    }
  }

  /// Declares an option without a default, of a property that is optional in Swift.
  public mutating func required<Value: LuaReadable>(
    _ name: String, _ path: any WritableKeyPath<Root, Value?> & Sendable, _ sentence: String, check: Check<Value>? = nil
  ) {
    optionalsThatAreRequired += 1
    addRequired(name, sentence, check) {
      (root: inout Root, frame: borrowing LuaFrame, index: Int32) throws(LuaFailure) in
      root[keyPath: path] = try readOption(name, frame, index, check)
    }
  }

  private var optionalsThatAreRequired = 0

  private mutating func addRequired<Value: LuaReadable>(
    _ name: String, _ sentence: String, _ check: Check<Value>?, _ read: @escaping Read
  ) {
    let document = OptionDocument(
      name: name, type: Value.luaType, sentence: sentence, fallback: nil,
      allowed: check?.allowed ?? allowedWords(Value.self), isRequired: true, options: Value.optionDocuments)
    names.add(name, type: Value.luaType, isRequired: true)
    all.append(Field(document: { _ in document }, read: read))
  }

  /// Declares what the table's array part means: the sizes in `fed.randn { 2, 3, seed = 1 }`.
  public mutating func items<Element: LuaReadable>(
    _ name: String, _ path: any WritableKeyPath<Root, [Element]> & Sendable, _ sentence: String
  ) {
    let document = OptionDocument(
      name: "[1], [2], … (\(name))", type: Element.luaType, sentence: sentence, fallback: nil,
      allowed: allowedWords(Element.self), isRequired: false)
    let read: Read = { (root: inout Root, frame: borrowing LuaFrame, index: Int32) throws(LuaFailure) in
      do throws(LuaFailure) {
        root[keyPath: path] = try frame.elements(index)
      } catch { throw error.about(name) }
    }
    names.hasItems = true
    items = Field(document: { _ in document }, read: read)
  }
}

/// What values of a type are allowed beyond the type, in words; nil if all are.
func allowedWords<Value: LuaReadable>(_ type: Value.Type) -> String? {
  let names = type.allowedNames
  return names.isEmpty ? nil : words(allowing: names)
}

private func readOption<Value: LuaReadable>(
  _ name: String, _ frame: borrowing LuaFrame, _ index: Int32, _ check: Check<Value>?
) throws(LuaFailure) -> Value {
  var value: Value
  do throws(LuaFailure) {
    value = try Value.read(frame, index)
    value.wasGiven(as: name)
  } catch { throw error.about("option '\(name)'") }
  if let check, !check.accepts(value) { throw LuaFailure("option '\(name)' \(check.refusal(value))") }
  return value
}
