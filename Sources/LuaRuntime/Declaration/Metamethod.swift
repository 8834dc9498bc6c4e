/// The events of Lua that a class can answer.
public enum Metamethod: String, Sendable, CaseIterable {
  case add = "__add"
  case sub = "__sub"
  case mul = "__mul"
  case div = "__div"
  case mod = "__mod"
  case pow = "__pow"
  case unm = "__unm"
  case idiv = "__idiv"
  case concat = "__concat"
  case len = "__len"
  case eq = "__eq"
  case lt = "__lt"
  case le = "__le"
  case call = "__call"
  case tostring = "__tostring"
  case pairs = "__pairs"
  case close = "__close"
  case index = "__index"
  case newindex = "__newindex"

  /// The name compute code uses in its messages: `x - y` and `x:sub(y)` say the same.
  var operation: String { self == .unm ? "neg" : String(rawValue.dropFirst(2)) }

  /// The sign of an operator; nil for what is written otherwise.
  var sign: String? {
    let signs: [Metamethod: String] = [
      .add: "+", .sub: "-", .mul: "*", .div: "/", .mod: "%", .pow: "^", .unm: "-", .idiv: "//", .concat: "..",
      .eq: "==", .lt: "<", .le: "<=",
    ]
    return signs[self]
  }

  /// How documentation and messages name the event for a class.
  func displayName(_ owner: String) -> String {
    switch self {
    case .index: "\(owner)[key]"
    case .newindex: "\(owner)[key] = value"
    case .call: "\(owner)(…)"
    case .len: "#\(owner)"
    case .tostring: "tostring(\(owner))"
    default: "\(owner):\(operation)"
    }
  }

  /// Whether the first operand is always the object itself.
  var takesSelf: Bool {
    switch self {
    case .call, .tostring, .pairs, .close, .index, .newindex, .len, .unm: true
    default: false
    }
  }
}
