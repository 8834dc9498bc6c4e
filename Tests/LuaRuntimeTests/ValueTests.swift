import LuaRuntime
import Testing

@Suite struct ValueTests {
  @Test("Swift reads tables in a sorted order, whatever order Lua keeps")
  func entries() throws {
    let state = try makeState()
    let table = try state.evaluate("return {20, 10, z = 1, a = 2, [2.5] = 3, [-1] = 4}", as: LuaTable.self)
    #expect(
      try table.entries().map(\.key) == [
        .integer(-1), .integer(1), .integer(2), .number(2.5), .string("a"), .string("z"),
      ])
    #expect(try table.count == 2)
    #expect(try table.get(2, as: Double.self) == 10)
    #expect(try state.evaluate("return {20, 10}", as: LuaTable.self).array(of: Int.self) == [20, 10])
    let lost = #expect(throws: LuaError.self) { try table.array(of: Int.self) }
    #expect(lost?.message == "a list goes from 1 to n and has no other keys, got the key -1 in a list of 2")
    let odd = try state.evaluate("return {[true] = 5}", as: LuaTable.self)
    #expect(throws: LuaError.self) { try odd.entries() }
  }

  @Test("A field of another type is an error that names it; an optional one may be missing")
  func fields() throws {
    let state = try makeState()
    let table = try state.evaluate("return {name = 'x'}", as: LuaTable.self)
    let error = #expect(throws: LuaError.self) { try table.get("name", as: Double.self) }
    #expect(error?.message == "field 'name': number expected, got string")
    #expect(try table.get("none", as: Double?.self) == nil)
    try table.set("none", 3.5)
    try table.set(1, [1, 2])
    #expect(try table.get("none", as: Double.self) == 3.5)
    #expect(try table.get(1, as: [Int].self) == [1, 2])
  }

  @Test("A dynamic value can be read as what it is, and passes through unchanged")
  func dynamic() throws {
    let state = try makeState()
    func value(_ text: String) throws -> LuaValue { try state.evaluate("return " + text, as: LuaValue.self) }
    #expect(try value("3").as(Int.self) == 3)
    #expect(try value("3").as(Double.self) == 3)
    #expect(try value("3.0").as(Int.self) == 3)
    #expect(try value("3.5").as(Int.self) == nil)
    #expect(try value("count.new(5)").as(Counter.self)?.value == 5)
    #expect(try value("count.new(5)").as(LuaTable.self) == nil)
    #expect(try value("{7}").as([Int].self) == [7])
    #expect(try value("nil").as(Int.self) == nil)
    #expect(try value("count.new(5)").typeName == "Counter")
    #expect(try value("{}").typeName == "table")
    let same = try state.evaluate("return function(f, x) return f(x) == x end", as: LuaFunction.self)
    let identity = try state.evaluate("return function(x) return x end", as: LuaFunction.self)
    for text in ["nil", "true", "1", "'x'", "{}", "print", "count.new(1)", "coroutine.create(print)"] {
      #expect(try same(identity, value(text), returning: Bool.self))
    }
  }

  @Test("A function returns all its results, and anything callable is a function")
  func functions() throws {
    let state = try makeState()
    let three = try state.evaluate("return function(...) return ..., 'b', nil end", as: LuaFunction.self)
    #expect(try three.results(of: 1, 2).map(\.typeName) == ["number", "string", "nil"])
    let callable = try state.evaluate(
      "return setmetatable({}, {__call = function(_, x) return x + 1 end})", as: LuaFunction.self)
    #expect(try callable(4, returning: Int.self) == 5)
    #expect(try state.evaluate("return count.new(3)", as: LuaFunction.self)(2, returning: Int.self) == 6)
  }

  @Test("A value outlives its use but not its state")
  func closedState() throws {
    var state: LuaState? = try makeState()
    let function = try #require(state).evaluate("return print", as: LuaFunction.self)
    state = nil
    let error = #expect(throws: LuaError.self) { try function.run() }
    #expect(error?.message == "the Lua state is closed")
  }

  @Test("Nothing but a name says what a class is: io's files and other userdata are refused")
  func foreignUserdata() throws {
    let state = try makeState()
    #expect(throws: LuaError.self) { try state.run("count.new(1).add(io.stdout)") }
    #expect(throws: LuaError.self) { try state.run("setmetatable(count.new(1), {})") }
    #expect(throws: LuaError.self) { try state.run("local it = count.new(1):steps(); count.new(1).add(it)") }
  }

  @Test("Names that differ by a slip are near, others are not")
  func suggestions() {
    #expect(suggestion(for: "cleints", among: ["rounds", "clients"]) == "; did you mean 'clients'?")
    #expect(suggestion(for: "xyz", among: ["rounds", "clients"]) == "")
    #expect(suggestion(for: "a", among: []) == "")
  }
}
