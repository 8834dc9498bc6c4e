/// An error that came out of Lua, as Swift sees it.
public struct LuaError: Error, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: Sendable, Equatable {
    /// The text does not compile.
    case syntax
    /// The script, or a function it called, raised an error.
    case runtime
    /// Lua's memory limit was reached.
    case memory
    /// A limit of a sandbox was reached.
    case limit
    /// Ctrl-C, or a request for an interrupt.
    case interrupted
    /// A Lua function returned something else than was asked for.
    case result
  }

  public let kind: Kind
  /// The error's text, with `script.lua:12: ` in front where a line is known.
  public let message: String
  /// The innermost stack, also across calls from Lua to Swift and back.
  public let traceback: String?
  /// True for a syntax error at the end of the text: a prompt asks for another line.
  public let isIncomplete: Bool
  /// The error object if it is no text: it keeps its identity when the error is passed on.
  let value: LuaReference?

  public init(_ kind: Kind, _ message: String, traceback: String? = nil) {
    self.init(kind, message, traceback: traceback, isIncomplete: false, value: nil)
  }

  /// For a wrong result: what gave it.
  let origin: String?

  /// A result of another type than was asked for, with what gave it.
  init(_ kind: Kind, _ message: String, of origin: String) {
    self.init(kind, message, traceback: nil, isIncomplete: false, value: nil, origin: origin)
  }

  init(
    _ kind: Kind, _ message: String, traceback: String?, isIncomplete: Bool, value: LuaReference?, origin: String? = nil
  ) {
    self.origin = origin
    self.kind = kind
    self.message = message
    self.traceback = traceback
    self.isIncomplete = isIncomplete
    self.value = value
  }

  public var description: String { message }

  /// The text without `script.lua:12: ` in front.
  public var messageWithoutPlace: String {
    let parts = message.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, Int(parts[1]) != nil, parts[2].hasPrefix(" ") else { return message }
    return String(parts[2].dropFirst())
  }
}
