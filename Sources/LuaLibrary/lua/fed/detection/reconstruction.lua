--- Suspects images that a masked autoencoder cannot paint.
local fed = require "fed"
local util = require "fed.util"
local patches = require "fed.detection.parts.patches"

local Reconstruction = {}
Reconstruction.__index = Reconstruction

--- Numbers of the patches that each mask shows, from 0: disjoint parts of all, in an order that the seed draws.
local function masks_of(count, ratio, seed)
  local seen = count - math.floor(count * ratio + 0.5)
  local order, list = fed.stream { seed = seed, purpose = "masks" }:shuffled(count), {}
  for first = 1, count - seen + 1, seen do
    local mask = {}
    for i = 0, seen - 1 do mask[i + 1] = order[first + i] - 1 end
    list[#list + 1] = mask
  end
  return list
end

local function asked(model, is_marked)
  if is_marked then
    local frozen = model:frozen()
    return function(rows, visible) return frozen(rows, visible) end
  end
  return function(rows, visible) return model:predict(rows, visible) end
end

--- What the autoencoder paints in each patch, and the squared error there: means over the masks that hid it.
function Reconstruction:paint(x, is_marked)
  local rows, ask = patches.of(x, self.patch), asked(self.model, is_marked)
  local target = self.norm_pix and patches.normalized(rows) or rows
  local painted, errors, times
  for _, mask in ipairs(self:masks(rows.shape[2])) do
    local visible = fed.labels(mask):reshape(1, #mask):expand(#x, #mask):contiguous()
    local out = ask(rows, visible)
    local part, error_ = out.painted * out.hidden, (out.painted - target):square():mean(3, true) * out.hidden
    painted, errors = painted and painted + part or part, errors and errors + error_ or error_
    times = times and times + out.hidden or out.hidden
  end
  return painted / times:maximum(1), (errors / times:maximum(1)):squeeze(3)
end

--- The masks for so many patches.
function Reconstruction:masks(count)
  if not self.known or self.known_count ~= count then
    self.known, self.known_count = masks_of(count, self.ratio, self.seed), count
  end
  return self.known
end

--- Images as they are painted: no pixel of them was seen by the mask that painted it.
function Reconstruction:composite(x, is_marked)
  local painted = self:paint(x, is_marked)
  return patches.joined(painted, x.shape, self.patch):clamp(0, 1)
end

--- Scores a batch: the mean error of its patches, or that of the strangest.
function Reconstruction:score(view)
  local _, errors = self:paint(view.x, view.is_marked)
  if self.measure == "mean" then return errors:mean(2) end
  if not self.mean then
    util.fail("fed.detection.reconstruction: measure = \"patch_max\" compares with clean images; calibrate first")
  end
  return ((errors - self.mean) / self.deviation):topk(math.min(self.top, errors.shape[2])):mean(2)
end

--- Learns how large errors are at each place of clean images.
local function fit(self, view)
  local _, errors = self:paint(view.x, false)
  self.mean, self.deviation = errors:mean(1, true), errors:std(1, true):maximum(1e-4)
end

return fed.define {
  "Makes a detector of the error on hidden patches, under masks that hide every patch equally often. Small changes of "
    .. "pixels hardly move this error: measure before you trust it.",
  options = {
    model = { "From fed.models.masked_autoencoder, trained on clean images.", type = "Model" },
    patch = { "Side of a patch, as the model has it.", type = "integer", at_least = 1 },
    ratio = { 0.75, "Share that each mask hides.", above = 0, below = 1 },
    measure = { "mean", "mean: of all patches, the paper's; patch_max: of the strangest, each in units of its place.",
      one_of = { "mean", "patch_max" } },
    top = { 4, "patch_max: how many patches count.", at_least = 1 },
    norm_pix = { false, "Whether the model paints patches of mean 0 and deviation 1." },
    seed = { 0, "Seed of the masks.", type = "integer" },
  },
  returns = { "table", "The detector, for fed.purification.pipeline; `paint` and `composite` are methods." },
  source = "Karami et al., https://arxiv.org/abs/2511.11625, equation 21",
  deviation = "The paper sums over all patches and names no mask at test time; here masks are complementary, so that "
    .. "each patch is scored where it was hidden, and always by the same masks.",
  example = {
    [[
local mae = fed.models.masked_autoencoder { input = { 1, 8, 8 }, patch = 2, preset = "tiny", seed = 1 }
local detector = fed.detection.reconstruction { model = mae, patch = 2 }
print(#detector:score { x = fed.zeros { 3, 1, 8, 8 } }, #detector:masks(16))]],
    prints = "3\t4",
  },
  make = function(options)
    if options.measure == "patch_max" then options.fit = fit end
    return setmetatable(options, Reconstruction)
  end,
}
