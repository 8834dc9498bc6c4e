--- What every aggregator of the registry holds to, native or scripted.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

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

local function honest(n, seed) return fed.randn { n, 12, seed = seed } * 0.5 + fed.randn { 12, seed = 77 } end

--- Seven rows, one of them far off, so that each robust rule differs from the mean.
local function rows()
  local x = honest(7, 1)
  x[3] = x[3] * -8
  return x
end

local function permuted(x, order)
  local list = {}
  for i, position in ipairs(order) do list[i] = x[position] end
  return fed.stack(list)
end

local function is_near(a, b) return (a - b):abs():max():item() < 1e-2 end

for name, make in pairs(fed.aggregators) do
  local notes = rules[name] or {}
  if notes.needs_run then goto next end  -- its own spec makes one
  local rule = notes.options and make(notes.options) or made("fed.aggregators." .. name)
  describe(name, function()
    it("ignores the order of clients", function()
      if notes.ordered then return end
      expect(rule(permuted(rows(), { 4, 7, 1, 3, 6, 2, 5 })), rule(rows()), 1e-3)
    end)

    it("gives an update that all clients sent", function()
      if notes.anchored or notes.suspects_equals or notes.reshapes then return end
      local row = honest(1, 5)[1]
      expect(rule(fed.stack { row, row, row, row, row, row, row }), row, 1e-5)
    end)

    it("moves with the updates", function()
      if notes.moves then return end
      expect(rule(rows() + 3), rule(rows()) + 3, 1e-2)
    end)

    it("stretches with the updates", function()
      if notes.scales then return end
      expect(rule(rows() * -4), rule(rows()) * -4, 1e-2)
    end)

    it("does the same at every size of numbers", function()
      local usual = rule(rows())
      for _, size in ipairs { 1e-30, 1e-19, 1e10, 1e19, 1e30, 5e36 } do
        local result = rule(rows() * size)
        expect(notes.anchored and result or result / size, usual, 1e-3)
      end
    end)

    it("tells what it decided", function()
      local update, decision = rule(rows())
      expect(#update, 12)
      expect(type(decision.flagged), "table")
      if decision.weights then expect(decision.weights:sum():item(), 1, 1e-5) end
    end)

    it("stays among the honest where it claims to", function()
      if not notes.in_box then return end
      local x = honest(9, 2)
      x[1], x[2] = x[1] * 0 + 1e30, x[2] * 0 - 1e30
      local result = rule(x)
      local crowd = x:narrow(1, 3, 7)
      for i = 1, 12 do
        local column = crowd:t()[i]
        local is_inside = result[i] >= column:min():item() and result[i] <= column:max():item()
        assert(is_inside, "coordinate " .. i .. " left the box")
      end
    end)

    it("stays near the honest where a few send huge updates", function()
      if notes.unbounded or notes.yields then return end
      for _, sign in ipairs { 1, -1 } do
        local x, wild = honest(9, 2), math.min(rule.f or 2, 2)
        for i = 1, wild do x[i] = x[i] * 0 + (i == 1 and 1e38 or sign * 9e37) end
        local crowd = x:narrow(1, wild + 1, 9 - wild)
        local mean, reach = crowd:mean(1), 0
        for i = 1, 9 - wild do
          reach = math.max(reach, (crowd[i] - mean):norm():item(), crowd[i]:norm():item())
        end
        assert((rule(x) - mean):norm():item() <= 3 * reach, "the result was carried away")
      end
    end)

    it("is the mean where there is nobody to bear", function()
      if not notes.is_mean then return end
      local x = honest(7, 3)
      expect(make { f = 0 } (x), fed.updates(x):mean(), 1e-5)
    end)

    it("says so where f is too large for the updates", function()
      if not (notes.options and notes.options.f) then return end
      local options = {}
      for key, value in pairs(notes.options) do options[key] = value end
      options.f = 50
      expect_error("f = 50 is too large for n = 7 updates", function() make(options)(rows()) end)
    end)

    it("decides ties in the same way each time", function()
      local x = fed.tensor { {1, 0}, {0, 1}, {-1, 0}, {0, -1}, {1, 0}, {0, 1}, {0, 0} }
      local options, tied = notes.options or {}, rule
      if options.root then tied = make { root = fed.ones { 2 } } end
      if options.model then tied = make { model = fed.ones { 2 } } end
      expect(tied(x), (tied(x:clone())))
    end)

    it("differs from the mean if it is none", function()
      if notes.unbounded then return end
      assert(not is_near(rule(rows()), fed.updates(rows()):mean()))
    end)

    it("gives the same bits again and leaves the updates as they are", function()
      local x = rows()
      local first = rule(x)
      first:fill_(9)
      expect(rule(x), (rule(rows())))
      expect(x, rows())
    end)

    it("names the client whose update is no number", function()
      local x = rows()
      x[{ 5, 2 }] = 0 / 0
      expect_error("the update of client 5 is not finite", function() rule(x) end)
      for _, value in ipairs { math.huge, -math.huge } do
        x[{ 5, 2 }] = value
        expect_error("the update of client 5 is not finite", function() rule(x) end)
      end
    end)
  end)
  ::next::
end
