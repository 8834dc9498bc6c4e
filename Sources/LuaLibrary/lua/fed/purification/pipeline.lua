--- Answers for images with a classifier, a detector before it and a purifier beside it.
local fed = require "fed"
local util = require "fed.util"
local View = require "fed.purification.parts.view"

local Pipeline = { gives = "probabilities" }
Pipeline.__index = Pipeline

local modes = { full = true, full_intermediate = true, bpda = true, forward_only = true, blind = true }
local uses_purifier = { selective = true, always = true, blend = true }
local uses_detector = { selective = true, detect_only = true, reject = true }

--- The numbers of a vector, in a list.
local function list(tensor) return tensor:detach():to_table() end

local function mean(answers)
  local sum = answers[1]
  for j = 2, #answers do sum = sum + answers[j] end
  return #answers > 1 and sum / #answers or sum
end

--- Shares of the copies that answer each class.
local function votes_of(answers)
  local shares = {}
  for j, answer in ipairs(answers) do shares[j] = answer:detach():labels():one_hot(answer.shape[2]):to("float32") end
  return mean(shares)
end

--- The answer on purified copies: their mean, or the shares of their votes; a gradient takes the mean for the shares.
local function vote(self, view, answers)
  if self.vote == "majority" and not view.is_marked then return votes_of(answers) end
  return mean(answers)
end

--- Positions of the rows that are flagged, and the answer's parts put together in the order of the rows.
local function chosen(raw, purified, rows)
  if #rows == #raw then return purified end
  local order = {}
  for i = 1, #raw do order[i] = i end
  for k, row in ipairs(rows) do order[row] = #raw + k end
  return fed.concatenate { raw, purified }:gather(order)
end

--- Scores and flags; where nothing is calibrated, an infinite threshold flags nothing.
local function inspect(self, view, info)
  if not self.detector then return end
  local score = self.detector:score(view)
  local numbers, calibration = list(score), self.calibration
  local flags = calibration and calibration:flags(numbers) or {}
  local p, marks = {}, {}
  for i, number in ipairs(numbers) do
    p[i], marks[i] = calibration and calibration:p_value(number) or 1, flags[i] and 1 or 0
  end
  info.score, info.p_value, info.flagged = score:detach(), fed.tensor(p), fed.tensor(marks)
  return score, numbers
end

--- The step of each row, and whether it is purified.
local function plan(self, info, numbers, count)
  local rows, steps = {}, {}
  for i = 1, count do
    local is_purified = self.mode == "always" or self.mode == "blend"
      or self.mode == "selective" and info.flagged ~= nil and info.flagged[i] == 1
    if is_purified then
      rows[#rows + 1] = i
      steps[#steps + 1] = self.depth and numbers and self.calibration and self.depth(numbers[i], self.calibration)
        or self.purifier.t
    end
  end
  return rows, steps
end

--- What the ledger tells of each row: how deep, which branch, and how the copies voted.
local function tell(self, info, rows, steps, answers, raw)
  local t, branch, votes = {}, {}, raw:detach():labels():one_hot(raw.shape[2]):to("float32")
  for i = 1, #raw do t[i], branch[i] = 0, "raw" end
  for k, row in ipairs(rows) do t[row], branch[row] = steps[k], self.mode == "blend" and "both" or "purified" end
  if self.mode == "reject" then
    for i = 1, #raw do if info.flagged and info.flagged[i] == 1 then branch[i] = "rejected" end end
  end
  if #rows > 0 then votes = chosen(votes, votes_of(answers), rows) end
  info.t, info.branch, info.votes = fed.labels(t), branch, votes
end

--- The whole answer for what a view looks at.
local function answer(self, view)
  local info, raw = {}, view.raw
  local score, numbers
  if uses_detector[self.mode] or self.mode ~= "none" and self.detector and (self.depth or self.inspects) then
    score, numbers = inspect(self, view, info)
  end
  local rows, steps = plan(self, info, numbers, #raw)
  local answers = #rows > 0 and view:purified(steps, rows) or nil
  tell(self, info, rows, steps, answers, raw)
  if not answers then return raw, info, score end
  local purified = vote(self, view, answers)
  if self.mode == "blend" then return (raw + purified) / 2, info, score end
  return chosen(raw, purified, rows), info, score
end

local function question(self, o)
  o = o or {}
  return { stream = o.stream or fed.stream { seed = self.seed, purpose = "purification" }, ids = o.ids }
end

--- Answers for images.
---@param x fed.Tensor [b, c, h, w] from 0 to 1
---@param o table? { stream =, ids = }: whose noise it is; `ids` are numbers of the images, their positions without it
---@return fed.Tensor probabilities [b, k], table info score, p_value, flagged, t, branch and votes of each image
function Pipeline.__call(self, x, o)
  return fed.no_grad(function()
    local probabilities, info = answer(self, View.new(self, x, question(self, o)))
    return probabilities, info
  end)
end

--- Scores images as the detector does.
---@return fed.Tensor [b]
function Pipeline:score(x, o)
  return fed.no_grad(function() return self.detector:score(View.new(self, x, question(self, o))) end)
end

--- The gradient of a loss of the answer with respect to the images: for attacks that know the defense.
---@param x fed.Tensor
---@param loss fun(probabilities: fed.Tensor, score: fed.Tensor?): fed.Tensor one number, or one an image
---@param o table? { mode = "full", stream =, ids = }: full: through every step of the purifier; full_intermediate:
--- besides away from its path; bpda: as if it were the identity; forward_only: through its noise alone; blind: of the
--- classifier alone
---@return fed.Tensor gradient, fed.Tensor values, fed.Tensor probabilities, table info
function Pipeline:gradient(x, loss, o)
  local mode = o and o.mode or "full"
  if not modes[mode] then
    util.fail(("Pipeline:gradient: mode = \"%s\" is not allowed; it must be \"full\", \"full_intermediate\", \"bpda\", "
      .. "\"forward_only\" or \"blind\""):format(tostring(mode)))
  end
  local view = View.new(self, x, question(self, o), true)
  local probabilities, info, score = view.raw, {}, nil
  if mode ~= "blind" then probabilities, info, score = answer(self, view) end
  local values = loss(probabilities, score)
  local found = values:sum():backward()
  local gradient = view:backward(found, mode)
  return gradient, values:detach(), probabilities:detach(), info
end

--- Sets the threshold on clean images that took part in no training. A detector that has to learn from clean images
-- first learns from the first half of them.
---@param x fed.Tensor
---@param o table? { rate = 0.05, method = "conformal", delta = 0.05, stream =, ids = }
---@return table the pipeline itself
function Pipeline:calibrate(x, o)
  o = o or {}
  local asked, from = question(self, o), 1
  if self.detector.fit then
    local half = #x // 2
    fed.no_grad(function() self.detector:fit(View.new(self, x:narrow(1, 1, half), asked)) end)
    from = half + 1
  end
  local rest, ids = x:narrow(1, from, #x - from + 1), nil
  if asked.ids then ids = table.move(asked.ids, from, #asked.ids, 1, {}) end
  self.calibration = fed.detection.threshold {
    scores = self:score(rest, { stream = asked.stream, ids = ids }), rate = o.rate, method = o.method, delta = o.delta,
  }
  return self
end

--- Numbers of images by what they show: for places where no numbers are known.
local function numbers_of(x)
  local flat, ids = x:flatten(2), {}
  local mark = flat:matmul(fed.randn { flat.shape[2], 1, seed = 1 }):reshape(-1)
  for i = 1, #x do ids[i] = (string.unpack("<I4", string.pack("<f", mark[i]))) end
  return ids
end

--- The hooks of a run's defense: `inspect` gives scores, `purify` what the run's model sees in place of what is
-- suspected. A run's model sees one image for each, so neither votes nor blends can be asked for.
---@return table { inspect =, purify = }
function Pipeline:hooks()
  if self.mode ~= "selective" and self.mode ~= "always" and self.mode ~= "detect_only" then
    util.fail(("Pipeline:hooks: mode = \"%s\" is not allowed; \"selective\", \"always\" or \"detect_only\" can be a "
      .. "run's hooks"):format(self.mode))
  end
  if self.mirrored then
    util.fail "Pipeline:hooks: mirrored = true is not allowed; a run's model sees each image one way round"
  end
  local hooks = {}
  if self.detector then hooks.inspect = function(x) return self:score(x, { ids = numbers_of(x) }) end end
  if self.mode == "detect_only" then return hooks end
  function hooks.purify(x, score)
    local ids, flags = numbers_of(x), score and self.calibration and self.calibration:flags(list(score))
    local asked, images = question(self), {}
    for i = 1, #x do
      local one = x:narrow(1, i, 1)
      local is_purified = self.mode == "always" or flags and flags[i]
      images[i] = is_purified and self.purifier(one, { stream = asked.stream, ids = { ids[i] } }) or one
    end
    return fed.concatenate(images)
  end
  return hooks
end

local function make(options, path)
  if uses_purifier[options.mode] and not options.purifier then
    util.fail(("%s: mode = \"%s\" needs a purifier = fed.purification.diffusion { … }"):format(path, options.mode))
  end
  if uses_detector[options.mode] and not options.detector then
    util.fail(("%s: mode = \"%s\" needs a detector, such as fed.detection.consistency()"):format(path, options.mode))
  end
  return setmetatable(options, Pipeline)
end

return fed.define {
  "Makes a pipeline, called as pipeline(x, { stream =, ids = }): gives probabilities and a ledger of each image. "
    .. "`calibrate` sets its threshold, `gradient` is for attacks that know it, `hooks` for a run's defense. It never "
    .. "sees a label.",
  options = {
    classifier = { "A model, or a function of a batch that gives logits.", type = "Model|function" },
    detector = { nil, "From fed.detection, or a table with `score(view)`.", type = "table" },
    purifier = { nil, "From fed.purification.diffusion.", type = "table" },
    mode = { "selective", "selective: suspected images are purified; always; blend: the mean of the answers before and "
      .. "after; detect_only: flags, raw answers; reject: suspected images go to a human; none.",
      one_of = { "selective", "always", "blend", "detect_only", "reject", "none" } },
    vote = { "mean", "How copies make an answer: mean probabilities, or the majority of their labels.",
      one_of = { "mean", "majority" } },
    mirrored = { false, "Whether the classifier sees each image, raw or purified, both as it is and mirrored left to "
      .. "right, and answers with the mean. For images whose mirror images are of the same class, and a classifier "
      .. "that learned from both." },
    depth = { nil, "From fed.purification.depth, called with score and calibration; the purifier's own step without.",
      type = "function" },
    calibration = { nil, "From fed.detection.threshold; `calibrate` makes one.", type = "table" },
    inspects = { true, "Whether scores are computed where no answer depends on them." },
    seed = { 0, "Seed of the noise where no stream is given.", type = "integer" },
  },
  returns = { "table", "The pipeline." },
  source = "Karami et al., https://arxiv.org/abs/2511.11625, section 3.3",
  deviation = "The threshold comes from clean images, not from the batch, which works for one image; copies vote.",
  example = {
    [[
local denoiser = fed.diffusion.denoiser { model = function(x, t) return x * 0 end }
local pipeline = fed.purification.pipeline {
  classifier = function(x) return fed.concatenate({ x:flatten(2):sum(2, true), x:flatten(2):sum(2, true) * -1 }, 2) end,
  purifier = fed.purification.diffusion { denoiser = denoiser }, detector = fed.detection.consistency(),
}
pipeline:calibrate(fed.uniform { 40, 1, 2, 2, seed = 1 })
local p, info = pipeline(fed.ones(1, 1, 2, 2))
print(p.shape[2], info.branch[1])]],
    prints = "2\traw",
  },
  make = make,
}
