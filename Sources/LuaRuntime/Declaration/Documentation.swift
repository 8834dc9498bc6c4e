/// What documentation says of one parameter.
public struct ParameterDocument: Sendable {
  public let name: String
  /// In the notation of LuaCATS: `number`, `Tensor|number`, `integer...`.
  public let type: String
  public let sentence: String
  /// The default as Lua text, if there is one.
  public let fallback: String?
  /// What values are allowed beyond the type: `at least 1`.
  public let allowed: String?
  /// The options of a table parameter.
  public let options: [OptionDocument]

  public init(
    _ name: String, _ type: String, _ sentence: String = "", fallback: String? = nil, allowed: String? = nil,
    options: [OptionDocument] = []
  ) {
    self.name = name
    self.type = type
    self.sentence = sentence
    self.fallback = fallback
    self.allowed = allowed
    self.options = options
  }
}

/// What documentation says of one field of an options table.
public struct OptionDocument: Sendable {
  public let name: String
  public let type: String
  public let sentence: String
  public let fallback: String?
  public let allowed: String?
  public let isRequired: Bool
  /// The options of a table within the table.
  public let options: [OptionDocument]

  init(
    name: String, type: String, sentence: String, fallback: String?, allowed: String?, isRequired: Bool,
    options: [OptionDocument] = []
  ) {
    self.name = name
    self.type = type
    self.sentence = sentence
    self.fallback = fallback
    self.allowed = allowed
    self.isRequired = isRequired
    self.options = options
  }
}

/// Lua code with what it prints. Every example is executed by the tests, with `fed` defined.
public struct Example: Sendable {
  public let code: String
  public let output: String

  public init(_ code: String, prints output: String) {
    self.code = code
    self.output = output
  }
}

/// Everything a reader is told about a binding.
public struct Documentation: Sendable {
  public var sentence: String
  public var parameters: [ParameterDocument] = []
  public var returnType = ""
  public var returns = ""
  public var errors: [String] = []
  public var source: String?
  /// Where it departs from its source; native functions tell that beside the code.
  public var deviation: String?
  public var example: Example?

  public init(
    _ sentence: String, parameters: [ParameterDocument] = [], returnType: String = "", returns: String = "",
    errors: [String] = [], source: String? = nil, example: Example? = nil
  ) {
    self.sentence = sentence
    self.parameters = parameters
    self.returnType = returnType
    self.returns = returns
    self.errors = errors
    self.source = source
    self.example = example
  }
}
