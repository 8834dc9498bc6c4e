import LuaRuntime
import Testing

/// An object whose method of scalars runs a Lua function, which may close the object.
private final class Keeper: LuaObject, @unchecked Sendable {
  static let luaClass = LuaClass("Keeper")

  let counter: Counter
  var rule: LuaFunction?

  init(_ value: Int) { counter = Counter(value) }
}

private let keeperClass = ClassBindings(Keeper.self, "Keeps a function.") { type in
  type.method("on", "Sets the function.", Parameter("rule", "")) { (keeper: Keeper, rule: LuaFunction) in
    keeper.rule = rule
    return Nothing()
  }
  type.method("run", "Runs the function, then adds.", Parameter("amount", "")) { (keeper: Keeper, amount: Int) in
    try keeper.rule?.run(amount)
    return keeper.counter.value + amount
  }
  type.method("value", "The value.") { (keeper: Keeper) in keeper.counter.value }
  type.method("mix", "Two kinds.", Parameter("a", ""), Parameter("b", "")) {
    (keeper: Keeper, a: Double, b: Bool) in b ? Double(keeper.counter.value) + a : -a
  }
  type.method("check", "Fails below 0.", Parameter("amount", "")) { (keeper: Keeper, amount: Int) -> Nothing in
    if amount < 0 { throw ComputeError(description: "check: \(amount) is negative") }
    return Nothing()
  }
  type.closable { _ in }
}

private let scalarModule = BindingModule("fed.scalars", "Scalars.", classes: [keeperClass]) { module in
  module.function("keeper", "Makes a keeper.", Parameter("value", "")) { (value: Int) in Keeper(value) }
  module.function("bits", "The same bits.", Parameter("a", "")) { (a: UInt64) in a }
  module.function("single", "Rounds.", Parameter("a", "")) { (a: Float) in a }
  module.function("flip", "Negates.", Parameter("a", "")) { (a: Bool) in !a }
  module.function("both", "Multiplies.", Parameter("a", ""), Parameter("b", "")) { (a: Int, b: Double) in Double(a) * b
  }
  module.function("none", "Nothing.", Parameter("a", "")) { (_: Double) in Nothing() }
}

/// Calls whose arguments and results are scalars take a way of their own through C.
@Suite struct ScalarCallTests {
  private func state() throws -> LuaState {
    let state = try LuaState()
    state.open(countModule)
    state.open(scalarModule)
    try state.run("fed = require 'fed'; scalars = fed.scalars")
    return state
  }

  @Test(
    "Every kind crosses, also where the value must be converted first",
    arguments: [
      ("return scalars.bits(-1)", "-1"), ("return scalars.single(0.1)", "0.10000000149012"),
      ("return scalars.single(3)", "3.0"), ("return scalars.flip(false)", "true"),
      ("return scalars.both(3, 0.5)", "1.5"),
      ("return scalars.both(3.0, 2)", "6.0"), ("return select('#', scalars.none(1))", "0"),
      ("return scalars.both(2, 3, nil)", "6.0"), ("return scalars.keeper(4):value()", "4"),
      ("return scalars.keeper(4):run(3)", "7"), ("return scalars.keeper(4):run(3.0)", "7"),
      ("return scalars.keeper(4):mix(0.5, true)", "4.5"), ("return scalars.keeper(4):mix(2, false)", "-2.0"),
      ("return select('#', scalars.keeper(4):check(1))", "0"),
    ])
  func crossing(script: String, expected: String) throws {
    #expect(try state().evaluate("return tostring((function() \(script) end)())", as: String.self) == expected)
  }

  @Test(
    "Mistakes are told as in any other call",
    arguments: [
      ("scalars.flip(0)", "bad argument #1 'a' to 'fed.scalars.flip' (boolean expected, got number)"),
      ("scalars.both('3', 1)", "bad argument #1 'a' to 'fed.scalars.both' (integer expected, got string)"),
      ("scalars.both(1, '3')", "bad argument #2 'b' to 'fed.scalars.both' (number expected, got string)"),
      ("scalars.both(1.5, 1)", "bad argument #1 'a' to 'fed.scalars.both' (integer expected, got 1.5)"),
      ("scalars.both(1)", "bad argument #2 'b' to 'fed.scalars.both' (number expected, got no value)"),
      ("scalars.keeper(1).value(fed.count.new(1))", "bad self in call of 'Keeper:value' (Keeper expected, got Counter"),
      ("scalars.keeper(1).value(io.stdout)", "bad self in call of 'Keeper:value' (Keeper expected, got userdata"),
      ("local k = scalars.keeper(1); k:close(); k:run(1)", "Keeper:run: the Keeper is closed"),
      ("scalars.keeper(1):check(-2)", "script:1: Keeper:check: -2 is negative"),
    ])
  func mistakes(script: String, expected: String) throws {
    let text = try state().evaluate(
      "local _, e = pcall(function() \(script) end); return e", as: String.self)
    #expect(text.contains(expected))
  }

  @Test("An object that is closed while its method runs lives until the last call returns")
  func closedInCall() throws {
    let tally = Tally()
    try Tally.$current.withValue(tally) {
      let state = try state()
      let script = """
        local k <const> = scalars.keeper(40)
        local depth = 0
        k:on(function(x)
          depth = depth + 1
          if depth < 3 then return k:run(x) end
          k:close()
          collectgarbage()
          assert(not pcall(k.value, k), "it is closed")
          return fed.count.live()
        end)
        local sum = k:run(2)
        return sum * 10 + fed.count.live()
        """
      #expect(try state.evaluate(script, as: Int.self) == 420)
      #expect(tally.count == 0)
    }
  }

  @Test("An error in a nested call gives up a closed object too")
  func failedInCall() throws {
    let tally = Tally()
    try Tally.$current.withValue(tally) {
      let state = try state()
      let script = """
        local k = scalars.keeper(1)
        k:on(function() k:close(); error("stop") end)
        local ok, message = pcall(k.run, k, 1)
        return message .. " " .. fed.count.live()
        """
      #expect(try state.evaluate(script, as: String.self).hasSuffix("stop 0"))
    }
  }

  @Test("help knows a function of scalars by its value")
  func help() throws {
    let state = try state()
    state.openHelp()
    var lines: [String] = []
    state.redirectPrint { lines.append($0) }
    try state.run("help(scalars.both)")
    #expect(lines.joined(separator: "\n").hasPrefix("fed.scalars.both(a: integer, b: number) -> number"))
  }
}
