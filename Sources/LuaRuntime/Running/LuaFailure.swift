/// What a binding throws to become a Lua error.
///
/// It never crosses C: the dispatcher turns it into a status, and C raises once every Swift frame has returned.
/// The dispatcher adds the script's line and the full name of the binding.
public struct LuaFailure: Error, CustomStringConvertible {
  enum Kind {
    /// `script.lua:3: fed.zeros: message`
    case runtime
    /// `script.lua:3: message`
    case plain
    /// `bad argument #2 'axis' to 'Tensor:sum' (message)`; the stack index of the argument.
    case argument(Int32)
    /// `fed.zeros: axis message`; the stack index of an argument of the right type but a forbidden value.
    case value(Int32)
    /// An error that came out of Lua passes through unchanged.
    case rethrow(LuaError)
  }

  let kind: Kind
  public let message: String

  /// A failure with the script's line and the binding's name in front of `message`.
  public init(_ message: String) {
    kind = .runtime
    self.message = message
  }

  init(_ kind: Kind, _ message: String = "") {
    self.kind = kind
    self.message = message
  }

  /// A failure with the script's line alone in front of `message`.
  public static func plain(_ message: String) -> LuaFailure { LuaFailure(.plain, message) }

  /// Blames the argument at a stack index for its type.
  public static func argument(_ index: Int32, _ message: String) -> LuaFailure { LuaFailure(.argument(index), message) }

  /// Passes an error of a Lua function on with its value, line and traceback.
  public static func rethrow(_ error: LuaError) -> LuaFailure { LuaFailure(.rethrow(error), error.message) }

  /// Wraps whatever compute code threw: its description becomes the message.
  public init(wrapping error: any Error) {
    if let failure = error as? LuaFailure {
      self = failure
    } else if let error = error as? LuaError {
      // What a function returned is no error of its own, so it has no line yet.
      let text = (error.origin.map { "\($0): " } ?? "") + error.message
      self = error.kind == .result ? LuaFailure(text) : .rethrow(error)
    } else {
      self.init(String(describing: error))
    }
  }

  /// The same failure of a value that is assigned to a property.
  @usableFromInline
  var aboutAssigned: LuaFailure {
    if case .value = kind { return about("the value") }
    return LuaFailure(message)
  }

  /// Whether it is an error that passes through, and so no mistake in the call.
  var comesFromLua: Bool {
    if case .rethrow = kind { return true }
    return false
  }

  /// The same failure of a part: `option 'rate': number expected`, `option 'rate' = 3 is not allowed`.
  @usableFromInline
  func about(_ part: String) -> LuaFailure {
    if case .value = kind { return LuaFailure("\(part) \(message)") }
    return LuaFailure("\(part): \(message)")
  }

  public var description: String { message }
}
