--- Deals classes out in clusters, so that clients who share one cluster share all of its classes.
local fed = require "fed"
local util = require "fed.util"

--- The position among shares, which sum to 1, at which a uniform number falls.
local function drawn(shares, number)
  for i, share in ipairs(shares) do
    number = number - share
    if number < 0 then return i end
  end
  return #shares
end

return fed.define {
  "Groups the classes at random, draws a client's share of each group from a Dirichlet distribution, and deals each "
    .. "sample by the shares of its group: clients are mixtures of as many distributions as there are groups.",
  options = {
    dataset = { "What to deal out.", type = "Dataset" },
    clients = { "How many clients.", type = "integer", at_least = 1 },
    clusters = { 3, "Groups of classes.", at_least = 1 },
    concentration = { 0.4, "Small: a group goes to few clients.", above = 0 },
    seed = { 1, "Seed.", type = "integer" },
  },
  returns = { "Dataset[]", "A data set for each client that got samples." },
  source = "Marfoq et al., NeurIPS 2021, https://arxiv.org/abs/2108.10252, appendix I.1",
  example = {
    [[
local set = fed.data.blobs { train = 60, classes = 6 }
local count = 0
for _, part in ipairs(fed.partition.clustered_dirichlet { dataset = set, clients = 4 }) do count = count + #part end
print(count)]],
    prints = "60",
  },
  make = function(o, path)
    local classes = o.dataset.classes
    if o.clusters > classes then
      util.fail(("%s: clusters = %d is too large for %d classes"):format(path, o.clusters, classes))
    end
    local stream, cluster = fed.stream { seed = o.seed, purpose = "clustered" }, {}
    for i, class in ipairs(stream:shuffled(classes)) do cluster[class - 1] = (i - 1) % o.clusters + 1 end
    local shares, positions, parts = {}, {}, {}
    for k = 1, o.clusters do shares[k] = stream:dirichlet(o.concentration, o.clients) end
    for i = 1, o.clients do positions[i] = {} end
    local labels = o.dataset:labels():to_table()
    for i = 1, #labels do
      local own = positions[drawn(shares[cluster[labels[i]]], stream:uniform())]
      own[#own + 1] = i
    end
    for _, own in ipairs(positions) do if #own > 0 then parts[#parts + 1] = o.dataset:subset(own) end end
    return parts
  end,
}
