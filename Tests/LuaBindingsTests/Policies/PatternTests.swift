import LuaBindings
import LuaRuntime
import TestSupport
import Testing

/// The pattern matcher of sandboxes against that of Lua.
@Suite("Patterns in sandboxes")
struct PatternTests {
  /// Tries random patterns on random texts, and returns all results as one text.
  private static let script = """
    local state = 12345
    local function draw(n)
      state = (state * 1103515245 + 12345) % 2147483648
      return state // 65536 % n + 1
    end
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

  @Test("The matcher gives what Lua's gives, for 3,000 random patterns")
  func agrees() throws {
    let scratch = try Scratch(), host = try HostModules.open()
    let whole = "return function() \(Self.script) return results end"
    let path = try scratch.write(whole, to: "patterns.lua")
    let plain: LuaFunction = try host.evaluate(whole, name: "=plain")
    let guarded = try host.evaluate(
      "return fed.policy.load('\(path)', { instructions = 1e9, seconds = 60 })", as: LuaFunction.self, name: "=host")
    let expected: [String] = try plain(), found: [String] = try guarded()
    withExtendedLifetime(scratch) {}
    #expect(expected.count > 15_000)
    #expect(expected.count == found.count)
    let difference = zip(expected, found).enumerated().first { $1.0 != $1.1 }
    #expect(difference == nil, "\(String(describing: difference))")
  }
}
