--- Keeps updates that turn the model as others do and agree with most on the signs of what they change most.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"

--- For each update its cosine to the model, and on how many of its largest numbers it has the sign of most clients.
local function alignments(rows, model, share)
  local signs = rows:sign_sums():sign()
  local count = math.max(1, math.floor(share * rows.d))
  return rows:cosine(model):to_table(), rows:sign_agreement(signs, count):to_table()
end

local function make(options, path)
  local on_empty = options.on_empty
  return fed.aggregator(path, function(round, updates, weights)
    local rows = judging.rows(updates, weights)
    local model = options.model or judging.round(round, path, "take the model from").global
    local direction, agreement = alignments(rows, model, options.share)
    local z_direction = fed.math.robust_z { values = direction, scale = options.scale }
    local z_agreement = fed.math.robust_z { values = agreement, scale = options.scale }
    local kept, reasons, norms, some = {}, {}, rows:norms():to_table(), {}
    for i = 1, rows.n do
      kept[i] = math.abs(z_direction[i]) < options.direction and math.abs(z_agreement[i]) < options.agreement
      reasons[i] = ("alignment with the model z = %.2f, signs z = %.2f"):format(z_direction[i], z_agreement[i])
      if kept[i] then some[#some + 1] = norms[i] end
    end
    local factors, limit = {}, #some > 0 and util.median(some) or math.huge
    for i, norm in ipairs(norms) do factors[i] = norm > limit and limit / norm or 1 end
    return judging.decide(path, round, updates, rows, {
      kept = kept, weights = rows.samples, values = rows:scaled(fed.tensor(factors, "float64")), reasons = reasons,
      ledger = { direction = direction, agreement = agreement }, on_empty = on_empty,
    })
  end)
end

return fed.define {
  "Keeps updates whose cosine to the model is near the median, and whose largest numbers have the sign that most "
    .. "clients have there about as often as usual; shortens them to their median norm and averages them by sample "
    .. "counts.",
  options = {
    share = { 0.3, "Share of each update's numbers, the largest in size, whose signs count.", above = 0, at_most = 1 },
    direction = { 1.0, "A cosine farther than this from the median, in spreads, is odd.", above = 0 },
    agreement = { 1.0, "The same of the agreement of signs.", above = 0 },
    scale = {
      "deviation", "The spread: the standard deviation, as in the paper, or the median distance from the median, "
        .. "which no outlier hides in.", one_of = { "deviation", "mad" },
    },
    model = { nil, "The parameters to compare with, in place of the round's.", type = "Tensor" },
    on_empty = judging.on_empty,
  },
  returns = { "Aggregator", "The rule." },
  source = "Xu et al., CVPR 2025, https://arxiv.org/abs/2503.07978, algorithm 1",
  deviation = "Constants are those of the authors' code. Where all clients are alike nobody is odd; their code then "
    .. "divides by 0 and rejects everybody. Of an even number the median is the mean of the middle two.",
  example = {
    [[
local rule = fed.aggregators.alignins { model = fed.tensor { 1, 1 }, share = 1, scale = "mad", direction = 3 }
print((rule { {1, 2}, {2, 1}, {1, 1.5}, {1.5, 1}, {-2, -1} }))]],
    prints = "Tensor [2] float32\n  1.3023  1.3023",
  },
  make = make,
}
