--- Work whose time tells how fast the host runs on this machine.
local fed = require "fed"

--- A piece of work: `make(tiny)` prepares it and returns a function that does it once.
---@class fed.bench.Work
---@field about string what is done once
---@field times integer how often it is done for one measurement
---@field make fun(tiny: boolean): function

local batch = 32

local function cnn(tiny)
  local model = fed.models.cnn { input = { 1, 28, 28 }, classes = 10, seed = 1 }
  local count, labels = tiny and 2 or batch, {}
  for i = 1, count do labels[i] = i * 7 % 10 end
  return model, fed.randn { count, 1, 28, 28, seed = 1 }, fed.labels(labels)
end

local function train(tiny)
  local model, images, labels = cnn(tiny)
  local trainer = fed.optim.sgd { lr = 0.01 }:on(model)
  return function()
    model:backward(model(images):cross_entropy(labels))
    trainer:step()
  end
end

local function infer(tiny)
  local model, images = cnn(tiny)
  return function() fed.no_grad(function() return model(images) end) end
end

local matrix  -- made once: 200 MB

--- Fifty updates of a million parameters.
local function rows(tiny)
  if tiny then return fed.randn { 21, 100, seed = 2 } end
  matrix = matrix or fed.randn { 50, 1000000, seed = 2 }
  return matrix
end

--- A rule on the updates of a round: that they are finite is checked once, before its first use.
local function aggregate(rule)
  return function(tiny)
    local updates = fed.updates(rows(tiny))
    return function() return rule(updates) end
  end
end

local function gram(tiny)
  local tensor = rows(tiny)
  -- A matrix keeps its inner products, so each time is one of its own.
  return function() return fed.updates(tensor):gram() end
end

---@type table<string, fed.bench.Work>
local work = {
  cnn_train = { about = "a step of SGD of the small CNN, 32 images of 28 x 28", times = 10, make = train },
  cnn_infer = { about = "the logits of the small CNN for 32 images of 28 x 28", times = 20, make = infer },
  matmul = {
    about = "the product of two matrices of 1024 x 1024", times = 2,
    make = function(tiny)
      local n = tiny and 16 or 1024
      local a, b = fed.randn { n, n, seed = 3 }, fed.randn { n, n, seed = 4 }
      return function() return a:matmul(b) end
    end,
  },
  mean = { about = "the mean of 50 updates of 1e6", times = 3, make = aggregate(fed.aggregators.mean()) },
  median = {
    about = "the coordinate median of 50 updates of 1e6", times = 1,
    make = aggregate(fed.aggregators.coordinate_median()),
  },
  trimmed_mean = {
    about = "the trimmed mean (f = 10) of 50 updates of 1e6", times = 1,
    make = aggregate(fed.aggregators.trimmed_mean { f = 10 }),
  },
  gram = { about = "all inner products of 50 updates of 1e6", times = 1, make = gram },
  call = {
    about = "a call from Lua into the host with two numbers", times = 200000,
    make = function()
      local confusion = fed.metrics.confusion_matrix({ 0, 0, 1 }, { 0, 1, 1 })
      return function() return confusion:count(0, 1) end
    end,
  },
  method = {
    about = "a call of a method of a tensor", times = 200000,
    make = function()
      local tensor = fed.ones(1)
      return function() return tensor:item() end
    end,
  },
}

local bench = {
  --- Names in the order of a report.
  names = { "cnn_train", "cnn_infer", "matmul", "mean", "median", "trimmed_mean", "gram", "call", "method" },
  work = work,
}

local prepared = {}

--- Measures the processor time of one piece of work; the first call prepares it and runs it once beforehand.
---@param name string one of `names`
---@param tiny boolean? in a size that only tells whether it runs
---@return number seconds for doing it once
function bench.measure(name, tiny)
  local item = work[name]
  if not item then error(("no work is called '%s'; %s are known"):format(name, table.concat(bench.names, ", "))) end
  local run, times = prepared[name], tiny and 1 or item.times
  if not run then
    run = item.make(tiny)
    run()
    if not tiny then prepared[name] = run end
  end
  local start = os.clock()
  for _ = 1, times do run() end
  return (os.clock() - start) / times
end

return bench
