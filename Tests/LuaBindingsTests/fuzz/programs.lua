--- Makes random programs by a grammar, the same ones from the same seed, and makes those that fail smaller.
-- A program is a block: a list of statements. A statement is a list of texts and of the blocks inside of it.
local programs = {}

local names = { "a", "b", "c", "d", "e" }
local functions = {
  "string.byte", "string.char", "string.find", "string.format", "string.gmatch", "string.gsub", "string.len",
  "string.lower", "string.match", "string.pack", "string.packsize", "string.rep", "string.reverse",
  "string.sub", "string.unpack", "string.upper", "table.concat", "table.insert", "table.move", "table.pack",
  "table.remove", "table.sort", "table.unpack", "math.abs", "math.ceil", "math.floor", "math.fmod", "math.max",
  "math.min", "math.random", "math.tointeger", "math.type", "math.ult", "utf8.char", "utf8.codepoint",
  "utf8.codes", "utf8.len", "utf8.offset", "assert", "error", "getmetatable", "ipairs", "load", "next", "pairs",
  "pcall", "print", "rawequal", "rawget", "rawlen", "rawset", "select", "setmetatable", "tonumber", "tostring",
  "type", "xpcall", "coroutine.close", "coroutine.create", "coroutine.isyieldable", "coroutine.resume",
  "coroutine.running", "coroutine.status", "coroutine.wrap", "coroutine.yield", "fed.zeros", "fed.ones",
  "fed.tensor", "fed.arange", "fed.eye", "fed.updates", "fed.stream", "fed.linalg.eigh", "fed.aggregators.mean",
  "fed.aggregators.krum", "fed.aggregators.trimmed_mean", "fed.schedules.ramp", "require",
}
local methods = {
  "rep", "find", "gsub", "match", "gmatch", "byte", "sub", "format", "upper", "sum", "mean", "norms", "norm",
  "median", "matmul", "add_", "reshape", "sort", "row", "item", "clone", "close",
}
local events = {
  "__index", "__newindex", "__call", "__add", "__concat", "__eq", "__lt", "__le", "__len", "__close",
  "__tostring", "__pairs", "__name", "__metatable", "__gc", "__mode", "__unm", "__idiv",
}
local operators = {
  "+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or", "&", "|", "~", "<<",
  ">>",
}
local literals = {
  "nil", "true", "false", "0", "1", "-1", "2", "3", "7", "64", "1000", "1 << 40", "math.maxinteger",
  "math.mininteger", "0.5", "-0.0", "1e308", "0/0", "math.huge", "''", "'x'", "'abc'", "'%a+'", "'(.-)%1'",
  "'%b()'", "'%f[%w]'", "'[^%s]*'", "'10'", "'0x7f'", "'%d %s %q'", "'i4z'", "'fed.util'", "'\\0\\255'",
  "'return 1'", "{}", "{1, 2, 3}", "{x = 1, y = 2}", "{{1, 2}, {3, 4}}", "...", "a.x", "b[1]", "#a", "#c",
}

local maker = {}
maker.__index = maker

function maker:pick(list) return list[self.stream:integer(#list)] end

--- Whether something happens that does so once in `n` times.
function maker:once_in(n) return self.stream:integer(n) == 1 end

function maker:arguments(depth)
  local list = {}
  for i = 1, self.stream:integer(4) - 1 do list[i] = self:expression(depth) end
  return table.concat(list, ", ")
end

function maker:table(depth)
  local fields = {}
  for i = 1, self.stream:integer(4) - 1 do
    local key = self:once_in(3) and self:pick(events) or self:pick(names)
    fields[i] = ("%s = %s"):format(key, self:once_in(2) and self:closure(depth) or self:expression(depth))
  end
  return "{ " .. table.concat(fields, ", ") .. " }"
end

function maker:closure(depth)
  local body = self:once_in(3) and ("local a = %s; "):format(self:expression(depth)) or ""
  if self:once_in(8) then body = body .. "while a do b = b end " end
  return ("function(a, b, ...) %sreturn %s end"):format(body, self:expression(depth))
end

function maker:expression(depth)
  if depth <= 0 then return self:once_in(2) and self:pick(names) or self:pick(literals) end
  local kind = self.stream:integer(9)
  if kind <= 2 then return self:pick(names) end
  if kind == 3 then return self:pick(literals) end
  if kind == 4 then
    return ("(%s %s %s)"):format(self:expression(depth - 1), self:pick(operators), self:expression(depth - 1))
  end
  if kind == 5 then return self:table(depth - 1) end
  if kind == 6 then return self:closure(depth - 1) end
  if kind == 7 then return ("(%s):%s(%s)"):format(self:pick(names), self:pick(methods), self:arguments(depth - 1)) end
  if kind == 8 and self:once_in(2) then
    return ("setmetatable(%s, %s)"):format(self:table(depth - 1), self:table(depth - 1))
  end
  return ("%s(%s)"):format(self:pick(functions), self:arguments(depth - 1))
end

function maker:block(depth)
  local block = {}
  for i = 1, self.stream:integer(4) do block[i] = self:statement(depth) end
  return block
end

local statements = {
  function(self) return { ("%s = %s"):format(self:pick(names), self:expression(3)) } end,
  function(self) return { ("local %s = %s"):format(self:pick(names), self:expression(3)) } end,
  function(self) return { ("%s[%s] = %s"):format(self:pick(names), self:expression(1), self:expression(2)) } end,
  function(self) return { ("%s(%s)"):format(self:pick(functions), self:arguments(2)) } end,
  function(self, depth) return { "pcall(function(...)", self:block(depth - 1), "end)" } end,
  function(self, depth)
    return { ("for i = 1, %s do"):format(self:pick { "3", "10", "1e9", "#a" }), self:block(depth - 1), "end" }
  end,
  function(self, depth)
    return { ("for k, v in pairs(%s) do"):format(self:expression(1)), self:block(depth - 1), "end" }
  end,
  function(self, depth) return { ("while %s do"):format(self:expression(1)), self:block(depth - 1), "end" } end,
  function(self, depth)
    return { ("if %s then"):format(self:expression(2)), self:block(depth - 1), "else", self:block(depth - 1), "end" }
  end,
  function(self, depth) return { "coroutine.wrap(function(...)", self:block(depth - 1), "end)(a, b)" } end,
  function(self, depth) return { "e = coroutine.create(function(...)", self:block(depth - 1), "end)" } end,
  function(self) return { ("local x <close> = setmetatable({}, { __close = %s })"):format(self:closure(2)) } end,
  function(self, depth)
    return { "xpcall(function(...)", self:block(depth - 1), ("end, %s)"):format(self:closure(1)) }
  end,
}

-- Blocks inside of blocks end at some depth: those below hold what has no block in it.
local plain = { table.unpack(statements, 1, 4) }

function maker:statement(depth) return self:pick(depth <= 0 and plain or statements)(self, depth) end

--- Returns the program of a seed.
function programs.make(seed)
  local self = setmetatable({ stream = fed.stream { seed = seed, purpose = "programs" } }, maker)
  local block = {}
  for i = 1, 2 + self.stream:integer(6) do block[i] = self:statement(3) end
  return block
end

--- Returns a program as text. Each of its statements is tried by itself, so that one that fails leaves the others.
function programs.text(block)
  local lines = { "local a, b, c, d, e = 5, 'ab', { 1, 2 }, { x = 1 }, function(...) return ... end" }
  local function add(inner)
    for _, statement in ipairs(inner) do
      for _, part in ipairs(statement) do
        if type(part) == "table" then add(part) else lines[#lines + 1] = part end
      end
      lines[#lines] = lines[#lines] .. ";"
    end
  end
  for _, statement in ipairs(block) do
    lines[#lines + 1] = "pcall(function(...)"
    add { statement }
    lines[#lines + 1] = "end, 1, 'x')"
  end
  lines[#lines + 1] = "return a, b, #tostring(c), type(d), type(e)"
  return table.concat(lines, "\n")
end

--- Takes statements out of a program as long as `fails(text)` holds without them, and returns what is left as text.
function programs.reduce(block, fails)
  local function shrink(inner)
    local changed = false
    for i = #inner, 1, -1 do
      local statement = table.remove(inner, i)
      if fails(programs.text(block)) then
        changed = true
      else
        table.insert(inner, i, statement)
        for _, part in ipairs(statement) do
          if type(part) == "table" then changed = shrink(part) or changed end
        end
      end
    end
    return changed
  end
  repeat until not shrink(block)
  return programs.text(block)
end

return programs
