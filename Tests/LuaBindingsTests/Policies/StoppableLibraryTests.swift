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

  /// Functions of whole texts on random bytes and characters, with positions inside and outside.
  private static let texts = """
    local results = {}
    local function note(...)
      local values = table.pack(...)
      for i = 1, values.n do values[i] = tostring(values[i]):gsub("[^%g ]", function(c) return "<" .. c:byte() .. ">" end) end
      results[#results + 1] = table.concat(values, ",", 1, values.n)
    end
    local letters = { "a", "Z", "9", "\\u{e4}", "\\u{20ac}", "\\u{1f600}", "\\x80", "\\xc3", "\\0", "\\u{d800}" }
    for _ = 1, 2000 do
      local parts = {}
      for i = 1, draw(9) - 1 do parts[i] = letters[draw(draw(2) == 1 and 6 or #letters)] end
      local s = table.concat(parts)
      local i, j = draw(14) - 7, draw(14) - 7
      note(s:lower(), s:upper(), s:reverse(), s:rep(draw(4) - 2, draw(2) == 1 and "," or ""))
      note(pcall(utf8.len, s, i, j))
      note(pcall(utf8.len, s, i, j, true))
      note(utf8.len(s))
      note(pcall(utf8.offset, s, draw(14) - 7))
      note(pcall(utf8.offset, s, draw(14) - 7, i))
    end
    for _, name in ipairs { "lower", "upper", "reverse", "rep" } do note(pcall(string[name], {})) note(pcall(string[name], 12, 2)) end
    note(pcall(utf8.len))
    note(pcall(utf8.offset, "a"))
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

  @Test(
    "give what Lua's own give, in every state", arguments: [("patterns", 15_000), ("tables", 2800), ("texts", 12_000)])
  func agrees(what: String, least: Int) throws {
    let (own, plain, sandboxed) = try results(
      what == "patterns" ? Self.patterns : what == "tables" ? Self.tables : Self.texts)
    #expect(own.count > least)
    #expect(firstDifference(own, plain) == nil)
    #expect(firstDifference(plain, sandboxed) == nil)
  }

  /// Texts of more than one piece, where characters lie over the seams.
  @Test("work on long texts piece by piece")
  func longTexts() throws {
    let host = try HostModules.open()
    try host.run(
      """
      local piece = 1 << 20
      local s = ("x"):rep(piece - 1) .. "\\u{20ac}" .. ("\\u{e4}"):rep(piece) .. "Z"
      assert(utf8.len(s) == 2 * piece + 1)
      assert(select(2, utf8.len(s .. "\\x80" .. s)) == #s + 1)
      assert(utf8.offset(s, 2 * piece + 1) == #s and utf8.offset(s, -1) == #s)
      assert(utf8.offset(s, -(2 * piece + 1)) == 1 and utf8.offset(s, piece + 2) == piece + 5)
      assert(s:reverse():reverse() == s and s:upper():lower() == s:lower())
      assert(s:upper():sub(1, 2) == "XX" and s:upper():sub(-1) == "Z" and #s:lower() == #s)
      local f = load("return 1" .. (" "):rep(3 * piece) .. "+ 41", "=sum", "t", {})
      assert(f() == 42)
      local env = { x = 7 }
      assert(load(("-"):rep(2 * piece) .. "\\nreturn x", nil, nil, env)() == 7)
      local f, message = load((" "):rep(2 * piece) .. "x x", "=long")
      assert(f == nil and message:find("^long:1: syntax error"), message)
      assert(select(2, load(("--long\\n"):rep(piece) .. "x x")):find('[string "--long..."]', 1, true) == 1)
      """, name: "=long")
  }
}
