--- Looks at one batch for a pipeline.
-- It has the classifier's answers on the batch and on its purified copies, each computed once, and knows how a gradient
-- finds its way back through them.
local fed = require "fed"

local View = {}
View.__index = View

--- The product of a gradient with the classifier's probabilities.
local function product(model, batch) return (model(batch.inputs):softmax() * batch.labels):sum() end

local function answer_of(classifier, x)
  if type(classifier) == "function" then return classifier(x):softmax() end
  return classifier:predict(x):softmax()
end

--- The gradient of an answer weighed by `upstream`, at the images.
local function gradient_of(classifier, x, upstream)
  if type(classifier) == "function" then
    local leaf = x:detach():requires_grad()
    return (classifier(leaf):softmax() * upstream):sum():backward()[leaf]
  end
  return (classifier:input_gradient(x, upstream, { loss = product }))
end

--- Left to right.
local function mirrored(x) return x:flip(4) end

--- A pipeline's probabilities for images as they stand: of its classifier, or the mean with those for mirror images.
local function probabilities(pipeline, x, ask)
  ask = ask or answer_of
  local upright = ask(pipeline.classifier, x)
  return pipeline.mirrored and (upright + ask(pipeline.classifier, mirrored(x))) / 2 or upright
end

--- Carries a gradient of these probabilities back to the images.
local function back(pipeline, x, upstream)
  local classifier = pipeline.classifier
  if not pipeline.mirrored then return gradient_of(classifier, x, upstream) end
  local half = upstream / 2
  return gradient_of(classifier, x, half) + mirrored(gradient_of(classifier, mirrored(x), half))
end

--- Looks at a batch.
---@param pipeline table
---@param x fed.Tensor
---@param o table { stream =, ids = }
---@param is_marked boolean? whether a gradient is wanted
function View.new(pipeline, x, o, is_marked)
  local self = setmetatable({
    pipeline = pipeline, inputs = x, stream = o.stream, ids = o.ids, is_marked = is_marked, entries = {},
  }, View)
  self.x = is_marked and x:detach():requires_grad() or x
  self.raw = self:leaf(probabilities(pipeline, x))
  return self
end

--- An answer, at which a gradient stops for a while.
function View:leaf(answer) return self.is_marked and answer:detach():requires_grad() or answer end

--- The probabilities on images that a detector made of x; gradients flow through them.
function View:answer(x)
  return probabilities(self.pipeline, x, self.is_marked and function(classifier, image)
    return (type(classifier) == "function" and classifier or classifier:frozen())(image):softmax()
  end)
end

--- Noise of the batch's shape that belongs to its images.
---@param copy integer
function View:noise(copy)
  return fed.diffusion.item_noise {
    like = self.inputs, stream = self.stream:derive("detector"), ids = self.ids, copy = copy,
  }
end

--- The step of a noise in pixels; that of the purifier without one.
function View:step_of(sigma)
  local purifier = self.pipeline.purifier
  return sigma and purifier.denoiser.schedule:step_of(sigma) or purifier.t
end

local function ids_of(ids, rows)
  local list = {}
  for i, row in ipairs(rows) do list[i] = ids and ids[row] or row end
  return list
end

--- Purifies rows, all or some, at one step, and asks the classifier.
function View:entry(t, rows)
  local x = rows and self.inputs:gather(rows) or self.inputs
  local ids = rows and ids_of(self.ids, rows) or self.ids
  local entry, purifier = { rows = rows, t = t, copies = {} }, self.pipeline.purifier
  for j = 1, purifier.copies do
    local image, kept = purifier:purify(x, t, { stream = self.stream, ids = ids, copy = j })
    local answer = self:leaf(probabilities(self.pipeline, image))
    entry.copies[j] = { image = image, kept = self.is_marked and kept or nil, answer = answer }
  end
  self.entries[#self.entries + 1] = entry
  return entry
end

--- The answers on the copies of some rows at one step. All rows are purified once at most; where a gradient is wanted,
-- some are once more by themselves, which is cheaper than to carry back zeros for all.
function View:answers_at(t, rows)
  local found, is_part = nil, #rows < #self.inputs
  for _, entry in ipairs(self.entries) do
    if entry.t == t and not entry.rows and not (is_part and self.is_marked) then found = entry end
  end
  found = found or self:entry(t, is_part and rows or nil)
  local list, cut = {}, not found.rows and is_part
  for j, copy in ipairs(found.copies) do list[j] = cut and copy.answer:gather(rows) or copy.answer end
  return list
end

--- The classifier's answers on purified copies.
---@param t integer|integer[] one step, or one for each row
---@param rows integer[]? rising; all without it
---@return fed.Tensor[] a [m, k] for each copy
function View:purified(t, rows)
  if not rows then
    rows = {}
    for i = 1, #self.inputs do rows[i] = i end
  end
  if type(t) == "number" then return self:answers_at(t, rows) end
  local steps, groups = {}, {}
  for i, row in ipairs(rows) do
    if not groups[t[i]] then
      groups[t[i]] = { rows = {}, places = {} }
      steps[#steps + 1] = t[i]
    end
    local group = groups[t[i]]
    group.rows[#group.rows + 1], group.places[#group.places + 1] = row, i
  end
  table.sort(steps)
  if #steps == 1 then return self:answers_at(steps[1], rows) end
  return self:joined(steps, groups)
end

--- Puts the answers of groups of one step each into the order of their rows.
function View:joined(steps, groups)
  local parts, order, count = {}, {}, 0
  for _, step in ipairs(steps) do
    parts[#parts + 1] = self:answers_at(step, groups[step].rows)
    for _, place in ipairs(groups[step].places) do
      count = count + 1
      order[place] = count
    end
  end
  local list = {}
  for j = 1, self.pipeline.purifier.copies do
    local column = {}
    for i, part in ipairs(parts) do column[i] = part[j] end
    list[j] = fed.concatenate(column):gather(order)
  end
  return list
end

--- Carries the gradients of all answers back to the batch.
---@param found fed.Gradients of the loss
---@param mode string full, bpda or forward_only
---@return fed.Tensor
function View:backward(found, mode)
  local purifier = self.pipeline.purifier
  local sum = found[self.x] or fed.zeros(self.inputs.shape)
  if found[self.raw] then sum = sum + back(self.pipeline, self.inputs, found[self.raw]) end
  for _, entry in ipairs(self.entries) do
    for _, copy in ipairs(entry.copies) do
      local upstream = found[copy.answer]
      if upstream then
        local part = purifier:backward(copy.kept, back(self.pipeline, copy.image, upstream), mode)
        if entry.rows then
          for i, row in ipairs(entry.rows) do sum[row] = sum[row] + part[i] end
        else
          sum = sum + part
        end
      end
    end
  end
  return sum
end

return View
