/// What a value of a script is, in a form that a program can write down, compare and read back: plain values by value,
/// objects by the function that made them and what it was told, functions by their text.
public indirect enum Account: Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case list([Account])
  /// A table, or an object of the host that tells of itself.
  case fields([Field])
  /// What a documented function made, with its options; those that were left out have their defaults. Objects whose
  /// values changed since then say so in `beside`.
  case made(by: String, options: [Field], beside: [Field])
  /// A function of a script.
  case function(FunctionText)

  /// A named part.
  public struct Field: Sendable, Equatable {
    /// What it is called.
    public let name: String
    /// What it is.
    public let value: Account

    /// Names a part.
    public init(_ name: String, _ value: Account) {
      self.name = name
      self.value = value
    }
  }
}

/// Where a function of a script stands, what it says, and the numbers, texts and tables that it reads from around it.
public struct FunctionText: Sendable, Equatable {
  /// The file, or what stands for it.
  public let source: String
  /// Its first line, from 1.
  public let line: Int
  /// Its lines; nil where the source cannot be read any more.
  public let text: String?
  /// The variables that it captured, as far as they have a value to tell.
  public let captured: [Account.Field]
}

/// An object that can tell what it is beyond the call that made it.
public protocol LuaAccountable: LuaObject {
  /// - Parameter isMade: Whether the call that made the object is known; then only what that call does not tell.
  func account(isMade: Bool) -> [Account.Field]
}

extension Account {
  /// The options of a call that gave none.
  public static func defaults(of documents: [OptionDocument]) -> [Field] {
    documents.compactMap { document in
      guard let fallback = document.fallback, fallback != "nil", !document.name.hasPrefix("[") else { return nil }
      return Field(document.name, Account(luaText: fallback))
    }.sorted { $0.name < $1.name }
  }

  /// The value that a default in documentation stands for: `0.01`, `true`, `"auto"`; any other text as it is.
  init(luaText text: String) {
    if let number = Int(text) {
      self = .int(number)
    } else if let number = Double(text) {
      self = .double(number)
    } else if text == "true" || text == "false" {
      self = .bool(text == "true")
    } else if text == "{}" {
      self = .list([])
    } else if text.hasPrefix("{ "), text.hasSuffix(" }"), !text.dropFirst().contains("{") {
      self = .list(text.dropFirst(2).dropLast(2).split(separator: ", ").map { Account(luaText: String($0)) })
    } else if text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") {
      self = .string(String(text.dropFirst().dropLast()))
    } else {
      self = .string(text)
    }
  }
}
