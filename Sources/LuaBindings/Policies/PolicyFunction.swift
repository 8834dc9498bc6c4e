import LuaRuntime

/// A function of a policy, as scripts of the host hold it.
final class PolicyFunction: LuaObject {
  static let luaClass = LuaClass("PolicyFunction")

  /// The file that it comes from.
  let name: String
  private let body: ([CrossingValue]) throws -> [CrossingValue]

  init(name: String, _ body: @escaping ([CrossingValue]) throws -> [CrossingValue]) {
    self.name = name
    self.body = body
  }

  /// Calls it with values of another state.
  func call(_ arguments: [CrossingValue]) throws -> [CrossingValue] { try body(arguments) }

  /// Calls it with the arguments from the second one on.
  fileprivate func call(_ frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 {
    let reader = CrossingReader(object: { $0 }) { _ in
      throw LuaFailure("a function cannot enter a policy; pass the values that it would give")
    }
    var arguments: [CrossingValue] = []
    for index in stride(from: 2, through: frame.count, by: 1) { arguments.append(try reader.value(frame, index)) }
    do {
      let results = try body(arguments)
      for result in results { _ = result.write(frame) }
      return Int32(results.count)
    } catch { throw LuaFailure(wrapping: error) }
  }
}

let policyFunctionClass = ClassBindings(PolicyFunction.self, "A function of a policy, called where the policy runs.") {
  type in
  type.explicitMetamethod(
    .call,
    Documentation(
      "Calls the function: objects go over as they are, plain data as copies.",
      parameters: [ParameterDocument("arguments", "any...", "What it gets.")], returnType: "any",
      returns: "What it returns.")
  ) { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
    try frame.object(1, as: PolicyFunction.self).call(frame)
  }
  type.description { (function: PolicyFunction) in "function of \(function.name)" }
}

/// A policy's function as a function of the host, so that it stands wherever one of the host's own may stand.
struct HostedFunction: LuaWritable {
  static var luaType: String { "function" }

  private let function: PolicyFunction

  init(_ function: PolicyFunction) { self.function = function }

  /// The function in a state of the host.
  func function(in host: LuaState) throws(LuaError) -> LuaFunction {
    let wrap = try host.compile("local call = ... return function(...) return call(...) end", name: "=fed/policy.lua")
    return try wrap(function, returning: LuaFunction.self)
  }

  func write(_ frame: borrowing LuaFrame) -> Int32 {
    guard let hosted = try? function(in: frame.state) else { return frame.writeNil() }
    return hosted.write(frame)
  }
}
