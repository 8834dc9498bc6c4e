--- Remembers what is held against each client.
-- Evidence fades slowly, and a flag needs more to rise than to stay.
local fed = require "fed"
local util = require "fed.util"

local evidence = {}
evidence.__index = evidence

--- Lasting evidence is a mean over the latest rounds. What one round says by chance averages out in it, so that
--- `relief` less of it raises a flag, once there are `least` rounds; such a flag falls `gap` below. The numbers were
--- found for the logits of a line.
evidence.lasting = { rounds = 10, least = 4, relief = 0.7, gap = 0.3 }

--- Makes an empty memory.
---@param options table `ema` (the share of the old evidence), `gap` (a flag falls this far below where it rises),
--- `floor` and `ceiling` of one round's logit, `veto`: the log-norm above a reference that nobody honest sends, and
--- `lasting`: whether lasting evidence raises flags, too, where `scorer` is "line"
---@return table
function evidence.make(options)
  local state = { evidence = {}, flagged = {}, shapley = {}, rounds = {}, means = {} }
  return setmetatable({ options = options, state = state }, evidence)
end

--- Adds a round's logits to what is remembered.
---
--- The floor keeps a long honest record from hiding a client that starts to attack.
---@param ids integer[] client of each logit
---@param logits number[] above 0 is suspicious
---@return number[] evidence by row
function evidence:add(ids, logits)
  local o, memory, rows = self.options, self.state.evidence, {}
  for i, id in ipairs(ids) do
    local now = util.clamp(logits[i], o.floor, o.ceiling)
    memory[id] = memory[id] and o.ema * memory[id] + (1 - o.ema) * now or now
    rows[i] = memory[id]
    local rounds, means = self.state.rounds, self.state.means
    rounds[id] = (rounds[id] or 0) + 1
    means[id] = (means[id] or 0) + (now - (means[id] or 0)) / math.min(rounds[id], evidence.lasting.rounds)
  end
  return rows
end

--- What lasting evidence says of a client: words, if it raises a flag.
local function lasting_reason(self, id, on)
  local o, mean = evidence.lasting, self.state.means[id]
  if not (self.options.lasting and self.options.scorer == "line" and mean) then return nil end
  local bound = on - o.relief - (self.state.flagged[id] and o.gap or 0)
  if self.state.rounds[id] >= o.least and mean > bound then
    return ("evidence %.2f on average above %.2f"):format(mean, bound)
  end
end

--- Raises and lowers flags.
---@param ids integer[]
---@param rows number[] evidence by row, as `add` gives it
---@param lengths fed.Tensor? [n] log-norm of each update above its reference's; without it nobody is vetoed
---@param on number the evidence from which a flag rises
---@return boolean[] flagged by row, table reasons words by client id
function evidence:judge(ids, rows, lengths, on)
  local o, flagged, reasons = self.options, {}, {}
  -- Where references took few steps, everybody is longer than they are.
  local usual = lengths and math.max(0, lengths:median():item())
  for i, id in ipairs(ids) do
    local bound = self.state.flagged[id] and on - o.gap or on
    local is_long = lengths and lengths[i] - usual > o.veto
    local is_suspicious, lasting = rows[i] > bound, lasting_reason(self, id, on)
    flagged[i] = is_suspicious or is_long or lasting ~= nil
    self.state.flagged[id] = flagged[i] or nil
    if is_long then
      reasons[id] = ("%.1f times as long as its reference"):format(math.exp(math.min(lengths[i], 100)))
    elseif flagged[i] then
      reasons[id] = is_suspicious and ("evidence %.2f above %.2f"):format(rows[i], bound) or lasting
    end
  end
  return flagged, reasons
end

--- Trust from 0 to 1: nothing for who is flagged, and a quarter where the evidence is about to raise a flag.
---@param rows number[] evidence by row
---@param flagged boolean[] by row
---@param on number as in `judge`
---@return number[] by row
function evidence:trust(rows, flagged, on)
  local o, trust = self.options, {}
  local off = on - o.gap
  for i = 1, #rows do
    trust[i] = flagged[i] and 0 or util.clamp(1 - 0.75 * (rows[i] - off) / o.gap, 0.25, 1)
  end
  return trust
end

--- Takes weights away from who is flagged or has too little, and tells who is left.
---@param ids integer[]
---@param weights number[] by row, changed
---@param cut number lower weights count as 0
---@param flagged boolean[] by row
---@param reasons table words by client id, changed: they stay with the dropped alone
---@return integer[] dropped ids, integer[] kept rows
function evidence.admit(ids, weights, cut, flagged, reasons)
  local dropped, kept = {}, {}
  for i, id in ipairs(ids) do
    if flagged[i] or weights[i] < cut then
      reasons[id] = reasons[id] or ("weight %.2f below %.2f"):format(weights[i], cut)
      dropped[#dropped + 1], weights[i] = id, 0
    else
      kept[#kept + 1], reasons[id] = i, nil
    end
  end
  return dropped, kept
end

--- Smooths a number a client over the rounds: a share of the new one, the rest of what was remembered (equation 12).
---@param ids integer[]
---@param values fed.Tensor [n]
---@param share number
---@return fed.Tensor [n]
function evidence:smooth(ids, values, share)
  local memory, rows = self.state.shapley, {}
  for i, id in ipairs(ids) do
    memory[id] = memory[id] and share * values[i] + (1 - share) * memory[id] or values[i]
    rows[i] = memory[id]
  end
  return fed.tensor(rows)
end

return evidence
