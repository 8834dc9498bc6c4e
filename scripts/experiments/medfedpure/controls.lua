--- Filters before a classifier that know nothing of attacks: what a defense has to be better than.
local fed = require "fed"

local Filtered = { gives = "probabilities" }
Filtered.__index = Filtered

--- The images that the classifier sees.
local function seen(self, x, options)
  local list = {}
  for copy = 1, self.copies do list[copy] = self.filter(x, options or {}, copy) end
  return list
end

--- Mean probabilities; of several copies the shares of their labels.
function Filtered:__call(x, options)
  return fed.no_grad(function()
    local sum = 0
    for _, image in ipairs(seen(self, x, options)) do
      local p = self.classifier:predict(image):softmax()
      sum = (self.copies > 1 and p:labels():one_hot(p.shape[2]):to("float32") or p) + sum
    end
    return sum / self.copies
  end)
end

--- The gradient of a loss of the mean probabilities, as if the filter gave back what it got.
function Filtered:gradient(x, loss, options)
  local leaves, sum, frozen = {}, 0, self.classifier:frozen()
  for copy, image in ipairs(seen(self, x, options)) do
    leaves[copy] = image:detach():requires_grad()
    sum = frozen(leaves[copy]):softmax() + sum
  end
  local values = loss(sum / self.copies)
  local found, slope = values:sum():backward(), 0
  for _, leaf in ipairs(leaves) do slope = found[leaf] + slope end
  return slope, values:detach(), (sum / self.copies):detach()
end

local filters = { median = fed.purification.median(), jpeg = fed.data.corruptions.jpeg { quality = 25 } }

function filters.noise(x, options, copy)
  local stream = options.stream or fed.stream { purpose = "control" }
  local noise = fed.diffusion.item_noise { like = x, stream = stream, ids = options.ids, copy = copy }
  return (x + noise * 0.1):clamp(0, 1)
end

local controls = { names = { "median", "jpeg", "noise" } }

--- A classifier behind one of the filters.
function controls.make(name, classifier)
  local copies = name == "noise" and 10 or 1
  return setmetatable({ classifier = classifier, filter = filters[name], copies = copies }, Filtered)
end

return controls
