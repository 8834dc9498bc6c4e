import Federation
import LuaRuntime

/// Which parameters stay at the client: `"batch_norm"`, `"head"`, `"none"`, names, or a function of a name.
struct LocalParametersArgument: LuaReadable, Sendable {
  static var luaType: String { "string|string[]|function" }

  let parameters: LocalParameters

  static func read(
    _ frame: borrowing LuaFrame, _ index: Int32
  ) throws(LuaFailure) -> LocalParametersArgument {
    switch frame.kind(index) {
    case .string: LocalParametersArgument(parameters: named(try String.read(frame, index)))
    case .function: LocalParametersArgument(parameters: chosen(try LuaFunction.read(frame, index)))
    default: LocalParametersArgument(parameters: .named(try [String].read(frame, index)))
    }
  }

  static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    [.string, .function, .table].contains(frame.kind(index))
  }

  private static func named(_ name: String) -> LocalParameters {
    switch name {
    case "none": .none
    case "batch_norm": .batchNormalization
    case "head": .head
    default: .named([name])
    }
  }

  private static func chosen(_ function: LuaFunction) -> LocalParameters {
    .chosen { name in try function(name, returning: Bool?.self) ?? false }
  }
}
