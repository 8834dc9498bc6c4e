import Foundation
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
    #expect(error.message == "demo:3: demo:2: attempt to perform arithmetic on a nil value")
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

  @Test("A callback called from Swift cannot yield")
  func yields() throws {
    let state = try makeState()
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
      return tostring(ok) .. ' ' .. message .. ' ' .. tostring(debug.setupvalue) .. load('return 3', 'x', 't', {})()
      """, as: String.self)
    #expect(text == "nil attempt to load a binary chunk (mode is 't') nil3")
  }

  @Test("A mode without t refuses text, as Lua's manual says, and never lets bytecode in")
  func modes() throws {
    let state = try makeState()
    let text = try state.evaluate(
      """
      local a, why = load('return 3', 'x', 'b')
      local b = load(string.dump(function() end), 'x', 'b')
      local ok, wrong = pcall(load, 'return 3', 'x', {})
      return tostring(a) .. tostring(b) .. tostring(ok) .. ' ' .. why .. '; ' .. wrong
      """, as: String.self)
    #expect(text.hasPrefix("nilnilfalse attempt to load a text chunk"))
    #expect(text.contains("bad argument #3 to 'load' (string expected, got table)"))
  }

  @Test("Nothing that the debug library gives away ends the host", arguments: hostileMoves)
  func forged(_ move: String) throws {
    let state = try makeState()
    let script = """
      local counter = count.new(3)
      local meta = debug.getmetatable(counter)
      local _, members = debug.getupvalue(meta.__index, 1)
      local _, setters = debug.getupvalue(meta.__newindex, 1)
      local _, binding = debug.getupvalue(count.new, 1)
      local _, scalar = debug.getupvalue(count.sum, 1)
      local _, fallback = debug.getupvalue(meta.__index, 2)
      local address = debug.upvalueid(function() return members end, 1)
      \(move)
      for _, name in ipairs { 'value', 'half', 'add', 'x' } do
        pcall(function() return counter[name] end)
        pcall(function() counter[name] = 3 end)
        pcall(function() return counter[name](counter) end)
      end
      """
    try? state.run(script)
    #expect(try state.evaluate("return count.sum(6, 1) * 6", as: Int.self) == 42)
  }

  private static let hostileMoves =
    ["address", "binding", "scalar", "fallback", "io.stdout", "counter", "members.half", "print", "count.new"].flatMap {
      ["members.value = \($0)", "members.x = \($0)", "setters.value = \($0)", "setters.x = \($0)"]
    } + [
      "meta.__index = members", "meta.__index = setters", "meta.__name = address", "meta.__gc = address",
      "setmetatable(members, { __index = function() return address end })", "meta.__gc(io.stdout)",
      "meta.__gc(members.half)", "meta.__eq(address, members.half)", "meta.__close(address)",
      "members.half, setters.value = setters.value, members.half", "meta.__tostring(members.half)",
    ]

  @Test("A coroutine may yield inside dofile")
  func yieldsInsideDofile() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("yield-\(UUID().uuidString).lua").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try "local x = coroutine.yield('y1') return x .. '!'".write(toFile: path, atomically: true, encoding: .utf8)
    let state = try makeState()
    let text = try state.evaluate(
      "local co = coroutine.wrap(function() return dofile('\(path)') end) return co() .. co('r')", as: String.self)
    #expect(text == "y1r!")
  }

  @Test("A coroutine is closed as Lua's manual says")
  func closing() throws {
    let state = try makeState()
    let text = try state.evaluate(
      """
      local log = ''
      local function pending(message)
        local co = coroutine.create(function()
          local x <close> = setmetatable({}, { __close = function() log = log .. 'c' if message then error(message, 0) end end })
          coroutine.yield()
        end)
        coroutine.resume(co)
        return co
      end
      local a, b = pending(), pending('late')
      local ok, why = coroutine.close(b)
      local self, live = pcall(function() coroutine.close(coroutine.running()) end)
      return tostring(coroutine.close(a)) .. tostring(ok) .. why .. log .. coroutine.status(a) .. tostring(self) .. live
      """, as: String.self)
    #expect(text == "truefalselateccdeadfalsescript:12: cannot close a running coroutine")
  }

  @Test("table.move moves as Lua's own, whichever way the parts overlap")
  func moving() throws {
    let state = try makeState()
    let text = try state.evaluate(
      """
      local function list() return { 1, 2, 3, 4, 5 } end
      local function text(t) return table.concat(t, '') .. ' ' end
      local log = setmetatable({}, { __newindex = function(t, k, v) rawset(t, k, v * 10) end })
      local proxy = setmetatable({}, { __index = function(_, k) return k end })
      return text(table.move(list(), 1, 3, 2)) .. text(table.move(list(), 2, 5, 1)) .. text(table.move(list(), 1, 3, 5))
        .. text(table.move(list(), 4, 3, 1)) .. text(table.move(list(), 1, 2, 1, log)) .. text(table.move(proxy, 7, 9, 1, {}))
        .. select(2, pcall(table.move, list(), 1, math.maxinteger, 2)) .. '; ' .. select(2, pcall(table.move, 3, 1, 2, 3))
      """, as: String.self)
    #expect(
      text == "11235 23455 1234123 12345 1020 789 bad argument #4 to 'table.move' (destination wrap around); "
        + "bad argument #1 to 'table.move' (table expected, got number)")
  }

  @Test("string.rep of nothing is nothing, however often")
  func repeating() throws {
    let state = try makeState()
    let text = try state.evaluate(
      "return ('ab'):rep(2, '-') .. (''):rep(1 << 62) .. ('x'):rep(0) .. (''):rep(3, ',')", as: String.self)
    #expect(text == "ab-ab,,")
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
