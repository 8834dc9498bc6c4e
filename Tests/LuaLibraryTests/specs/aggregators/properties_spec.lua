--- What every aggregator of the registry holds to, native or scripted.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

-- How a rule deviates from what most rules hold to. A rule is made as its example makes it, unless options stand here.
-- in_box: the result stays among honest values, coordinate by coordinate. moves: it does not move with the updates.
-- scales: it does not stretch with them. anchored: its length does not come from them. reshapes: equal updates do not
-- give that update. ordered: positions matter.
-- is_mean: without Byzantine clients to bear it is the mean. unbounded: it is a mean. yields: huge updates
-- carry it away, though it is none.
local pre = fed.preaggregators
local rules = {
  mean = { unbounded = true }, weighted_mean = { unbounded = true },
  trimmed_mean = { options = { f = 2 }, in_box = true, is_mean = true }, coordinate_median = { in_box = true },
  krum = { options = { f = 2 }, in_box = true }, centered_clipping = { options = {} },
  norm_clipping = { options = {}, moves = true },
  nearest_neighbor_mixing = { options = { f = 2, rule = fed.aggregators.trimmed_mean { f = 2 } }, in_box = true },
  dnc = { options = { f = 2 }, in_box = true }, signguard = { options = { columns = 1 }, moves = true },
  clipped_clustering = { options = { max_norm = math.huge }, moves = true },
  foolsgold = { options = { normalize = true }, moves = true, yields = true, suspects_equals = true },
  flame = { options = { noise = 0 }, moves = true }, rlr = { options = { share = 0.5 }, moves = true, yields = true },
  foundationfl = { options = {}, in_box = true },
  gas = { options = { f = 2, rule = fed.aggregators.coordinate_median() }, in_box = true },
  multi_metrics = { options = { keep = 0.5 }, moves = true, yields = true }, rflbat = { options = {}, moves = true },
  aaa = { options = {}, moves = true }, lasa = { options = {}, moves = true },
  alignins = { options = { model = fed.ones { 12 } }, moves = true },
  fldetector = { needs_run = true },
  zeno = { needs_run = true }, bant = { needs_run = true }, autobant = { needs_run = true },
  flguard = { needs_run = true }, deepsight = { needs_run = true },
  fltrust = { options = { root = fed.ones { 12 } }, moves = true, scales = true, anchored = true },
  multi_krum = { options = { f = 2 }, in_box = true, is_mean = true },
  -- With one neighbour left to look at, the two nearest rows tie.
  bulyan = { options = { f = 1 }, ordered = true },
  mda = { options = { f = 2 }, in_box = true, is_mean = true },
  brute = { options = { f = 2 }, in_box = true, is_mean = true },
  smea = { options = { f = 2 }, in_box = true, is_mean = true },
  monna = { options = { f = 2, trusted = 7 }, in_box = true, is_mean = true, ordered = true },
  mean_around_median = { options = { f = 2 }, in_box = true, is_mean = true },
  phocas = { options = { f = 2 }, in_box = true, is_mean = true },
  caf = { options = { f = 2 }, is_mean = true },
  cge = { options = { f = 2 }, in_box = true, is_mean = true, moves = true },
  aksel = { options = { f = 2 }, in_box = true }, medoid = { in_box = true },
  sign_majority = { options = {}, moves = true, reshapes = true }, rfa = { options = {} },
  chain = { options = { pre.nnm { f = 2 }, fed.aggregators.trimmed_mean { f = 2 } }, in_box = true },
}

--- Makes a rule by the call in its example.
local function made(path)
  local call = fed.example(path):match(path:gsub("%.", "%%.") .. "%s*(%b{})") or "()"
  return load("return " .. path .. " " .. call, "=example", "t", { fed = fed })()
end

for name, make in pairs(fed.aggregators) do
  local notes = rules[name] or {}
  if notes.needs_run then goto next end  -- its own spec makes one
  local rule = notes.options and make(notes.options) or made("fed.aggregators." .. name)

  local function made_for(f)
    local options = {}
    for key, value in pairs(notes.options or {}) do options[key] = value end
    options.f = f
    return make(options)
  end

  describe(name, function()
    notes.make, notes.takes_f = made_for, notes.options and notes.options.f ~= nil
    spec.check_aggregator(rule, notes)

    it("decides ties in the same way each time", function()
      local x = fed.tensor { {1, 0}, {0, 1}, {-1, 0}, {0, -1}, {1, 0}, {0, 1}, {0, 0} }
      local options, tied = notes.options or {}, rule
      if options.root then tied = make { root = fed.ones { 2 } } end
      if options.model then tied = make { model = fed.ones { 2 } } end
      expect(tied(x), (tied(x:clone())))
    end)
  end)
  ::next::
end
