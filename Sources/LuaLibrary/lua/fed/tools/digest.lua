--- Writes all of fed on one page for language models: signatures, options and sentences, as short as can be.
local catalog = require "fed.tools.catalog"

local head = [[
# fed: federated learning under attack, in Lua 5.4

`local fed = require "fed"`. Positions, axes, rounds and client ids count from 1, class labels from 0. Functions take
one table of options, `f { name = value }`; unknown names are errors. Mistakes and missing files raise;
`fed.try(f, …)` gives `nil, message`.
`x:method()` with a colon, `fed.f()` with a dot. `a = v` has the default v, `a: T?` may be
left out, `a!: T` is required, `[i]` is the array part; a Vector is Tensor|number|table. Tensors: + - * / ^ // % act
by element, x:eq(y), x:lt(y) compare, x:item() is the number of a tensor of one. An update is local minus global; the
server adds it.

A rule: `function(round, updates) return updates:median() end`, or a table of hooks (DefenseHooks). An attack:
`function(context) return context.own:mean() * -2 end`, or AttackHooks. A run:

```lua
local train, test = fed.data.blobs { train = 120, test = 60, classes = 3 }
local run = fed.simulation {
  clients = fed.partition.dirichlet(train, { clients = 6, concentration = 1 }), test = test, rounds = 3, seed = 1,
  model = fed.models.mlp { inputs = 2, hidden = { 8 }, classes = 3 }, byzantine = { 5, 6 },
  attack = fed.attacks.updates.sign_flip { scale = 5 }, defense = fed.aggregators.trimmed_mean { f = 2 },
}
for round in run:rounds() do print(round.number, round.accuracy) end
```
]]

local digest = {}

--- Returns a sentence without its end, cut where it is long.
local function short(text, limit)
  text = text:gsub("\n", " "):match("^(.-)[.:;,]%s") or text:gsub("%.$", "")
  if #text > limit then text = text:sub(1, limit):gsub("%s+%S*$", "") .. " …" end
  return text
end

--- Returns a name with its default, or else with its type.
local function typed(entry)
  local name = entry.name:gsub("^%[1%].*", "[i]")
  if entry.default and entry.default ~= "nil" then return name .. " = " .. entry.default end
  return name .. (entry.required and "!" or "") .. ": " .. entry.type:gsub("Tensor|number|table", "Vector")
end

local function options_of(entry)
  local texts = {}
  for _, parameter in ipairs(entry.parameters) do
    for _, option in ipairs(parameter.options) do texts[#texts + 1] = typed(option) end
  end
  return #texts > 0 and " { " .. table.concat(texts, "; ") .. " }" or ""
end

local function list_of(entry)
  local texts = {}
  for _, parameter in ipairs(entry.parameters) do
    if parameter.name ~= "self" then texts[#texts + 1] = typed(parameter) end
  end
  return table.concat(texts, ", ")
end

--- Returns the type that most of some functions give; nil where there is none.
local function usual_of(entries)
  local counts, best = {}, nil
  for _, entry in ipairs(entries) do
    counts[entry.type] = (counts[entry.type] or 0) + 1
    if not best or counts[entry.type] > counts[best] then best = entry.type end
  end
  return best ~= "" and #entries > 2 and counts[best] > #entries / 2 and best or nil
end

local seen

--- Returns a function on one line; options that stood before are named by who has them.
local function line_of(entry, limit, usual)
  local options = options_of(entry)
  if #options > 160 then
    if seen[options] then options = " { as " .. seen[options] .. " }" else seen[options] = entry.full_name end
  end
  local list = list_of(entry)
  if list == "options: table" and options ~= "" then list = nil end
  local result = entry.type ~= usual and entry.type ~= "" and " -> " .. entry.type or ""
  local sentence = limit > 0 and " " .. short(entry.sentence, limit) or ""
  return ("- %s%s%s%s%s"):format(entry.name, list and "(" .. list .. ")" or "", options, result, sentence)
end

--- Returns the page.
---@return string text
function digest.text()
  local modules, lines = catalog.modules(), { head }
  seen = {}
  for _, module in ipairs(modules) do
    if #module.functions > 0 then
      lines[#lines + 1] = ("\n## %s\n"):format(module.name)
      local usual = usual_of(module.functions)
      if usual then lines[#lines + 1] = ("Each gives %s unless told.\n"):format(usual) end
      for _, entry in ipairs(module.functions) do lines[#lines + 1] = line_of(entry, 38, usual) end
    end
  end
  for _, module in ipairs(modules) do
    for _, class in ipairs(module.classes) do
      lines[#lines + 1] = ("\n## class %s: %s\n"):format(class.name, short(class.sentence, 120))
      local properties = {}
      for i, getter in ipairs(class.getters) do properties[i] = getter.name .. ": " .. getter.type end
      if #properties > 0 then lines[#lines + 1] = "Properties: " .. table.concat(properties, ", ") .. "." end
      local usual = usual_of(class.methods)
      if usual then lines[#lines + 1] = ("Methods give %s unless told.\n"):format(usual) end
      local limit = class.name == "Tensor" and 0 or 22
      for _, method in ipairs(class.methods) do lines[#lines + 1] = line_of(method, limit, usual) end
    end
    for _, shape in ipairs(module.tables) do
      local fields = {}
      for i, field in ipairs(shape.fields) do fields[i] = field.name .. ": " .. field.type end
      lines[#lines + 1] = ("\n## table %s: %s\n"):format(shape.name, short(shape.sentence, 120))
      lines[#lines + 1] = table.concat(fields, "; ")
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

return digest
