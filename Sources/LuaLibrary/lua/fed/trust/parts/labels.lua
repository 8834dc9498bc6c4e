--- Tells how much of an update teaches wrong labels.
-- The validation data show what every label would teach on samples of every class; an update is put together of that.
local fed = require "fed"
local fingerprint = require "fed.trust.parts.fingerprint"

local labels = {}
labels.__index = labels

--- Of more classes than these there are too many pairs of a class and a label, and nobody is suspected.
labels.most_classes = 20
--- Measurements of a client that are averaged, the latest, with a 0 before the first: one alone says little.
labels.remembered = 20
--- Excess of wrong labels that is held against nobody.
labels.margin = 0.1
--- Nobody is measured where the median reference takes less of its client's steps.
labels.least_coverage = 0.5

--- Numbers that gradients are sketched to; with these, products are off by about a fiftieth of both lengths.
local sketch = 4096

--- Makes an empty memory.
---@return table
function labels.make() return setmetatable({ state = { means = {}, counts = {} } }, labels) end

--- What is taught by samples of each class under each label: the first rows under their own.
---@param round fed.Round
---@param classes integer
---@return fed.Updates [classes * classes, sketch] gradients
local function lessons(round, classes)
  local rows = {}
  for shift = 0, classes - 1 do
    rows[shift + 1] = round:gradients({ data = "validation", shift = shift }):sketch({ size = sketch }).tensor
  end
  return fed.updates(fed.concatenate(rows, 1))
end

--- How much of updates is wrong labels: of the combination of lessons that is nearest to an update, at length 1, the
--- sum of the weights of those under labels that are not their own.
---@param taught fed.Updates lessons
---@param classes integer
---@param updates fed.Updates
---@return fed.Tensor [n]
local function wrong_weights(taught, classes, updates)
  local cosines, weights = fingerprint.cone(taught, updates:sketch { size = sketch })
  return weights:narrow(2, classes + 1, classes * (classes - 1)):sum(2) / cosines:clamp(1e-6, 1)
end

--- Measures how much more wrong labels each update teaches than its reference seems to. References teach right labels
--- alone, but in few samples, so that what is found in them is chance.
---
--- The fewer of a client's steps its reference takes, the less the two can be compared. A measurement takes long: it
--- is made in every other round up to the eighth, in every fourth after it, and from the second on for clients that are
--- new. Before it nothing is said.
---@param c table as for `fingerprint.measure`; lessons are made once for all looks at a round, in its `shared`
---@return fed.Tensor [n] means of the logarithm of the ratio of 1 and the one to 1 and the other, less the margin
function labels:measure(c)
  local means, counts, ids, number = self.state.means, self.state.counts, c.updates.ids, c.round.number
  -- What references take late in training, so that no client drops out when they become shorter.
  local coverage, classes = c.references:coverage(c.updates, math.huge), c.gradients.n
  local rows, is_due = {}, number % (number <= 8 and 2 or 4) == 0
  for _, id in ipairs(ids) do is_due = is_due or number > 1 and not means[id] end
  if is_due and classes <= labels.most_classes and coverage:median():item() >= labels.least_coverage then
    c.shared.lessons = c.shared.lessons or lessons(c.round, classes)
    local function logs(sent) return (wrong_weights(c.shared.lessons, classes, sent) + 1):log() end
    local found = logs(c.updates) - logs(c.trained) - labels.margin
    for i, id in ipairs(ids) do
      counts[id] = math.min((counts[id] or 1) + 1, labels.remembered)
      means[id] = (means[id] or 0) + (found[i] - (means[id] or 0)) / counts[id]
    end
  end
  for i, id in ipairs(ids) do rows[i] = means[id] or 0 end
  return fed.tensor(rows) * coverage
end

return labels
