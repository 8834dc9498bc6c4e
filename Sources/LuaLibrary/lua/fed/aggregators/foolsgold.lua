--- Gives little weight to clients whose updates have been too much alike over the rounds.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"

local presets = {
  paper = { memory = true, features = "all", clip = math.huge, normalize = false },
  flpoison = { memory = true, features = "last", clip = 1, normalize = false },
  alignins = { memory = false, features = "all", clip = math.huge, normalize = true },
}

--- Forgives clients that are like others who are more alike among themselves; returns the largest cosine left to each.
local function pardoned(cosines)
  local n, largest, left = #cosines, {}, {}
  for i = 1, n do
    largest[i] = -math.huge
    for j = 1, n do if j ~= i then largest[i] = math.max(largest[i], cosines[i][j]) end end
    largest[i] = largest[i] + 1e-5
  end
  for i = 1, n do
    left[i] = -math.huge
    for j = 1, n do
      if j ~= i then
        local factor = largest[i] < largest[j] and largest[i] / largest[j] or 1
        left[i] = math.max(left[i], cosines[i][j] * factor)
      end
    end
  end
  return left
end

--- Weights from 0 to 1: one minus what is left of likeness, stretched by a logit so that both ends are reached.
local function trusted(left)
  local weights, largest = {}, 0
  for i, cosine in ipairs(left) do
    weights[i] = util.clamp(1 - cosine, 0, 1)
    largest = math.max(largest, weights[i])
  end
  for i, weight in ipairs(weights) do
    weight = largest > 0 and math.min(weight / largest, 0.99) or 0
    weights[i] = weight > 0 and util.clamp(math.log(weight / (1 - weight)) + 0.5, 0, 1) or 0
  end
  return weights
end

--- The sum of what each client has sent, this round's update included.
local function histories(rows, memory, settings)
  local sums = {}
  for i, id in ipairs(rows.ids) do
    local before = settings.memory and memory.sums[id]
    sums[i] = before and before + rows[i] or rows[i]:clone()
    if settings.memory then memory.sums[id] = sums[i] end
  end
  return fed.updates(fed.stack(sums), { like = rows })
end

--- The columns that are compared: all, or the last weight of the model, where a label flip shows most.
local function indicative(history, settings)
  if settings.features == "all" or #history.layers == 0 then return history end
  local layers = history.layers
  for place = #layers, 1, -1 do
    if layers[place]:find("weight$") then return history:layer(layers[place]) end
  end
  return history
end

local function make(options, path)
  local settings, on_empty = {}, options.on_empty
  for name, value in util.sorted_pairs(presets[options.preset]) do
    if options[name] == nil then settings[name] = value else settings[name] = options[name] end
  end
  return judging.remembering(path, function() return { sums = {} } end, function(round, updates, weights, memory)
    local rows = judging.rows(updates, weights)
    if settings.clip < math.huge then rows = rows:clip(settings.clip) end
    local history = indicative(histories(rows, memory, settings), settings)
    local trust, kept, reasons = { 1 }, {}, {}
    if rows.n > 1 then trust = trusted(pardoned(history:cosines():to_table())) end
    for i = 1, rows.n do kept[i], reasons[i] = trust[i] > 0, "its updates are like those of others" end
    local decision = judging.decide(path, round, updates, rows, {
      kept = kept, weights = trust, reasons = reasons, ledger = { trust = trust }, on_empty = on_empty,
    })
    local total = util.sum(trust)
    if total > 0 and not settings.normalize then decision.update = decision.update * total end
    return decision
  end)
end

return fed.define {
  "Gives little weight to clients whose summed updates point almost the same way, as those of one attacker behind "
    .. "many clients do; honest clients differ in their data.",
  options = {
    preset = {
      "paper", "Whose rule: the paper's; FLPoison's, which shortens updates to norm 1 and compares the last layer; "
        .. "that of AlignIns' code, which forgets and averages.", one_of = { "paper", "flpoison", "alignins" },
    },
    memory = { nil, "Whether updates are summed over the rounds.", type = "boolean" },
    features = {
      nil, "Columns that are compared: \"all\", or the \"last\" weight of the model.", one_of = { "all", "last" },
      type = "string",
    },
    clip = { nil, "Largest norm an update keeps.", type = "number", above = 0 },
    normalize = {
      nil, "Whether the weights are brought to sum 1: a mean. The paper adds the updates, each times its weight.",
      type = "boolean",
    },
    on_empty = judging.on_empty,
  },
  returns = { "Aggregator", "The rule; it remembers the sum of each client's updates." },
  source = "Fung et al., RAID 2020, https://arxiv.org/abs/1808.04866, algorithm 1",
  deviation = "The default is the paper's with all columns compared. Its sum suits single gradient steps; for updates "
    .. "of local training pass normalize = true. FLPoison looks at the largest tenth of the last layer of the global "
    .. "model, here at all of it. The rule sees many clients with one update; attackers who each turn around an "
    .. "update of their own differ as the honest do.",
  example = {
    [[
local rule = fed.aggregators.foolsgold { normalize = true }
print((rule { {1, 0, 0}, {0, 1, 0}, {0, 0, 9}, {0, 0, 9} }))]],
    prints = "Tensor [3] float32\n  0.5000  0.5000  0.0000",
  },
  make = make,
}
