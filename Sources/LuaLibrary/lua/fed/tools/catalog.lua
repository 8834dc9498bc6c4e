--- Gathers what there is in `fed` by modules: native functions, those of `fed.define`, and those told by comments.
local fed = require "fed"
local util = require "fed.util"

local catalog = {}

-- What the folders hold that have no native module to say it.
local sentences = {
  ["fed.attacks.inputs"] = "Attacks on what a trained model is shown.",
  ["fed.attacks.views"] = "What an attack on inputs optimizes where the model has more parts than a classifier.",
  ["fed.data.corruptions"] = "Changes that scans and photographs suffer without an attacker.",
  ["fed.detection"] = "Scores that tell attacked inputs from others, and thresholds for them.",
  ["fed.diffusion"] = "Diffusion models: schedules, denoisers, losses and samplers.",
  ["fed.evaluate"] = "Measures robustness, and looks for what makes such measures worthless.",
  ["fed.math"] = "Clustering and statistics on a few numbers a client.",
  ["fed.models"] = "Whole models, ready to train.",
  ["fed.objectives"] = "Losses beyond the usual ones.",
  ["fed.personalization"] = "Models of which each client keeps a part.",
  ["fed.preaggregators"] = "What changes updates before a rule combines them.",
  ["fed.purification"] = "Cleans inputs before the model answers.",
  ["fed.recipes"] = "Published systems, each of parts that can be exchanged.",
  ["fed.schedules"] = "When and how strong something acts: functions of the round.",
  ["fed.spec"] = "Describes what scripts should do and checks it.",
  ["fed.util"] = "Small helpers for rules, whose cost grows with the clients alone.",
}

--- Returns the parts of a list at commas outside of brackets: of `Tensor, fun(a: x, b: y)`.
---@param text string
---@param separator string? one character; a comma without it
---@return string[]
function catalog.parts(text, separator)
  local parts, depth, start = {}, 0, 1
  for i = 1, #text do
    local letter = text:sub(i, i)
    if letter:find("[({<%[]") then depth = depth + 1 end
    if letter:find("[)}>%]]") then depth = depth - 1 end
    if letter == (separator or ",") and depth == 0 then
      parts[#parts + 1] = text:sub(start, i - 1):match("^%s*(.-)%s*$")
      start = i + 1
    end
  end
  parts[#parts + 1] = text:sub(start):match("^%s*(.-)%s*$")
  return parts
end

--- Returns the types of a function's results; an iterator is one, whatever its steps give.
---@param type string
---@return string[]
function catalog.results(type)
  if type == "" then return {} end
  return type:find("^fun%(") and { type } or catalog.parts(type)
end

--- Returns the type at the start of a comment's field and the rest; it may hold blanks in brackets and after colons.
local function typed(words)
  local depth = 0
  for i = 1, #words do
    local letter = words:sub(i, i)
    if letter:find("[({<]") then depth = depth + 1 elseif letter:find("[)}>]") then depth = depth - 1 end
    if letter == " " and depth == 0 and not words:sub(1, i - 1):find("[:|]$") then
      return words:sub(1, i - 1), words:sub(i + 1)
    end
  end
  return words, ""
end

--- Returns the parameter of a comment's `@param name type sentence`.
local function parameter(words)
  local name, rest = words:match("^(%S+)%s+(.+)$")
  local type, sentence = typed(rest)
  return { name = name, type = type, sentence = sentence, options = {} }
end

--- Returns a function's description by the comment above it.
local function commented(path, name, list, comment)
  local entry = {
    name = name, owner = path, full_name = path .. "." .. name, kind = "function", parameters = {}, type = "",
    returns = "", errors = {}, sentence = "",
  }
  local sentences_of, code, output, is_example = {}, {}, {}, false
  for _, line in ipairs(comment) do
    local given, result = line:match("^@param%s+(.+)$"), line:match("^@return%s+(.+)$")
    if is_example or line == "@example" then
      local printed = line:match("^%-> ?(.*)$")
      if is_example then table.insert(printed and output or code, printed or line) end
      is_example = true
    elseif given then
      table.insert(entry.parameters, parameter(given))
    elseif result then
      local types = catalog.parts(result)
      for i, part in ipairs(types) do types[i] = typed(part) end
      entry.type, entry.returns = table.concat(types, ", "), result .. "."
    else
      table.insert(sentences_of, line)
    end
  end
  entry.sentence = table.concat(sentences_of, " ")
  if is_example then entry.code, entry.output = table.concat(code, "\n"), table.concat(output, "\n") end
  entry.signature = ("%s(%s)%s"):format(entry.full_name, list, entry.type ~= "" and " -> " .. entry.type or "")
  return entry
end

--- Returns the functions `function table.name(…)` of a script that ends in `return table`.
local function functions_in(path, source)
  local returned, found, comment = source:match("\nreturn ([%a_][%w_]*)%s*$"), {}, {}
  if not returned then return found end
  for line in source:gmatch("[^\n]*") do
    local text = line:match("^%-%-%-? ?(.*)$")
    local name, list = line:match("^function " .. returned .. "%.([%w_]+)(%b())")
    if name then table.insert(found, commented(path, name, list:sub(2, -2), comment)) end
    if text then table.insert(comment, text) else comment = {} end
  end
  return found
end

-- What `require` gives and `fed` does not show; the second is `fed` itself.
local hidden = { tools = true, bench = true, benchmarks = true, [""] = true }

local function by_name(a, b) return a.full_name < b.full_name end

--- Returns the modules in the order of their names, each with name, sentence, functions, classes and tables, and beside
--- them `kinds`: the sets `classes` and `tables` of names.
---@return table modules, table kinds
function catalog.modules()
  local reference, known, kinds = fed.reference(), {}, { classes = {}, tables = {} }
  local function module(name)
    known[name] = known[name] or { name = name, sentence = "", functions = {}, classes = {}, tables = {} }
    return known[name]
  end
  for _, native in ipairs(reference.modules) do
    if native.name ~= "" then
      local own = module(native.name)
      if own.sentence == "" then own.sentence = native.sentence end
      for _, list in ipairs { "functions", "classes", "tables" } do
        table.move(native[list], 1, #native[list], #own[list] + 1, own[list])
      end
      for _, class in ipairs(native.classes) do kinds.classes[class.name] = true end
      for _, shape in ipairs(native.tables) do kinds.tables[shape.name] = true end
    end
  end
  local defined = {}
  for _, entry in ipairs(reference.defined) do
    if not (entry.owner .. "."):find("%.parts%.") then
      defined[entry.full_name] = true
      table.insert(module(entry.owner).functions, entry)
    end
  end
  for name, source in util.sorted_pairs(reference.scripts) do
    if not (hidden[name:match("^fed%.?([^.]*)")] or defined[name]) then
      local functions = functions_in(name, source)
      if #functions > 0 then module(name).functions = functions end
    end
  end
  local list = {}
  for name, entry in util.sorted_pairs(known) do
    table.sort(entry.functions, by_name)
    if entry.sentence == "" then entry.sentence = sentences[name] or "Written in Lua." end
    list[#list + 1] = entry
  end
  return list, kinds
end

--- Returns every function, method, property and operator of the modules.
---@param modules table as `catalog.modules` gives them
---@return table[] entries
function catalog.entries(modules)
  local all = {}
  for _, module in ipairs(modules) do
    table.move(module.functions, 1, #module.functions, #all + 1, all)
    for _, class in ipairs(module.classes) do
      for _, list in ipairs { "methods", "getters", "operators" } do
        table.move(class[list], 1, #class[list], #all + 1, all)
      end
    end
  end
  return all
end

return catalog
