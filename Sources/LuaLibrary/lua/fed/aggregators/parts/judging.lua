--- What rules that judge clients share: which rows count, what is said of each client, and what is remembered.
local fed = require "fed"
local util = require "fed.util"

local judging = {}

--- The option `on_empty` as a rule declares it.
judging.on_empty = {
  "zero", "Where nobody is trusted: \"zero\" leaves the model as it is, \"error\" ends the run, and a rule decides "
    .. "instead.",
  type = "string|Aggregator", one_of = { "zero", "error" },
}

--- Returns the updates that a rule looks at: all, or those whose weight is above 0.
---@param updates fed.Updates
---@param weights fed.Tensor?
---@return fed.Updates
function judging.rows(updates, weights)
  return weights and updates:select(util.positive_rows(weights)) or updates
end

--- Returns numbers as a plain table.
---@param values fed.Tensor|table
---@return table
function judging.plain(values) return type(values) == "userdata" and values:to_table() or values end

--- Returns random numbers of a rule: of its round, or always the same where there is none.
---@param round fed.Round?
---@param purpose string
---@return fed.Stream
function judging.stream(round, purpose)
  return round and round.stream:derive(purpose) or fed.stream { seed = 0, purpose = purpose }
end

--- Returns the root update that was given, or the round's.
---@param round fed.Round?
---@param given fed.Tensor?
---@param path string
---@return fed.Tensor
function judging.root(round, given, path)
  if not given and not round then
    util.fail(path .. ": there is no round to take the root update from; pass root = TENSOR")
  end
  return given or round.root_update
end

--- Raises an error unless a rule has a round.
---@param round fed.Round?
---@param path string
---@param what string what the rule takes from it
---@return fed.Round
function judging.round(round, path, what)
  if not round then util.fail(("%s: there is no round to %s; the rule works inside of a run"):format(path, what)) end
  return round
end

--- Returns updates whose sender is known, for a scorer to learn from: some that the server's root data send, and some
--- that such updates become in an attacker's hands, turned around, stretched, drowned in noise or blended.
---@param round fed.Round
---@param stream fed.Stream
---@param options table honest and attackers, how many of each; steps of training, as a client's without it
---@return fed.Updates updates the honest first
function judging.virtual(round, stream, options)
  local count, questions = options.honest + options.attackers, {}
  for k = 1, count do questions[k] = { data = "root", steps = options.steps, seed = stream:integer(1 << 30) } end
  local updates = round:train_all(questions)
  local usual = util.median(updates:norms():to_table())
  local noise = fed.randn { count, updates.d, stream = stream }
  local attacks = {
    function(row) return row * -1 end,
    function(row) return row * 10 end,
    function(row, k) return row + noise[k] * (usual / math.sqrt(updates.d) * 3) end,
    function(row, k) return (noise[k] * (usual / math.sqrt(updates.d)) - row) * 0.7 end,
  }
  local rows = {}
  for k = 1, count do
    rows[k] = k <= options.honest and updates[k] or attacks[1 + (k - options.honest - 1) % #attacks](updates[k], k)
  end
  return fed.updates(fed.stack(rows), { like = updates })
end

--- A list by row as a table by client id; clients that the rule did not see get `rest`.
local function by_client(list, rows, updates, rest)
  local result = {}
  if rest ~= nil then for _, id in ipairs(updates.ids) do result[id] = rest end end
  for i, id in ipairs(rows.ids) do result[id] = list[i] end
  return result
end

local function nobody(path, round, updates, decision, on_empty)
  if on_empty == "error" then
    local text = "%s: none of n = %d updates is trusted; the option on_empty says what else to do"
    util.fail(text:format(path, updates.n))
  end
  for _, id in ipairs(updates.ids) do decision.reasons[id] = decision.reasons[id] or "nobody was trusted" end
  if on_empty == "zero" then
    decision.update = fed.zeros { updates.d }
  else
    local update, inner = on_empty(round, updates)
    decision.update, decision.weights = update, inner.weights
  end
  return decision
end

--- What a rule says of the clients that it kept and of those that it left out, as an aggregator returns it.
---
--- `verdict` has `kept`, a boolean by row, and may have `weights` of the kept, numbers by row; `values`, other updates
--- of the same clients to be averaged, such as clipped ones; `reasons`, words by row for those left out; `ledger`,
--- named numbers by row; `info`; and `on_empty`.
---@param path string
---@param round fed.Round?
---@param updates fed.Updates all that the rule was given
---@param rows fed.Updates those that it looked at
---@param verdict table
---@return table decision
function judging.decide(path, round, updates, rows, verdict)
  local shares, flagged, reasons = {}, {}, {}
  for i, id in ipairs(rows.ids) do
    shares[i] = verdict.kept[i] and (verdict.weights and verdict.weights[i] or 1) or 0
    if not verdict.kept[i] then
      flagged[#flagged + 1] = id
      reasons[id] = verdict.reasons and verdict.reasons[i] or nil
    end
  end
  local decision = { flagged = flagged, reasons = reasons, info = verdict.info, ledger = {} }
  for name, list in util.sorted_pairs(verdict.ledger or {}) do
    decision.ledger[name] = by_client(judging.plain(list), rows, updates)
  end
  local total = util.sum(shares)
  if total <= 0 then return nobody(path, round, updates, decision, verdict.on_empty or "zero") end
  for i = 1, #shares do shares[i] = shares[i] / total end
  decision.update = (verdict.values or rows):weighted_sum(fed.tensor(shares, "float64"))
  decision.weights = by_client(shares, rows, updates, 0)
  return decision
end

--- Makes an aggregator with a memory that checkpoints save.
---
--- A run starts with a fresh memory in its first round. A call without a round sees a fresh one and leaves nothing, so
--- that a rule tried by hand gives the same result each time. The memory is a table of what `on_save` may return.
---@param path string
---@param fresh fun(): table makes an empty memory
---@param rule fun(round, updates, weights, memory): table|fed.Tensor
---@param options table? such as f
---@return fed.Aggregator
function judging.remembering(path, fresh, rule, options)
  local memory = fresh()
  return fed.aggregator(path, function(round, updates, weights)
    if not round then return rule(nil, updates, weights, fresh()) end
    if round.number == 1 then memory = fresh() end
    return rule(round, updates, weights, memory)
  end, {
    f = options and options.f, on_save = function() return memory end, on_load = function(saved) memory = saved end,
  })
end

--- Returns the options of an aggregator around another one, whose memory is saved with it.
---@param inner fed.Aggregator?
---@param options table? such as f
---@return table
function judging.around(inner, options)
  local result = { f = options and options.f }
  if inner then
    result.on_save = function() return inner:save() end
    result.on_load = function(saved) inner:load(saved) end
  end
  return result
end

return judging
