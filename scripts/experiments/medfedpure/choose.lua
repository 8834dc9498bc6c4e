--- What recipes are chosen by: scans to calibrate on, never those to test on.
local fed = require "fed"
local systems = require "medfedpure.systems"

--- Right answers on the scans to calibrate on, in per cent: clean, and at points that mislead the classifier at both
-- radii.
local function told(c, classifiers, answer)
  local sums, count = { 0, 0, 0 }, 0
  for i, set in ipairs(c.data.calibration) do
    local x, y = set:batch()
    local function right(z) return answer(i, z):labels():eq(y):to("float32"):sum():item() end
    sums[1], count = sums[1] + right(x), count + #x
    for k, epsilon in ipairs { 0.015, 8 / 255 } do
      local near = fed.attacks.inputs.pgd { epsilon = epsilon, steps = 20, loss = "margin" }(classifiers[i], x, y,
        { stream = fed.stream { seed = c.seed, purpose = "choose", client = i } })
      sums[k + 1] = sums[k + 1] + right(near)
    end
  end
  return ("clean %.1f, .015 %.1f, 8/255 %.1f"):format(100 * sums[1] / count, 100 * sums[2] / count,
    100 * sums[3] / count)
end

local function of_classifiers(c, models)
  return told(c, models, function(i, x) return fed.no_grad(function() return models[i](x) end) end)
end

local function of_pipelines(c, system, models)
  local pipelines, stream = system:calibrate(c.data.calibration).pipelines, fed.stream { purpose = "answer" }
  return told(c, models, function(i, x) return (pipelines[i](x, { stream = stream })) end)
end

--- How much noise the purifier should add.
local function sigmas(c)
  local system = systems.get(c, "ours").system
  for _, sigma in ipairs { 0.05, 0.1, 0.15 } do
    for _, mode in ipairs { "always", "blend" } do
      local other = system:with { mode = mode, purifier = fed.util.merged(system.options.purifier, { sigma = sigma }) }
      print(("sigma %.2f, %s: %s"):format(sigma, mode, of_pipelines(c, other, system.models)))
    end
  end
end

--- Prints what each candidate reaches.
---@param c table
---@param names string[] systems, or "sigma" for the noise of the purifier
return function(c, names)
  for _, name in ipairs(names) do
    if name == "sigma" then
      sigmas(c)
    else
      print(("seed %d, %s: %s"):format(c.seed, name, of_classifiers(c, systems.get(c, name).models)))
    end
  end
end
