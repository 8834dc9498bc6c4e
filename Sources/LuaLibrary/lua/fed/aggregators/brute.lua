--- The older name of minimal diameter averaging.
local fed = require "fed"

return fed.define {
  "Averages the n - f updates within the smallest diameter: another name of mda.",
  options = {
    f = { "Byzantine clients to bear; 2f is less than n.", type = "integer", at_least = 0 },
    preset = { "paper", "Whose rule; ByzFL means the same.", one_of = { "paper", "byzfl" } },
  },
  returns = { "Aggregator", "The rule." },
  source = "El Mhamdi et al., ICML 2018, https://arxiv.org/abs/1802.07927, section 3",
  example = {
    "print((fed.aggregators.brute { f = 1 } { {0, 0}, {2, 0}, {1, 3}, {90, 90} }))",
    prints = "Tensor [2] float32\n  1  1",
  },
  make = function(options) return fed.aggregators.mda(options) end,
}
