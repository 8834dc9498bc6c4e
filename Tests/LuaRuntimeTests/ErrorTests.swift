import LuaRuntime
import Testing

@Suite struct ErrorTests {
  private func failure(_ script: String) throws -> LuaError {
    let state = try makeState()
    return try #require(throws: LuaError.self) { try state.run(script, name: "=demo") }
  }

  @Test("The traceback shows the innermost stack through Lua, Swift and Lua")
  func traceback() throws {
    let error = try failure(
      """
      local function median(updates)
        return updates.nope.field
      end
      local function experiment()
        local r = count.call(function(x) local m = median(x) return m end, {})
        return r
      end
      experiment()
      """)
    #expect(error.message == "demo:2: attempt to index a nil value (field 'nope')")
    let lines = try #require(error.traceback).split(separator: "\n").map { $0.drop { $0 == "\t" } }
    #expect(
      lines == [
        "stack traceback:", "demo:2: in upvalue 'median'", "demo:5: in function <demo:5>",
        "[C]: in function 'fed.count.call'", "demo:5: in local 'experiment'", "demo:8: in main chunk",
      ])
  }

  @Test("The traceback of an error in a wrapped coroutine shows the coroutine")
  func coroutineTraceback() throws {
    let error = try failure("local f = coroutine.wrap(function()\n local x = nil + 1 end)\nf()")
    #expect(error.message == "demo:2: attempt to perform arithmetic on a nil value")
    #expect(error.traceback?.contains("demo:2: in function <demo:1>") == true)
  }

  @Test("A table raised as an error keeps its identity through Swift")
  func identity() throws {
    let state = try makeState()
    let same = try state.evaluate(
      """
      local raised = setmetatable({code = 7}, {__tostring = function(e) return 'code ' .. e.code end})
      local ok, caught = pcall(count.call, function() error(raised) end)
      return not ok and caught == raised
      """, as: Bool.self)
    #expect(same)
    let error = #expect(throws: LuaError.self) {
      try state.run("error(setmetatable({}, {__tostring = function() return 'speaks' end}))")
    }
    #expect(error?.message == "speaks")
    #expect(throws: LuaError.self) { try state.run("error({})") }
    #expect(throws: LuaError.self) { try state.run("error(nil)") }
  }

  @Test("An error caught by pcall leaves no trace in the next one")
  func freshTraceback() throws {
    let error = try failure("pcall(count.call, function() error('first') end)\n\nlocal x = nil + 1")
    #expect(error.traceback?.contains("demo:3: in main chunk") == true)
    #expect(error.traceback?.contains("fed.count.call") == false)
  }

  @Test("xpcall's handler sees the error, and results pass through pcall")
  func handlers() throws {
    let state = try makeState()
    let text = try state.evaluate(
      """
      local a = select(2, xpcall(function(x) error(x, 0) end, function(m) return m .. '!' end, 'bad'))
      local b = select('#', pcall(function(...) return ... end, 1, nil, nil))
      local c = select(3, xpcall(function(...) return ... end, print, 1, 2))
      return a .. b .. c
      """, as: String.self)
    #expect(text == "bad!42")
  }

  @Test("A binding can yield as its last act; a callback from Swift cannot")
  func yields() throws {
    let state = try makeState()
    let value = try state.evaluate(
      "local co = coroutine.wrap(function() local r = count.yield(21) return r end) return co() .. co('!')",
      as: String.self)
    #expect(value == "42.0!")
    let error = #expect(throws: LuaError.self) {
      try state.run("coroutine.wrap(function() count.call(function() coroutine.yield() end) end)()")
    }
    #expect(error?.message.contains("attempt to yield across a C-call boundary") == true)
  }

  @Test("A coroutine may yield inside pcall and xpcall, and fail after it")
  func yieldsInsidePcall() throws {
    let state = try makeState()
    let text = try state.evaluate(
      """
      local co = coroutine.wrap(function()
        local ok, a = pcall(function() local x = coroutine.yield('y1') error(x, 0) end)
        local _, b = xpcall(function() local x = coroutine.yield('y2') error(x, 0) end, function(m) return m .. '!' end)
        return a .. b
      end)
      return co() .. co('e1') .. co('e2')
      """, as: String.self)
    #expect(text == "y1y2e1e2!")
  }

  @Test("Endless recursion through Swift is an error, and the state goes on")
  func recursion() throws {
    let state = try makeState()
    let error = #expect(throws: LuaError.self) { try state.run("function f() return count.call(f) end f()") }
    #expect(error?.message.contains("stack overflow") == true)
    #expect(try state.evaluate("return count.sum(1, 2)", as: Double.self) == 3)
  }

  @Test("An error of a Lua function can be given its context in Swift")
  func prefixed() throws {
    let error = try failure("error('lost', 0)").prefixed("client 3")
    #expect(error.message == "client 3: lost")
    #expect(error.description == error.message)
  }

  @Test("A syntax error names its line, and an unfinished text is told apart")
  func syntax() throws {
    #expect(try failure("x = = 1").kind == .syntax)
    #expect(try failure("x = = 1").isIncomplete == false)
    #expect(try failure("for i = 1, 2 do").isIncomplete)
  }

  @Test("A result of another type is an error that names both types")
  func results() throws {
    let state = try makeState()
    let error = #expect(throws: LuaError.self) { try state.evaluate("return 'x'", as: Double.self) }
    #expect(error?.kind == .result)
    #expect(error?.message == "number expected, got string")
  }

  @Test("Bytecode and the unsafe parts of debug are out of reach")
  func unsafe() throws {
    let state = try makeState()
    let text = try state.evaluate(
      """
      local ok, message = load(string.dump(function() end))
      return tostring(ok) .. ' ' .. message .. ' ' .. tostring(debug.setupvalue) .. load('return 3', 'x', 'b', {})()
      """, as: String.self)
    #expect(text == "nil attempt to load a binary chunk (mode is 't') nil3")
  }

  @Test("math.random repeats from state to state and needs a seed to be seeded")
  func random() throws {
    let draw = "return math.random(1 << 40)"
    #expect(try makeState().evaluate(draw, as: Int.self) == makeState().evaluate(draw, as: Int.self))
    var settings = LuaSettings()
    settings.seed = 1
    #expect(try makeState(settings).evaluate(draw, as: Int.self) != makeState().evaluate(draw, as: Int.self))
    #expect(try failure("math.randomseed()").message.contains("a seed is needed"))
  }
}
