--- Trusts each update as far as it points where the server's own root update points.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"

local function make(options, path)
  return fed.aggregator(path, function(round, updates, weights)
    local root = judging.root(round, options.root, path)
    local cosines, norms = updates:cosine(root):to_table(), updates:norms()
    local length = fed.updates(root:unsqueeze(1)):norms()[1]
    local kept, trust, factors, reasons = {}, {}, {}, {}
    for i = 1, updates.n do
      trust[i] = math.max(0, cosines[i]) * (weights and weights[i] or 1)
      kept[i] = trust[i] > 0
      factors[i] = norms[i] > 0 and length / norms[i] or 0
      reasons[i] = ("its cosine to the root update is %.2f"):format(cosines[i])
    end
    return judging.decide(path, round, updates, updates, {
      kept = kept, weights = trust, values = updates:scaled(fed.tensor(factors, "float64")), reasons = reasons,
      ledger = { root_cosine = cosines }, info = { trust = trust }, on_empty = options.on_empty,
    })
  end)
end

return fed.define {
  "Weighs updates by their cosine to the root update, negative ones by 0, and averages them at the root's norm.",
  options = {
    root = { nil, "A root update to use in place of the round's.", type = "Tensor" },
    on_empty = judging.on_empty,
  },
  returns = { "Aggregator", "The rule." },
  source = "Cao et al., NDSS 2021, https://arxiv.org/abs/2012.13995, section IV",
  deviation = "Where no update is trusted, the model stays as it is unless `on_empty` says otherwise. Updates that do "
    .. "not point the root's way at all are flagged.",
  example = {
    "print((fed.aggregators.fltrust { root = fed.tensor { 3, 4 } } { {6, 8}, {-1, 0} }))",
    prints = "Tensor [2] float32\n  3  4",
  },
  make = make,
}
