--- Rules of the trust and clustering family against numbers that numpy, scikit-learn and hdbscan gave.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

-- Written by scripts/reference/trust.py.
local references = {
  dnc = {
    0.5086039, 1.207921, -0.09536775, -0.6045381, -1.012744, -0.3290675, 0.8054727, 0.7559066, 0.7087312, -0.8760912,
    -0.6634781, -0.8460968,
  },
  signguard = {
    0.09710198, 0.4025352, -0.05451518, -0.1712921, -0.2955524, -0.1189058, 0.2718794, 0.1870536, 0.2540704,
    -0.3047666, -0.156819, -0.2897849,
  },
  clipped_clustering = {
    0.5081761, 1.206424, -0.09500262, -0.6041904, -1.011345, -0.3290071, 0.8048549, 0.7549178, 0.7080623, -0.8751484,
    -0.6628625, -0.845007,
  },
  foolsgold = {
    3.560228, 8.455444, -0.6675743, -4.231766, -7.089207, -2.303473, 5.638309, 5.291346, 4.961118, -6.132639,
    -4.644346, -5.922678,
  },
  flame = {
    0.4379103, 1.321069, -0.2444849, -0.4340135, -1.185352, -0.1661934, 0.6687992, 0.8506653, 0.6602969, -0.880355,
    -0.6044724, -0.9498444,
  },
  alignins = {
    0.4620749, 1.270989, -0.1739173, -0.5185943, -1.094034, -0.2549293, 0.746895, 0.7899618, 0.6971225, -0.890203,
    -0.6220733, -0.9056141,
  },
  lasa = {
    0.1003503, 0.5918834, -0.1480133, -0.140582, -0.48561, -0.07287296, 0.2911774, 0.2996827, 0.3144631, -0.4097605,
    -0.1791423, -0.4396124,
  },
  multi_metrics = {
    0.3959789, 1.337729, -0.2302357, -0.4772074, -1.120644, -0.2506748, 0.7639099, 0.7567577, 0.7486714, -0.9530923,
    -0.556608, -0.9728542,
  },
  aaa = {
    0.4588104, 1.258616, -0.1422295, -0.5658866, -1.039575, -0.3165628, 0.8084623, 0.737702, 0.7404505, -0.9183628,
    -0.6146025, -0.8970114,
  },
  foundationfl = {
    0.3499015, 0.8147681, -0.168089, -0.2636711, -0.51093, 0.1713095, 0.2926813, 0.4896982, 0.3114814, -0.5960059,
    -0.5030378, -0.4783185,
  },
  gas = {
    0.5086039, 1.207921, -0.09536775, -0.6045381, -1.012744, -0.3290675, 0.8054727, 0.7559066, 0.7087312, -0.8760912,
    -0.6634781, -0.8460968,
  },
  rlr = {
    0.1608334, -0.316176, 0.1418668, -0.003744764, 0.1194766, 0.09138045, -0.1988232, 0.06861685, -0.2606792,
    0.2931639, -0.1202166, 0.2709429,
  },
}
local foolsgold_trust = { 1, 1, 1, 1, 1, 1, 1, 0, 0 }
local multi_metrics_scores = {
    114.8088, 77.90592, 60.86704, 56.42772, 57.73658, 63.7437, 82.15618, 87.90908, 81.83547,
}

--- Honest rows around one vector, and at the end two rows of attackers around its opposite.
local function rows()
  local list = {}
  for i = 1, 9 do
    list[i] = {}
    for j = 1, 12 do
      list[i][j] = i <= 7 and math.sin(j) + 0.5 * math.sin(12.9898 * i + 78.233 * j)
        or -3 * math.sin(j) + 0.3 * math.sin(4.1 * i + 2.7 * j)
    end
  end
  return list
end

local function model()
  local list = {}
  for j = 1, 12 do list[j] = math.cos(j) end
  return fed.tensor(list)
end

--- Rows whose last two are the same.
local function sybils()
  local list = rows()
  list[9] = list[8]
  return list
end

local aggregators = fed.aggregators
local cases = {
  dnc = { aggregators.dnc { f = 2 }, rows() },
  signguard = { aggregators.signguard { columns = 1 }, rows() },
  clipped_clustering = { aggregators.clipped_clustering(), rows() },
  foolsgold = { aggregators.foolsgold(), sybils() },
  flame = { aggregators.flame { noise = 0 }, rows() },
  alignins = { aggregators.alignins { model = model() }, rows() },
  lasa = { aggregators.lasa(), rows() },
  multi_metrics = { aggregators.multi_metrics { keep = 0.5 }, rows() },
  aaa = { aggregators.aaa(), rows() },
  foundationfl = { aggregators.foundationfl(), rows() },
  gas = { aggregators.gas { f = 2, parts = 12, rule = aggregators.coordinate_median() }, rows() },
  rlr = { aggregators.rlr { threshold = 7 }, rows() },
}

describe("references", function()
  for name, case in require("fed.util").sorted_pairs(cases) do
    it("agree with " .. name, function()
      local update = case[1](case[2])
      expect(update, references[name], 2e-5)
      local mean = fed.updates(case[2]):mean()
      assert((mean - fed.tensor(references[name])):abs():max():item() > 0.01, "the mean would pass, too")
    end)
  end

  it("agree with the trust of foolsgold and the scores of multi_metrics", function()
    local _, decision = cases.foolsgold[1](sybils())
    expect(decision.ledger.trust, foolsgold_trust, 1e-5)
    expect(decision.flagged, { 8, 9 })
    _, decision = cases.multi_metrics[1](rows())
    expect(decision.ledger.score, multi_metrics_scores, 0.5)
  end)
end)
