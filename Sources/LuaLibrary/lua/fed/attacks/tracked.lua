--- Keeps the books of an attack, so that the attack itself is only its idea.
local fed = require "fed"
local util = require "fed.util"
local ball = require "fed.attacks.parts.ball"
local losses = require "fed.attacks.parts.losses"
local view = require "fed.attacks.parts.view"

local Tracked = { gives = "scores" }
Tracked.__index = Tracked

--- Raised where the budget ends; the search around it takes what was found until then.
local spent = setmetatable({}, { __tostring = function() return "fed.attacks.tracked: the budget is spent" end })

--- What a model is asked with: its stream of this question, whose noise each row gets, and which gradient is wanted.
local function question(self)
  self.asked = self.asked + 1
  return { stream = self.stream:derive("question", self.asked), mode = self.mode, ids = self.ids }
end

--- Marks the samples that may still ask for `cost`, and counts it for them.
local function charge(self, forwards, backwards)
  forwards, backwards = forwards * self.cost, backwards * self.cost
  local cost = forwards + backwards
  local is_open = self.budget and (self.forwards + self.backwards + cost):le(self.budget)
    or fed.ones { #self.labels }
  if not is_open:any() then error(spent, 0) end
  self.forwards, self.backwards = self.forwards + is_open * forwards, self.backwards + is_open * backwards
  return is_open
end

--- Marks are ones and zeros of one type, whatever they were compared from.
local function flag(mask) return mask:to("float32") end

--- Whether each answer is what the attack wants, at points that it may keep.
local function hits(self, x, scores, margin)
  local found = scores:labels()
  local is_hit = flag(self.targets and found:eq(self.targets) or found:ne(self.labels))
  if self.confidence > 0 then is_hit = is_hit * flag(margin:ge(self.confidence)) end
  local may_keep = self.admit and flag(self.admit(x)) or fed.ones { #x }
  return is_hit * may_keep, may_keep
end

--- Keeps the points that are better than what was found before.
local function keep(self, x, scores, is_open)
  local margin = losses.margin(scores, self.own, self.goal)
  local is_hit, may_keep = hits(self, x, scores, margin)
  local is_better
  if self.keep == "nearest" then
    local length = ball.length(x - self.inputs, self.norm)
    is_better = is_hit * flag(length:lt(self.distance))
    self.distance = (is_better * is_open * may_keep):where(length, self.distance)
  else
    is_better = is_hit:gt(self.success):maximum(is_hit:eq(self.success) * flag(margin:gt(self.margin)))
  end
  is_better = is_better * is_open * may_keep
  self.success = self.success:maximum(is_better * is_hit)
  self.margin = is_better:where(margin, self.margin)
  if is_better:any() then self.best = ball.column(is_better, x):where(x, self.best) end
  self.last_hit = is_open:where(is_hit, self.last_hit)
  self.trace[#self.trace + 1] = self.margin
end

--- Draws the books up by the model's answer to the inputs themselves.
local function open(self)
  local b = #self.inputs
  self.forwards, self.backwards, self.asked = fed.zeros { b }, fed.zeros { b }, 0
  self.silent, self.steps = fed.zeros { b }, fed.zeros { b }
  self.best, self.trace = self.inputs, {}
  local is_open = charge(self, 1, 0)
  local scores = self.view:scores(self.inputs, question(self)):detach()
  self.classes = scores.rank == 2 and scores.shape[2] or 0
  if self.classes < 2 then
    local says = "fed.attacks: the model answers with the shape [%s]; scores [b, k] of 2 classes or more are needed"
    util.fail(says:format(table.concat(scores.shape, ", ")))
  end
  self.own = self.labels:one_hot(self.classes):to(scores.type)
  self.goal = self.targets and self.targets:one_hot(self.classes):to(scores.type)
  self.margin = losses.margin(scores, self.own, self.goal)
  self.success = hits(self, self.inputs, scores, self.margin) * is_open
  self.distance = self.success:where(fed.zeros { b }, 1 / 0):to(self.inputs.type)
  self.last_hit, self.scores = self.success, scores
  self.trace[1] = self.margin
  return self
end

--- Brings points to the nearest place that the attack may use.
---@param x fed.Tensor batch
---@return fed.Tensor
function Tracked:project(x)
  if self.mask then x = self.inputs + (x - self.inputs) * self.mask end
  if self.epsilon and self.norm == "linf" then
    -- Where ball and box meet is the same at every step.
    self.upper = self.upper or (self.inputs + self.epsilon):minimum(1)
    self.lower = self.lower or (self.inputs - self.epsilon):maximum(0)
    return x:minimum(self.upper):maximum(self.lower)
  end
  return ball.project(x, self.inputs, self.epsilon, self.norm)
end

--- Asks for the scores at points, which are brought to where the attack may go first.
---@param x fed.Tensor batch
---@return fed.Tensor scores [b, k]
function Tracked:__call(x)
  x = self:project(x)
  local is_open = charge(self, 1, 0)
  local scores = self.view:scores(x, question(self))
  keep(self, x, scores, is_open)
  return scores
end

--- Asks for the gradient of a loss at points, which are brought to where the attack may go first.
---@param x fed.Tensor batch
---@param loss string|function? margin, which it is without one, cross_entropy and others of `parts/losses`, or a
---function of scores, own and goal
---@param goal fed.Tensor? one-hot labels to go for in this question, in place of the attack's own
---@return fed.Tensor gradient, fed.Tensor losses [b], fed.Tensor scores [b, k]
function Tracked:gradient(x, loss, goal)
  x = self:project(x)
  local is_open = charge(self, 1, 1)
  local gradient, values, scores =
    self.view:gradient(x, losses.named(loss or "margin"), self.own, goal or self.goal, question(self))
  keep(self, x, scores, is_open)
  if self.mask then gradient = gradient * self.mask end
  self.steps = self.steps + is_open
  self.silent = self.silent + flag(ball.length(gradient, "linf"):eq(0)) * is_open
  return gradient, values, scores
end

--- Takes a step of a length along the steepest direction, and stays where the attack may go.
---@param x fed.Tensor batch
---@param gradient fed.Tensor of x
---@param size number|fed.Tensor
---@return fed.Tensor
function Tracked:step(x, gradient, size)
  if type(size) ~= "number" then size = ball.column(size, x) end
  return self:project(x + ball.steepest(gradient, self.norm) * size)
end

--- Draws a place to start from, each sample from its own stream.
---@param radius number|fed.Tensor? that of the ball without it
---@param is_far boolean? whether the place lies on the ball's border
---@return fed.Tensor
function Tracked:start(radius, is_far)
  local norm = self.norm == "linf" and "linf" or "l2"
  return self:project(ball.draw(self.inputs, radius or self.epsilon or 1, norm, self.streams, is_far))
end

--- The labels that come next after the own, the likeliest first, as one-hot rows; of an attack with targets, these.
---@param count integer
---@return fed.Tensor[]
function Tracked:rivals(count)
  if self.goal then return { self.goal } end
  count = math.min(count, self.classes - 1)
  local _, places = (self.scores - self.own * 1e30):topk(count)
  local list = {}
  for rank = 1, count do list[rank] = (places:select(2, rank) - 1):one_hot(self.classes):to(self.own.type) end
  return list
end

--- How far a rival still is from the label, with its gradient: above 0 where the rival has won.
function Tracked:toward(x, rival)
  if self.goal then return self:gradient(x, "margin") end
  return self:gradient(x, "difference", rival)
end

--- Runs a search with these books; it ends with the budget at the latest.
---@param search fun(victim: fed.Tracked)
---@return fed.Tracked
function Tracked:run(search)
  local ok, message = pcall(search, self)
  if not ok and message ~= spent then error(message, 0) end
  return self
end

--- The positions of samples whose answer is still right.
---@return integer[]
function Tracked:survivors()
  return self.success:eq(0):nonzero():flatten():to_table()
end

local carried = { "forwards", "backwards", "silent", "steps", "success", "margin", "distance", "last_hit", "best" }
local per_sample = { "inputs", "labels", "targets", "own", "goal", "scores" }

--- Runs a search on some samples alone, and enters what it found.
---@param positions integer[]
---@param search fun(victim: fed.Tracked)
function Tracked:among(positions, search)
  if #positions == 0 then return end
  local part = setmetatable({}, Tracked)
  for key, value in util.sorted_pairs(self) do part[key] = value end
  for _, list in ipairs { carried, per_sample } do
    for _, key in ipairs(list) do part[key] = self[key] and self[key]:gather(positions) end
  end
  if self.mask and #self.mask == #self.inputs then part.mask = self.mask:gather(positions) end
  part.streams, part.ids, part.trace = {}, {}, { part.margin }
  part.upper, part.lower = nil, nil
  for i, position in ipairs(positions) do
    part.streams[i], part.ids[i] = self.streams[position], self.ids[position]
  end
  part:run(search)
  self.asked = part.asked
  for _, key in ipairs(carried) do self[key] = ball.with_rows(self[key], positions, part[key]) end
  for i = 2, #part.trace do
    self.trace[#self.trace + 1] = ball.with_rows(self.trace[#self.trace], positions, part.trace[i])
  end
end

--- Runs a whole attack on some samples, and enters what it found.
---@param positions integer[]
---@param attack function
---@param name string what its randomness is derived from
---@param model any? what it attacks in the place of the model
function Tracked:try(positions, attack, name, model)
  if #positions == 0 then return end
  local ids = {}
  for i, position in ipairs(positions) do ids[i] = self.ids[position] end
  local function some(list) return list and #list == #self.inputs and list:gather(positions) or list end
  local spending = self.forwards + self.backwards
  if self.budget and self.budget - spending:max():item() < 1 then error(spent, 0) end
  local found, info = attack(model or self.model, some(self.inputs), some(self.labels), {
    stream = self.stream:derive(name), ids = ids, targets = some(self.targets), mask = some(self.mask),
    mode = self.mode,
    budget = self.budget and math.tointeger(self.budget - spending:max():item()),
  })
  local margin, success = some(self.margin), some(self.success)
  local is_better = info.success:gt(success):maximum(info.success:eq(success) * flag(info.margin:gt(margin)))
  local news = {
    best = ball.column(is_better, found):where(found, some(self.best)), margin = is_better:where(info.margin, margin),
    success = success:maximum(info.success), last_hit = success:maximum(info.success),
    distance = is_better:where(info.distance, some(self.distance)), forwards = some(self.forwards) + info.forwards,
    backwards = some(self.backwards) + info.backwards, steps = some(self.steps) + info.backwards,
    silent = some(self.silent) + info.indicators.zero_gradients * info.backwards,
  }
  for _, key in ipairs(carried) do self[key] = ball.with_rows(self[key], positions, news[key]) end
  self.trace[#self.trace + 1] = self.margin
end

--- Whether the best loss of each sample, stretched to 0 to 1, still rose by more than a twentieth in its last 10 steps.
local function still_rose(trace)
  local first, last = trace[1], trace[#trace]
  local before = trace[math.max(1, #trace - 10)]
  return (last - before):gt((last - first) * 0.05)
end

--- Tells what was found.
---@return fed.Tensor x_adv, table info
function Tracked:result()
  local steps = self.steps:maximum(1)
  return self.best, {
    success = self.success, margin = self.margin, loss = fed.stack(self.trace),
    distance = ball.length(self.best - self.inputs, self.norm),
    forwards = self.forwards, backwards = self.backwards, queries = self.forwards + self.backwards,
    indicators = {
      zero_gradients = self.silent / steps, silent_success = self.success * (1 - self.last_hit),
      incomplete = flag(still_rose(self.trace)) * (1 - self.success),
    },
  }
end

local function streams_of(stream, ids)
  local streams = {}
  for i, id in ipairs(ids) do streams[i] = stream:derive("sample", id) end
  return streams
end

local function numbered(count)
  local list = {}
  for i = 1, count do list[i] = i end
  return list
end

local function labels(values) return type(values) == "table" and fed.labels(values) or values end

local function check(options, path)
  local inputs = options.inputs
  if #inputs == 0 then util.fail(path .. ": there are no inputs; at least one sample is needed") end
  local lowest, highest = inputs:min():item(), inputs:max():item()
  if not (lowest >= 0 and highest <= 1) then
    util.fail(("%s: inputs go from %g to %g; pixels from 0 to 1 are allowed, and normalization belongs into the model")
      :format(path, lowest, highest))
  end
  for _, key in ipairs { "labels", "targets", "ids" } do
    if options[key] and #options[key] ~= #inputs then
      util.fail(("%s: %d %s for %d inputs; one a sample is needed"):format(path, #options[key], key, #inputs))
    end
  end
end

local function make(options, path)
  check(options, path)
  if getmetatable(options.model) == Tracked then
    util.fail(path .. ": the model is tracked already, for one search; give the model itself")
  end
  local stream, ids = options.stream or fed.stream { purpose = path }, options.ids or numbered(#options.inputs)
  return open(setmetatable({
    model = options.model, view = view.of(options.model), cost = view.cost(options.model),
    inputs = options.inputs:detach():clone(), labels = labels(options.labels),
    targets = labels(options.targets), epsilon = options.epsilon, norm = options.norm, budget = options.budget,
    keep = options.keep, confidence = options.confidence, admit = options.admit, mask = options.mask,
    mode = options.mode, stream = stream,
    ids = ids, streams = streams_of(stream, ids),
  }, Tracked))
end

return fed.define {
  "Wraps a model for one attack on a batch: it is called like the model, counts what each sample asks, ends at a "
    .. "budget, brings all points into box and ball, and keeps the best adversarial point that it sees.",
  options = {
    model = { "A Model, a FrozenModel, a function, or a pipeline.", type = "any" },
    inputs = { "Batch of pixels from 0 to 1.", type = "Tensor" },
    labels = { "The labels, from 0.", type = "Tensor|table" },
    targets = { nil, "The labels that the answers are to become; any wrong one without it.", type = "Tensor|table" },
    epsilon = { nil, "Radius of the ball; the box alone without it.", type = "number", at_least = 0 },
    confidence = { 0.0, "Margin by which a wrong answer has to lead to be kept as one.", at_least = 0 },
    admit = { nil, "A function of points that marks by 1 what may be kept, such as what no detector sees.",
      type = "function" },
    norm = { "linf", "What distances are measured by.", one_of = { "linf", "l2", "l1" } },
    budget = { nil, "Forwards and backwards that each sample may ask for.", type = "integer", at_least = 1 },
    keep = { "strongest", "Which point is best: the one that misleads most, or the nearest that misleads.",
      one_of = { "strongest", "nearest" } },
    mask = { nil, "Zeros where pixels have to stay, ones elsewhere.", type = "Tensor" },
    mode = { nil, "Way of the gradient through a pipeline, which knows its names.", type = "string" },
    stream = { nil, "Randomness of starts and of a random model.", type = "Stream" },
    ids = { nil, "Numbers by which samples draw, so that a batch draws like its parts; 1 to n without it.",
      type = "table" },
  },
  returns = { "table", "Called with points, gives scores; has methods gradient, step, start, project and result." },
  source = "Cinà et al., AAAI 2025, https://arxiv.org/abs/2404.19460, section 3",
  example = {
    [[
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2, seed = 1 }
local x = fed.tensor { { 0.4, 0.5 }, { 0.6, 0.5 } }
local victim = fed.attacks.tracked { model = model, inputs = x, labels = { 0, 1 }, epsilon = 0.1 }
for _ = 1, 3 do victim(x + victim:gradient(x):sign()) end
local found, info = victim:result()
print((found - x):abs():max():item() <= 0.1 + 1e-6, info.forwards[1], info.backwards[1])]],
    prints = "true\t7.0\t3.0",
  },
  make = make,
}
