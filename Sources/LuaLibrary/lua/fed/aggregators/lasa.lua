--- Chooses the clients anew for each layer, by the length and the signs of what is largest in their updates.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"

--- How much the positive signs outweigh the negative ones, from -1/2 to 1/2.
local function purity(part)
  local values = {}
  for i, share in ipairs(part:sign_shares():to_table()) do
    local signs = share[1] + share[3]
    values[i] = signs > 0 and 0.5 * (share[3] - share[1]) / signs or 0
  end
  return values
end

--- Whether each client is ordinary in a layer; everybody is where nobody would be.
local function ordinary(part, options)
  local lengths = fed.math.robust_z { values = part:norms(), scale = options.scale }
  local signs = fed.math.robust_z { values = purity(part), scale = options.scale }
  local kept, any = {}, false
  for i = 1, part.n do
    kept[i] = math.abs(lengths[i]) < options.norm and math.abs(signs[i]) < options.sign
    any = any or kept[i]
  end
  for i = 1, part.n do kept[i] = kept[i] or not any end
  return kept
end

--- The layers of updates, or all columns as one where updates were made by hand.
local function layers_of(updates)
  local parts = {}
  for k, name in ipairs(updates.layers) do parts[k] = updates:layer(name) end
  return #parts > 0 and parts or { updates }
end

local function make(options, path)
  return fed.aggregator(path, function(_, updates, weights)
    local rows = judging.rows(updates, weights)
    local clipped = rows:clip(math.max(util.median(rows:norms():to_table()), 1e-300))
    local sparse = layers_of(clipped:largest(math.max(1, math.floor((1 - options.sparsity) * rows.d))))
    local pieces, columns = {}, {}
    for i = 1, rows.n do columns[i] = 0 end
    for k, part in ipairs(layers_of(clipped)) do
      local kept, factors = ordinary(sparse[k], options), {}
      for i = 1, rows.n do
        factors[i] = kept[i] and 1 or 0
        columns[i] = columns[i] + factors[i] * part.d
      end
      pieces[k] = part:weighted_mean(fed.tensor(factors))
    end
    local shares, reasons, flagged, total = {}, {}, {}, util.sum(columns)
    local all, by_client = {}, {}
    for _, id in ipairs(updates.ids) do all[id] = 0 end
    for i, id in ipairs(rows.ids) do
      shares[i] = columns[i] / rows.d
      by_client[id], all[id] = shares[i], columns[i] / total
      if shares[i] < 0.5 then
        flagged[#flagged + 1] = id
        reasons[id] = ("ordinary in only %.0f %% of the model"):format(100 * shares[i])
      end
    end
    return {
      update = fed.concatenate(pieces), weights = all, flagged = flagged, reasons = reasons,
      ledger = { ordinary_share = by_client },
    }
  end)
end

return fed.define {
  "Shortens updates to the median norm, looks at the largest numbers of each, and for every layer averages the "
    .. "clients whose length and balance of signs there are near the median. A client may be odd in one layer and "
    .. "useful in another.",
  options = {
    sparsity = { 0.3, "Share of the numbers, the smallest in size, that are not looked at.", at_least = 0, below = 1 },
    norm = { 2.0, "A layer's norm farther than this from the median, in spreads, is odd; 1 on CIFAR.", above = 0 },
    sign = { 1.0, "The same of the balance of signs.", above = 0 },
    scale = {
      "deviation", "The spread: the standard deviation, as in the paper, or the median distance from the median.",
      one_of = { "deviation", "mad" },
    },
  },
  returns = { "Aggregator", "The rule." },
  source = "Xu et al., WACV 2025, https://arxiv.org/abs/2409.01435, algorithm 1",
  deviation = "The weights that are told are shares of the model, since each layer has its own; a client left out of "
    .. "more than half of the model is flagged. The authors' code leaves biases whole and drops updates that are no "
    .. "numbers, which here are an error.",
  example = {
    "print((fed.aggregators.lasa { sparsity = 0 } { {1, 2}, {1, 2.2}, {1.2, 2}, {-9, 9} }))",
    prints = "Tensor [2] float32\n  1.0913  2.0808",
  },
  make = make,
}
