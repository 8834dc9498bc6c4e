import LuaBindings
import LuaRuntime
import TestSupport
import Testing

/// Functions of our own in the place of Lua's, which nothing can stop, against the program `lua5.4`.
@Suite("The libraries string and table")
struct StoppableLibraryTests {
  /// Random whole numbers from 1, the same in every Lua.
  private static let drawing = """
    local state = 12345
    local function draw(n)
      state = (state * 1103515245 + 12345) % 2147483648
      return state // 65536 % n + 1
    end

    """

  /// Tries random patterns on random texts, and returns all results as one text.
  private static let patterns = """
    local pieces = {
      "a", "b", ".", "%a", "%d", "%s", "%w", "%u", "%l", "%x", "%p", "%g", "%c", "%A", "%W", "%.", "%%", "[ab]", "[^ab]",
      "[a-c]", "[%d_]", "[^%s]", "[]]", "[a-]", "[%a-z]", "-", "$", "^", " ",
    }
    local endings = { "", "", "", "*", "+", "-", "?" }
    local whole = { "%b()", "%bab", "%f[%w]", "%f[^a]", "()", "(a)", "(%a*)", "(.-)", "((b)a?)", "(a)%1", "(.)(.)%2" }
    local function pattern()
      local parts = { draw(5) == 1 and "^" or "" }
      for _ = 1, draw(5) do
        parts[#parts + 1] = draw(4) == 1 and whole[draw(#whole)] or pieces[draw(#pieces)] .. endings[draw(#endings)]
      end
      parts[#parts + 1] = draw(5) == 1 and "$" or ""
      return table.concat(parts)
    end
    local letters = { "a", "b", "c", "A", "1", "_", " ", "(", ")", ".", "-", "\\0", "\\200", "]" }
    local function text()
      local parts = {}
      for i = 1, draw(12) - 1 do parts[i] = letters[draw(#letters)] end
      return table.concat(parts)
    end
    local results = {}
    local function note(...)
      local values = table.pack(...)
      for i = 1, values.n do values[i] = tostring(values[i]):gsub("\\200", "<C8>") .. "" end
      results[#results + 1] = table.concat(values, ",", 1, values.n)
    end
    for i = 1, 3000 do
      local p, s = pattern(), text()
      note(s:find(p, draw(6) - 3))
      note(s:match(p))
      note(s:gsub(p, "<%0>", draw(3)))
      note(s:gsub(p, { a = "x", b = false }))
      note(s:gsub(p, function(x) return x ~= "" and #tostring(x) or nil end))
      for x, y in s:gmatch(p) do note(x, y) end
    end
    for _, p in ipairs { "[a", "%", "(", ")", "%b", "%bx", "%f", "%1", "(%1)", "[]", "[^]" } do
      note(pcall(string.find, "aa", p) and "fine" or "malformed")
    end
    for _, r in ipairs { "%", "%1%2", "%9", "%x" } do note(pcall(string.gsub, "a", "(a)", r) and "fine" or "malformed") end
    note(("a.b"):find(".", 1, true), ("abc"):find("b", -2), ("abc"):find("", 10), ("abc"):find("", 4))
    for k, v in ("k=v, x=y"):gmatch("(%w+)=(%w+)", 3) do note(k, v) end
    """

  /// Random lists, sorted, joined, taken apart and moved, as one list of texts.
  private static let tables = """
    local results = {}  -- Lua 5.4 blames the wrong argument of remove, so their numbers are left out
    local function show(list) return table.concat(list, " ") end
    local function note(...)
      local values = table.pack(...)
      for i = 1, values.n do values[i] = tostring(values[i]):gsub("argument #%d", "argument") .. "" end
      results[#results + 1] = table.concat(values, ",", 1, values.n)
    end
    for _ = 1, 400 do
      local list, words = {}, {}
      for i = 1, draw(40) - 1 do list[i], words[i] = draw(1000) + i / 100, "w" .. draw(5) .. i end
      table.sort(list)
      note(show(list))
      table.sort(list, function(a, b) return a > b end)
      table.sort(words)
      note(show(list), show(words))
      local n = #list
      note(pcall(table.insert, list, draw(n + 3) - 1, -1))
      note(show(list), pcall(table.remove, list, draw(n + 4) - 2))
      note(show(list), table.unpack(list, draw(5), draw(8)))
      note(pcall(table.concat, words, "-", draw(3), math.min(n, draw(9))))
      note(show(table.move(list, 1, #list, draw(#list + 1))), show(table.move(words, 2, #words, 1, { "x" })))
    end
    note(pcall(table.sort, { 3, "x", 1 }))
    note((pcall(table.concat, { 1, {}, 3 })))
    note(pcall(table.unpack, {}, 1, 1e8))
    note(pcall(table.insert, { 1 }, 1, 2, 3))
    for _, name in ipairs { "insert", "remove", "concat", "move", "unpack", "sort" } do note(pcall(table[name], 7, 1, 1, 1)) end
    local proxy = setmetatable({}, { __index = function(_, i) return i * i end, __len = function() return 4 end })
    note(table.concat(proxy, " "), table.unpack(proxy))
    """

  /// What a script of tests gives in the program, in a plain state and in a sandbox.
  private func results(_ script: String) throws -> (own: [String], plain: [String], sandboxed: [String]) {
    let scratch = try Scratch(), host = try HostModules.open(),
      whole = "return function() \(Self.drawing) \(script) return results end"
    let printing = "local f = (function() \(whole) end)() io.write(table.concat(f(), '\\n'))"
    let outcome = try Program("lua5.4").run([try scratch.write(printing, to: "own.lua")])
    try #require(outcome.status == 0, "\(outcome.errors)")
    let path = try scratch.write(whole, to: "policy.lua")
    let plain: LuaFunction = try host.evaluate(whole, name: "=plain")
    let guarded = try host.evaluate(
      "return fed.policy.load('\(path)', { instructions = 1e9, seconds = 60 })", as: LuaFunction.self, name: "=host")
    defer { withExtendedLifetime(scratch) {} }
    let own = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return (own, try plain(), try guarded())
  }

  private func firstDifference(_ a: [String], _ b: [String]) -> String? {
    if a.count != b.count { return "\(a.count) results, and \(b.count)" }
    return zip(a, b).first { $0 != $1 }.map { "\($0) and \($1)" }
  }

  @Test("give what Lua's own give, in every state", arguments: [("patterns", 15_000), ("tables", 2800)])
  func agrees(what: String, least: Int) throws {
    let (own, plain, sandboxed) = try results(what == "patterns" ? Self.patterns : Self.tables)
    #expect(own.count > least)
    #expect(firstDifference(own, plain) == nil)
    #expect(firstDifference(plain, sandboxed) == nil)
  }
}
