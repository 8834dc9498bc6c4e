--- Names of functions and of options keep to the table of names in CONTRIBUTING.md.
local catalog = require "fed.tools.catalog"
local spec = require "fed.spec"
local describe, it = spec.describe, spec.it

-- Words that stand for something else here, with the name to use.
local instead = {
  worker = "client", workers = "clients", node = "client", user = "client", device = "client", party = "client",
  fraction = "share", grads = "updates", byz = "byzantine", traitor = "byzantine", malicious = "byzantine",
  benign = "honest", strategy = "aggregator", gar = "aggregator", auxiliary = "root", reputation = "trust",
  rng = "stream", generator = "stream", eps = "epsilon", learning = "lr", iters = "iterations", num = "count",
  tol = "tolerance", dim = "axis", config = "options", params = "parameters", func = "function", idx = "position",
  ids_list = "ids", delta = "update", strength = "scale",
  init = "start", val = "validation", eval = "evaluate", opt = "optimizer", acc = "accuracy",
}

-- What was named before, or means the word itself. The list only gets shorter.
local kept = {
  ["fed.attacks.updates.byz_mean"] = "the attack's published name",
  ["fed.detection.threshold: delta"] = "the probability of a wrong bound",
  ["fed.recipes.medfedpure: generator_rounds"] = "the diffusion model, which generates",
  ["fed.recipes.medfedpure: generator_training"] = "the diffusion model, which generates",
}
for _, name in ipairs {
  "fed.attacks.updates.fingerprint_aware: strength", "fed.attacks.updates.min_max: strength",
  "fed.attacks.updates.min_sum: strength",
} do kept[name] = "how far along a direction, which scale does not say" end

local function complaint(name)
  if not name:find("^%l[%l%d_]*$") then return "is not in small letters with underscores" end
  for word in name:gmatch("[^_]+") do
    if instead[word] then return ("says '%s'; use '%s'"):format(word, instead[word]) end
  end
end

describe("names", function()
  it("of functions and options follow the table", function()
    local found, used = {}, {}
    local function look(name, place)
      local words = complaint(name)
      if words and kept[place] then used[place] = true end
      if words and not kept[place] then found[#found + 1] = place .. " " .. words end
    end
    for _, entry in ipairs(catalog.entries((catalog.modules()))) do
      if not entry.kind:find("^__") then look(entry.name, entry.full_name) end
      for _, parameter in ipairs(entry.parameters) do
        look(parameter.name, entry.full_name .. ": " .. parameter.name)
        for _, option in ipairs(parameter.options) do
          local name = option.name:match("^[%a_][%w_]*$")
          if name then look(name, entry.full_name .. ": " .. name) end
        end
      end
    end
    assert(#found == 0, table.concat(found, "\n"))
    for place in pairs(kept) do assert(used[place], place .. " is no exception any more: take it off the list") end
  end)

  it("of fields of tables follow it too", function()
    for _, module in ipairs((catalog.modules())) do
      for _, shape in ipairs(module.tables) do
        for _, field in ipairs(shape.fields) do
          local words = complaint(field.name)
          assert(not words, ("%s.%s %s"):format(shape.name, field.name, words or ""))
        end
      end
    end
  end)
end)
