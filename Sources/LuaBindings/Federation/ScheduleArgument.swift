import Attacks
import LuaRuntime

/// How strong an attack is: a number, or a function of the round's number that may return nil for rest.
struct ScheduleArgument: LuaReadable, Sendable {
  static var luaType: String { "number|function" }

  private let value: Either<Double, LuaFunction>

  init(_ value: Double) { self.value = .first(value) }

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> ScheduleArgument {
    ScheduleArgument(value: try Either<Double, LuaFunction>.read(frame, index))
  }

  private init(value: Either<Double, LuaFunction>) { self.value = value }

  static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    Either<Double, LuaFunction>.matches(frame, index)
  }

  var schedule: Schedule {
    switch value {
    case .first(let number): Schedule(number)
    case .second(let function): Schedule { round in try function(round, returning: Double?.self) }
    }
  }
}
