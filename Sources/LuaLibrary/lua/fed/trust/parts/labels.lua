--- Tells how much of an update is taught by wrong labels.
-- What the last layer is given for the server's samples of a class tells what such samples would teach it under every
-- label. The last layer of each update is put together of these lessons.
local fed = require "fed"

local labels = {}
labels.__index = labels

--- Of more classes than these there are too many pairs of a class and a label, and nobody is suspected.
labels.most_classes = 20
--- Rounds of a client that are averaged, the latest: one alone says little.
labels.remembered = 40
--- How much honest clients may differ for good, since they have other samples.
labels.lasting = 0.25
--- Standard errors above the median client that are held against nobody.
labels.margin = 1.5

--- Makes an empty memory.
---@return table
function labels.make() return setmetatable({ state = { means = {}, counts = {}, noise = 0, rounds = 0 } }, labels) end

--- What the last layer is given for each of the server's samples, with a 1 for its bias, what the model holds likely,
--- and the classes; nil if the model has no such layer, or it does not travel.
local function server_samples(round, updates)
  local last = round:last_layer(nil, { "validation", "root" })
  local travels, ones = {}, last and last.bias and fed.ones { #last.inputs, 1 }
  for _, name in ipairs(updates.layers) do travels[name] = true end
  if not (last and travels[last.weight] and travels[last.bias or last.weight]) then return nil end
  return {
    inputs = ones and fed.concatenate({ last.inputs, ones }, 2) or last.inputs, likely = last.outputs:softmax(),
    classes = last.labels, weight = last.weight, bias = last.bias,
  }
end

--- The steps that samples of each class ask of the last layer under each label: label after label of the first class,
--- then of the next.
---@param seen table inputs [samples, width], likely [samples, k], classes [samples]
---@return fed.Tensor [k * k, k * width]
local function lessons(seen)
  local k, width, rows = seen.likely.shape[2], seen.inputs.shape[2], {}
  local each = fed.eye(k):unsqueeze(3)
  for class = 1, k do
    local is_of_class = seen.classes:eq(class - 1):to("float32")
    local shown = seen.inputs * (is_of_class / math.max(1, is_of_class:sum():item())):unsqueeze(2)
    local expected = seen.likely:t():matmul(shown)
    rows[class] = (each * shown:sum(1) - expected):reshape(k, k * width)
  end
  return fed.concatenate(rows, 1)
end

--- The last layer of each update in the form of lessons, at length 1: a tensor [n, k * width].
local function last_layers(updates, names)
  local rows = updates:parameter(names.weight)
  if names.bias then rows = fed.concatenate({ rows, updates:layer(names.bias).tensor:unsqueeze(3) }, 3) end
  return fed.updates(rows:reshape(updates.n, rows.shape[2] * rows.shape[3])):unit().tensor
end

--- How much of each update wrong labels are. In the combination of lessons that is nearest to it, the logarithm of the
--- ratio of wrong labels to right ones; and twice the share of its square that nothing but wrong labels explains. The
--- first tells early in training, the second late, when right labels have little left to teach.
---@param taught fed.Tensor as `lessons` gives it
---@param sent fed.Tensor [n, k * width] at length 1
---@return fed.Tensor [n]
local function wrong(taught, sent)
  local k = math.tointeger(math.sqrt(#taught))
  local gram, products, own = taught:matmul(taught:t()), sent:matmul(taught:t()), {}
  for class = 1, k do own[class] = (class - 1) * k + class end
  local right = products:t():gather(own):t()
  local weights = fed.linalg.nnls_gram(gram, products)
  local alone = fed.linalg.nnls_gram(gram:gather(own):t():gather(own), right)
  local all, rightly = weights:sum(2), weights:t():gather(own):sum(1)
  -- Shares add to both sides: few wrong labels and none are about the same, and an update of zeros says nothing.
  local odds = (all - rightly + all / 5 + 1e-12) / (rightly + all / 50 + 1e-12)
  return odds:log() + ((weights * products):sum(2) - (alone * right):sum(2)) * 2
end

--- Lessons of a round, made once for all who look at it; nil where nothing can be told.
local function lessons_of(c)
  if c.shared.lessons == nil then
    local seen = server_samples(c.round, c.updates)
    local is_known = seen and seen.likely.shape[2] <= labels.most_classes
    c.shared.lessons = is_known and { taught = lessons(seen), weight = seen.weight, bias = seen.bias } or false
  end
  return c.shared.lessons or nil
end

--- Measures how many more wrong labels each client teaches than the median client, on average over its latest rounds.
---
--- References teach right labels alone, so that their spread in a round is what chance makes of one measurement.
---@param c table as for `fingerprint.measure`
---@return fed.Tensor [n] excess in standard errors, less the margin; 0 for all where nothing can be told
function labels:measure(c)
  local state, known = self.state, lessons_of(c)
  if not known then return fed.zeros { c.updates.n } end
  local found = wrong(known.taught, last_layers(c.updates, known))
  local honest = wrong(known.taught, last_layers(c.trained, known))
  state.rounds = state.rounds + 1
  state.noise = state.noise + ((honest - honest:mean()):square():mean():item() - state.noise) / state.rounds
  local usual, means, errors = found:median():item(), {}, {}
  for i, id in ipairs(c.updates.ids) do
    state.counts[id] = math.min((state.counts[id] or 0) + 1, labels.remembered)
    state.means[id] = (state.means[id] or 0) + (found[i] - usual - (state.means[id] or 0)) / state.counts[id]
    means[i], errors[i] = state.means[id], math.sqrt(state.noise / state.counts[id] + labels.lasting ^ 2)
  end
  local mean = fed.tensor(means)
  return (mean - mean:median():item()) / fed.tensor(errors) - labels.margin
end

return labels
