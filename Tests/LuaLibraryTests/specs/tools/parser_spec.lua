--- The parser behind `fedlua check` against what Lua itself understands.
local lexer = require "fed.tools.lexer"
local parser = require "fed.tools.parser"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

local sources = {
  "local a <const>, b <close> = 1, nil; return a, b",
  "for i = 1, 10, 2 do if i > 3 then break elseif i < 2 then goto on else local _ = i end ::on:: end",
  "local t = { 1, two = 2, [3] = 3; f = function(...) return ... end } return t.two, t[3], #t, -t.two ^ 2",
  "function a.b.c:d(x, ...) return self, x, ... end",
  "local s = [==[ ]] -- no comment ]==] .. 'it\\'s' .. \"\\\"\" --[[ a comment ]] return s --[==[\n]==]",
  "while not a do repeat local x = f 'text' { 1 } until x == nil end",
  "local x = 0x1p4 + .5e-3 + 3. + 0xA // 2 % 3 ~ 1 & 2 | 3 << 1 >> 2 return x <= 1 and x >= 2 or x ~= 3",
  "do local function f() return end f() end return",
  "a.b['c'], d = f(), (g()) ; ; return -x ^ -y .. z",
}

--- Writes an expression with all its brackets, as Lua would compute it.
local function shown(node)
  if node.kind == "Binary" then return "(" .. shown(node.left) .. node.operator .. shown(node.right) .. ")" end
  if node.kind == "Unary" then return "(" .. node.operator .. shown(node.operand) .. ")" end
  if node.kind == "Paren" then return shown(node.inner) end
  return node.name or node.text
end

describe("the parser", function()
  it("reads what Lua compiles", function()
    for _, text in ipairs(sources) do
      assert(load(text), text)
      assert(#parser.parse(text) > 0, text)
    end
  end)

  it("binds operators as Lua does", function()
    local function bound(text) return shown(parser.parse("return " .. text)[1].values[1]) end
    expect(bound "a + b * c ^ d ^ e", "(a+(b*(c^(d^e))))")
    expect(bound "-a ^ b", "(-(a^b))")
    expect(bound "not a == b", "((nota)==b)")
    expect(bound "a .. b .. c", "(a..(b..c))")
    expect(bound "a - b - c", "((a-b)-c)")
    expect(bound "a or b and c < d", "(aor(band(c<d)))")
    expect(bound "a < b == c", "((a<b)==c)")
    expect(bound "2 ^ -x", "(2^(-x))")
  end)

  it("knows the line of each token, through comments and long strings", function()
    local lines = {}
    for _, token in ipairs(lexer.tokens("a --[[\n]]\nb = [[\n\n]] c")) do lines[#lines + 1] = token.line end
    expect(lines, { 1, 3, 3, 3, 5, 5 })
  end)
end)
