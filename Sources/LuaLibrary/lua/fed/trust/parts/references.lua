--- Trains what an honest client with the same labels would have sent.
-- On the root data, in the mix of classes that the client's own update teaches.
local fed = require "fed"
local util = require "fed.util"

local references = {}
references.__index = references

--- Makes an empty memory of mixes.
---@param options table `cap` (most steps of a reference, or a sixth of the median client's), `late_cap` (the same after
--- four rounds), `batch` and `epochs` of the clients, and `label_counts`: what clients say of their labels, by client
--- id, where the protocol may ask
---@return table
function references.make(options) return setmetatable({ options = options, state = { mixes = {} } }, references) end

--- Learns whose labels each update teaches: the mean prediction of the global model plus the update on validation data,
--- added up over the rounds. Long updates are shortened, since the prediction of a model that is far off says nothing.
---@param round fed.Round
---@param updates fed.Updates
---@param memory table? mixes by client id, for clients that are played; without it, what is remembered or stated
---@return table mixes shares of the classes by row
function references:learn_mixes(round, updates, memory)
  local mixes, rows = memory or self.state.mixes, {}
  local told, limit = not memory and self.options.label_counts, 1.5 * updates:norms():median():item()
  -- After some rounds one more says little, and every fourth is enough for clients that are known.
  local is_due = not told and (round.number <= 4 or round.number % 4 == 0)
  for _, id in ipairs(updates.ids) do is_due = is_due or not (told or mixes[id]) end
  local means = is_due and round:predictions(updates:clip(limit), "validation"):to_table()
  for i, id in ipairs(updates.ids) do
    if told then
      rows[i] = told[id] or util.fail(("label_counts: there are none of client %d"):format(id))
    else
      local sum = mixes[id] or {}
      for class, share in ipairs(means and means[i] or {}) do sum[class] = (sum[class] or 0) + share end
      mixes[id] = sum
      rows[i] = sum
    end
  end
  for i, row in ipairs(rows) do
    local total, shares = util.sum(row), {}
    for class, share in ipairs(row) do shares[class] = share / total end
    rows[i] = shares
  end
  return rows
end

--- Steps that a client with so many samples takes in a round.
---@param samples integer
---@return integer
function references:steps(samples)
  return math.max(1, math.ceil(samples / self.options.batch)) * self.options.epochs
end

--- Most steps of a reference: in the first rounds the model turns within a few steps, and references have to go along.
--- After them a few will do; but where clients take many, a short reference points almost anywhere late in training, so
--- that each may take a sixth of what the median client takes. Nobody's claim of many samples makes that more.
---@param round integer
---@param updates fed.Updates
---@return integer
function references:limit(round, updates)
  local usual = fed.tensor(updates.samples):median():item()
  return math.max(round > 4 and self.options.late_cap or self.options.cap, self:steps(usual) // 6)
end

--- Trains a reference a client, all at once on the run's workers.
---@param round fed.Round
---@param updates fed.Updates
---@param mixes table shares of the classes by row
---@param counts integer[]? root samples of each class: nobody can be shown one that is not there
---@return fed.Updates references, row by row
function references:train(round, updates, mixes, counts)
  local o, limit, questions = self.options, self:limit(round.number, updates), {}
  for i, id in ipairs(updates.ids) do
    local steps = math.min(limit, self:steps(updates.samples[i]))
    local samples = math.min(o.batch * steps, updates.samples[i])
    local mix = table.move(mixes[i], 1, #mixes[i], 1, {})
    for class = 1, #mix do if counts and counts[class] == 0 then mix[class] = 0 end end
    questions[i] = { mix = mix, samples = samples, steps = steps, seed = id }
  end
  return fed.updates(round:train_all(questions).tensor, { like = updates })
end

--- The share of a client's steps that its reference takes.
---@param updates fed.Updates
---@param round integer
---@return fed.Tensor [n] 1 at most
function references:coverage(updates, round)
  local shares, limit = {}, self:limit(round, updates)
  for i, samples in ipairs(updates.samples) do shares[i] = math.min(1, limit / self:steps(samples)) end
  return fed.tensor(shares)
end

--- How much longer than its reference an update is, as a logarithm. A client that takes more steps than its reference
--- goes farther, by about the root of their ratio where steps point anywhere.
---@param updates fed.Updates
---@param trained fed.Updates references
---@param round integer
---@return fed.Tensor [n]
function references:lengths(updates, trained, round)
  local explained = self:coverage(updates, round):log() * -0.5
  -- Norms beyond float32 are float64; their logarithms are not.
  local function logs(rows) return (rows:norms() + 1e-12):log():to("float32") end
  return logs(updates) - logs(trained) - explained
end

return references
