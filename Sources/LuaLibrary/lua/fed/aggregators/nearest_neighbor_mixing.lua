--- Replaces each update by the mean of its nearest ones, which makes honest clients alike before another rule decides.
local fed = require "fed"
local chaining = require "fed.aggregators.parts.chaining"
local preaggregation = require "fed.preaggregators.parts.preaggregation"

local function make(options, path)
  return chaining.make(path, { preaggregation.nearest_means(options.f, path) }, options.rule, options.f)
end

return fed.define {
  "Mixes each update with its n - f - 1 nearest neighbours, then applies a rule. Data that differ from client to "
    .. "client scatter honest updates, which median and trimmed mean mistake for attacks; mixing takes that scatter "
    .. "away.",
  options = {
    f = { "Byzantine clients to bear, fewer than updates.", type = "integer", at_least = 0 },
    rule = { "What is applied to the mixed updates.", type = "Aggregator" },
  },
  returns = { "Aggregator", "The rule." },
  source = "Allouah et al., AISTATS 2023, https://arxiv.org/abs/2302.01772, algorithm 2",
  example = {
    [[
local rule = fed.aggregators.nearest_neighbor_mixing { f = 1, rule = fed.aggregators.trimmed_mean { f = 1 } }
print((rule { {0, 2}, {4, 2}, {2, 6}, {2, 2}, {90, 90} }))]],
    prints = "Tensor [2] float32\n  2  3",
  },
  make = make,
}
