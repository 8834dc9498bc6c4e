--- Decides how much each client trains under attack, so that every learner gets its share.
local fed = require "fed"
local util = require "fed.util"

--- How far what learners get is from what they should, summed over learners, as a share of all samples.
local function gap(o, shares)
  local total, sum = util.sum(o.sizes), 0
  for m = 1, #o.weights[1] do
    local difference = 0
    for c, size in ipairs(o.sizes) do
      difference = difference + (shares[c] - o.goal) * size * o.weights[c][m]
    end
    sum = sum + math.abs(difference) / total
  end
  return sum
end

--- Raises the shares of clients that can do more, one after the other, while that closes the gap.
local function make(o, path)
  if #o.sizes ~= #o.weights or #o.sizes ~= #o.resources then
    util.fail(("%s: %d sizes, %d weights and %d resources do not fit; one each a client is needed"):format(path,
      #o.sizes, #o.weights, #o.resources))
  end
  local shares = {}
  for c, most in ipairs(o.resources) do shares[c] = math.min(o.goal, most) end
  local stream = fed.stream { seed = o.seed, purpose = "propagation" }
  for _, c in ipairs(stream:shuffled(#shares)) do
    local now = gap(o, shares)
    while now > o.tolerance and shares[c] + o.step <= o.resources[c] + 1e-12 do
      shares[c] = shares[c] + o.step
      local better = gap(o, shares)
      if better >= now then
        shares[c] = shares[c] - o.step
        break
      end
      now = better
    end
  end
  return shares
end

return fed.define {
  "Gives each client the share of its data that it replaces by attacked data.",
  options = {
    sizes = { "Samples of each client.", type = "integer[]" },
    weights = { "Each client's weights of the learners, as FedEM finds them.", type = "table[]" },
    resources = { "The largest share that each client can bear.", type = "number[]" },
    goal = { 0.5, "Share that every learner should see attacked.", at_least = 0, at_most = 1 },
    tolerance = { 0.05, "Gap at which it is enough.", at_least = 0 },
    step = { 0.01, "By how much a share grows at a time.", above = 0 },
    seed = { 1, "Seed of the order of the clients.", type = "integer" },
  },
  returns = { "number[]", "The shares." },
  source = "Kim et al., AISTATS 2023, https://arxiv.org/abs/2209.08412, equation 4",
  deviation = "The gap is a share of all samples, so that the tolerance does not depend on their number.",
  example = {
    [[
local shares = fed.personalization.robustness_propagation {
  sizes = { 10, 10 }, weights = { { 0.5, 0.5 }, { 0.5, 0.5 } }, resources = { 0.2, 1 }, tolerance = 0,
}
print(('%.2f %.2f'):format(shares[1], shares[2]))]],
    prints = "0.20 0.80",
  },
  make = make,
}
