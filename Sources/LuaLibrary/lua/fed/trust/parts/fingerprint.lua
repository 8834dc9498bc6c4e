--- What tells an honest update from another: some numbers a client, and how unusual each of them is in its round.
local fed = require "fed"
local util = require "fed.util"

local fingerprint = {}

--- Every feature: whether large (1) or small (-1) values are suspicious, and the least spread that z-scores count with.
--- The first six are the paper's, equations 5 to 12; the others compare with what the root data would have sent.
fingerprint.features = {
  vae = { sign = 1, floor = 0.02 }, root = { sign = -1, floor = 0.06 }, peers = { sign = -1, floor = 0.05 },
  norm = { sign = 1, floor = 0.25 }, signs = { sign = -1, floor = 0.02 }, shapley = { sign = -1, floor = 0.03 },
  reference = { sign = -1, floor = 0.03 }, own = { sign = -1, floor = 0.03 }, cone = { sign = -1, floor = 0.03 },
  length = { sign = 1, floor = 0.12 }, twin = { sign = 1, floor = 0.05 }, excess = { sign = 1, floor = 0.08 },
  share = { sign = -1, floor = 0.25 }, labels = { sign = 1, floor = 1 },
}
fingerprint.names = {}
for name in util.sorted_pairs(fingerprint.features) do fingerprint.names[#fingerprint.names + 1] = name end
fingerprint.paper = { "vae", "root", "peers", "norm", "signs", "shapley" }
fingerprint.matched = { "reference", "own", "cone", "length", "shapley", "twin", "excess", "share", "labels" }

--- What asks for references, and so costs a training for each client.
local needs_reference = { "reference", "own", "cone", "length", "excess", "share", "labels" }

--- Turns features on and off, and tells which are on.
---@param usual string[] those that are on by themselves
---@param switches table booleans by name
---@param path string what messages call the options
---@return string[] names, rising, table on by name, boolean is_matched whether one of them needs references
function fingerprint.choose(usual, switches, path)
  local on, names, is_matched = {}, {}, false
  for _, name in ipairs(usual) do on[name] = true end
  for name, choice in util.sorted_pairs(switches) do
    if not fingerprint.features[name] then
      util.fail(("%s: there is no feature '%s' to switch; %s are allowed"):format(path, name,
        table.concat(fingerprint.names, ", ")))
    end
    if type(choice) ~= "boolean" then
      util.fail(("%s: fingerprint.%s = %s is not allowed; true or false is"):format(path, name, tostring(choice)))
    end
    on[name] = choice
  end
  for _, name in ipairs(fingerprint.names) do if on[name] then names[#names + 1] = name end end
  for _, name in ipairs(needs_reference) do is_matched = is_matched or on[name] or false end
  if #names == 0 then util.fail(path .. ": all features are off; one at least is needed") end
  return names, on, is_matched
end

--- Distances from the median, and their spread: the largest of the median absolute deviation, the deviation of the
--- same number among references, and a floor. So a round in which all clients are alike accuses nobody, and one in
--- which honest clients differ much, neither.
---@param values fed.Tensor [n]
---@param floor number
---@param null fed.Tensor? the same number of the references
---@return fed.Tensor [n], number spread
local function centered(values, floor, null)
  local distances = values - values:median():item()
  return distances, math.max(1.4826 * distances:abs():median():item(), floor, null and null:std():item() or 0)
end

--- Robust z-scores: distance from the median in spreads, large for what is suspicious, from -2 to 8.
---@param values fed.Tensor [n]
---@param feature table sign and floor
---@param null fed.Tensor? the same number of the references
---@return fed.Tensor [n]
function fingerprint.z(values, feature, null)
  local distances, spread = centered(values, feature.floor, null)
  return (distances * (feature.sign / spread)):clamp(-2, 8)
end

--- Equation 9: the share of the numbers that have the sign of the root update's, among those where that is not 0.
---
--- Where both are 0, as in dead units, they agree without meaning it. Native counts tell how many: of the numbers of an
--- update M match, X oppose, Z are 0 against a root that is not, and B are 0 on both sides; known are M + B (agreement
--- with the root), X + B (with its negative), Z + B (zeros of the update) and M + X + Z (the root's other numbers).
---@param updates fed.Updates
---@param root fed.Tensor [d]
---@return fed.Tensor [n]
function fingerprint.sign_agreement(updates, root)
  local d, others = updates.d, root:ne(0):sum():item()
  local agree, oppose = updates:sign_agreement(root) * d, updates:sign_agreement(root * -1) * d
  local zeros = updates:sign_shares():select(2, 2) * d
  local both = (agree + oppose + zeros - others) / 3
  return (agree - both) / math.max(1, others)
end

--- Cosine of each update to the nearest combination, of weights of at least 0, of the steps that lower each class's
--- loss.
---
--- What honest training on any labels sends lies near that cone.
---@param gradients fed.Updates [k, d] gradients of the loss on each class
---@param updates fed.Updates
---@return fed.Tensor cosines [n], fed.Tensor weights [n, k] of the steps, each at length 1, in that combination
function fingerprint.cone(gradients, updates)
  local products = updates:cosine(gradients) * -1
  local weights = fed.linalg.nnls_gram(gradients:cosines(), products)
  -- The nearest point of a cone is at a right angle to what is left, so that the product with it is its square.
  return (weights * products):sum(2):clamp(0, 1):sqrt(), weights
end

--- Aumann and Shapley's value by length: how far each update points against the loss in the middle of the round's step.
local function middle_gradient(c)
  local half = fed.full({ c.updates.n }, 0.5 / c.updates.n)
  return c.round:gradient(c.round.global + c.clipped:weighted_sum(half), "validation") * -1
end

--- Values by coalitions, as equations 10 to 12 have them.
local function joined(c)
  return c.smooth((c.round:shapley(c.clipped, {
    method = c.shapley, permutations = c.permutations, antithetic = true, weights = fed.ones { c.updates.n },
  })))
end

--- What a feature is measured by: values, and of the references, if the feature knows them.
local measures = {
  root = function(c) return c.updates:cosine(c.root) end,
  peers = function(c) return c.updates:mean_peer_cosine() end,
  norm = function(c) return (c.updates:norms() + 1e-12):log():to("float32") end,
  signs = function(c) return fingerprint.sign_agreement(c.updates, c.root) end,
  vae = function(c) return c.vae:error(c.sketches) end,
  twin = function(c) return c.updates:largest_peer_cosine(), c.trained and c.trained:largest_peer_cosine() end,
  reference = function(c) return c.updates:cosine(c.mean), c.spread end,
  share = function(c)
    local cosines = c.updates:cosine(c.mean)
    local distances, spread = centered(cosines, fingerprint.features.reference.floor, c.spread)
    -- Late in training the median is small beside the spread, and being far below it is chance.
    return distances / math.max(cosines:median():item(), spread) + 1
  end,
  own = function(c) return c.updates:cosine_by_row(c.trained), c.spread end,
  cone = function(c) return fingerprint.cone(c.gradients, c.updates), (fingerprint.cone(c.gradients, c.trained)) end,
  labels = function(c) return c.labels:measure(c) end,
  length = function(c) return c.references:lengths(c.updates, c.trained, c.round.number) end,
  excess = function(c) return (c.updates:cosines() - c.trained:cosines() - fed.eye(c.updates.n) * 9):max(2) end,
  shapley = function(c)
    if c.shapley ~= "aumann" then return joined(c) end
    local down = middle_gradient(c)
    return c.updates:cosine(down), c.trained and c.trained:cosine(down)
  end,
}

--- The sum of all references, each at length 1 so that no long one rules it, and of a step that serves all classes; and
--- the cosine of each reference to the sum of the others: how much honest clients with these labels differ.
local function crowd(c)
  local units, all = c.trained:unit(), c.gradients:mean()
  local mean = units:weighted_sum(fed.ones { units.n }) - all / math.max(all:norm():item(), 1e-12)
  local others = fed.updates(mean:unsqueeze(1):expand(units.n, units.d)):minus(units)
  return mean, units:cosine_by_row(others)
end

--- Features with a scale of their own, by which z-scores are counted in the place of a spread.
local absolute = {
  -- A small share of the median is suspicious, where the median is above the spread.
  share = function(values) return (1 - values) * 4 end,
  -- Measured in standard errors above the median. Right labels speak for a client, but hide nothing else.
  labels = function(values) return values:clamp(-0.25, 2) end,
}

--- Measures features.
---@param c table what there is to know: `round` and `updates`; `root` [d] for the paper's features; with references
--- `references`, `trained`, `gradients`, `labels` and `shared`; with them `vae` and `sketches`; `shapley` and
--- `permutations`, and `smooth`, a function of values by row
---@param names string[] features
---@return fed.Tensor z [n, features], table raw values by name
function fingerprint.measure(c, names)
  local raw, columns = {}, {}
  c.clipped = c.updates:clip(c.updates:norms():median():item())
  if c.trained then c.mean, c.spread = crowd(c) end
  for k, name in ipairs(names) do
    local values, null = measures[name](c)
    raw[name] = values
    columns[k] = absolute[name] and absolute[name](values):clamp(-2, 8)
      or fingerprint.z(values, fingerprint.features[name], null)
  end
  return fed.stack(columns, 2), raw
end

return fingerprint
