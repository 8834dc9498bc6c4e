--- Features against closed forms and brute force.
local fed = require "fed"
local fingerprint = require "fed.trust.parts.fingerprint"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

--- The cosine to a cone by cyclic coordinate descent on the vectors themselves.
local function cone_by_hand(gradients, update)
  local k, x, directions = gradients.n, {}, {}
  for c = 1, k do
    local row = gradients[c]:to_table()
    directions[c], x[c] = {}, 0
    for j = 1, #row do directions[c][j] = -row[j] end
  end
  local g = update:to_table()
  local function dot(a, b)
    local sum = 0
    for j = 1, #a do sum = sum + a[j] * b[j] end
    return sum
  end
  local rest = table.move(g, 1, #g, 1, {})
  for _ = 1, 2000 do
    for c = 1, k do
      local step = math.max(-x[c], dot(rest, directions[c]) / dot(directions[c], directions[c]))
      x[c] = x[c] + step
      for j = 1, #rest do rest[j] = rest[j] - step * directions[c][j] end
    end
  end
  local near = {}
  for j = 1, #g do near[j] = g[j] - rest[j] end
  return math.sqrt(dot(near, near) / dot(g, g))
end

describe("fingerprint", function()
  it("measures distance from the median in median deviations", function()
    local z = fingerprint.z(fed.tensor { 1, 2, 3, 4, 100 }, { sign = 1, floor = 0.1 })
    expect(z, { -2 / 1.4826, -1 / 1.4826, 0, 1 / 1.4826, 8 }, 1e-5)
    z = fingerprint.z(fed.tensor { 1, 2, 3, 4, 100 }, { sign = -1, floor = 0.1 })
    expect(z, { 2 / 1.4826, 1 / 1.4826, 0, -1 / 1.4826, -2 }, 1e-5)
  end)

  it("counts with the floor, or with the spread of the references, where that is wider", function()
    local values = fed.tensor { 1, 1.01, 0.99, 2 }
    expect(fingerprint.z(values, { sign = 1, floor = 0.5 })[4], (2 - 1.005) / 0.5, 1e-4)
    expect(fingerprint.z(values, { sign = 1, floor = 0.5 }, fed.tensor { 0, 4 })[4], (2 - 1.005) / 2, 1e-4)
  end)

  it("counts wrong labels within bounds", function()
    local part = { measure = function() return fed.tensor { -1, -0.01, 0, 0.15, 9 } end }
    local known = { labels = part, updates = fed.updates(fed.ones { 5, 2 }) }
    expect((fingerprint.measure(known, { "labels" })):reshape { 5 }, { -0.25, -0.01, 0, 0.15, 2 }, 1e-6)
  end)

  it("counts equal signs where the root update is not 0", function()
    local x = fed.randn { 4, 300, seed = 1 } * fed.uniform { 4, 300, seed = 2 }:gt(0.3)
    local root = fed.randn { 300, seed = 3 } * fed.uniform { 300, seed = 4 }:gt(0.4)
    local expected = {}
    for i = 1, 4 do
      local equal, count = 0, 0
      for j = 1, 300 do
        if root[j] ~= 0 then
          count = count + 1
          if x[{ i, j }] * root[j] > 0 then equal = equal + 1 end
        end
      end
      expected[i] = equal / count
    end
    expect(fingerprint.sign_agreement(fed.updates(x), root), expected, 1e-5)
    -- Without zeros a reversed update agrees exactly where the update does not.
    local full = fed.updates(fed.randn { 3, 300, seed = 5 })
    local reversed = fingerprint.sign_agreement(full:scaled { -1, -1, -1 }, root)
    expect(reversed + fingerprint.sign_agreement(full, root), { 1, 1, 1 }, 1e-5)
  end)

  it("knows the cosine to a cone of two directions", function()
    local gradients = fed.updates { { 2, 0 }, { 0, 5 } }
    local updates = fed.updates { { -1, -3 }, { 1, -1 }, { 1, 1 }, { -4, 0 } }
    expect(fingerprint.cone(gradients, updates), { 1, math.sqrt(0.5), 0, 1 }, 1e-3)
  end)

  it("knows the cosine to a cone of many, as descent on the vectors does", function()
    local gradients = fed.updates(fed.randn { 5, 30, seed = 1 } + fed.randn { 30, seed = 2 })
    local updates = fed.updates(fed.randn { 6, 30, seed = 3 } - fed.randn { 30, seed = 2 } * 0.7)
    local expected = {}
    for i = 1, 6 do expected[i] = cone_by_hand(gradients, updates[i]) end
    expect(fingerprint.cone(gradients, updates), expected, 1e-3)
  end)

  it("takes a class without samples for no direction", function()
    local gradients = fed.updates { { 2, 0, 0 }, { 0, 0, 0 } }
    expect(fingerprint.cone(gradients, fed.updates { { -1, -1, 0 } }), { math.sqrt(0.5) }, 1e-3)
  end)

  it("measures the paper's features of an update that is reversed or stretched", function()
    local root = fed.randn { 200, seed = 1 }
    local crowd = fed.randn { 7, 200, seed = 2 } + root
    local function raw(rows)
      local names = { "norm", "peers", "root", "signs" }
      return select(2, fingerprint.measure({ updates = fed.updates(rows), root = root }, names))
    end
    local usual, reversed, stretched = raw(crowd), crowd:clone(), crowd:clone()
    reversed[3], stretched[3] = crowd[3] * -1, crowd[3] * 10
    expect(raw(reversed).root[3], -usual.root[3], 1e-6)
    expect(raw(reversed).signs[3], 1 - usual.signs[3], 1e-6)
    expect(raw(stretched).norm[3], usual.norm[3] + math.log(10), 1e-5)
    expect(raw(stretched).root[3], usual.root[3], 1e-6)
    local sum, cosines = 0, fed.updates(crowd):cosines()
    for j = 1, 7 do if j ~= 3 then sum = sum + cosines[{ 3, j }] end end
    expect(usual.peers[3], sum / 6, 1e-5)
  end)

  it("compares with references, where a likeness that these explain is none", function()
    local trained = fed.updates { { 1, 0, 0 }, { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } }
    local updates = fed.updates { { 2, 0, 0 }, { 3, 0, 0 }, { 0, -1, 0 }, { 0, 0, 5 } }
    local context = { updates = updates, gradients = fed.updates { { -1, -2, 0 }, { -1, 0, -2 } }, trained = trained }
    local z, raw = fingerprint.measure(context, { "excess", "own", "share", "twin" })
    expect(raw.own, { 1, 1, -1, 1 }, 1e-6)
    expect(raw.twin, { 1, 1, 0, 0 }, 1e-6)
    expect(raw.excess, { 0, 0, 0, 0 }, 1e-6)
    -- The sum of all references and of a step for all classes at length 1 is (2 + r, 1 + r, 1 + r) with r = 1 / sqrt 3.
    local r = 1 / math.sqrt(3)
    local length = math.sqrt((2 + r) ^ 2 + 2 * (1 + r) ^ 2)
    local middle = ((2 + r) + (1 + r)) / 2 / length
    expect(raw.share, { (2 + r) / length / middle, (2 + r) / length / middle, -(1 + r) / length / middle,
      (1 + r) / length / middle }, 1e-5)
    expect(z.shape, { 4, 4 })
    expect(z[{ 3, 3 }], 4 * (1 + (1 + r) / length / middle), 1e-4)
  end)

  it("takes a share of the median for chance where references differ by more than the median", function()
    local units = { { 1, 0, 0, 0 }, { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 } }
    local context = {
      updates = fed.updates { { 0.3, 0, 0, 1 }, { 0, 0, 0, 1 }, { -0.3, 0, 0, 1 }, { 0.1, 0, 0, 1 } },
      gradients = fed.updates { { -1, -1, -1, 0 } }, trained = fed.updates(units),
    }
    -- Each reference's cosine to the sum of the others and of a step for all classes at length 1.
    local r = 1 / math.sqrt(3)
    local null = {
      (1 + r) / math.sqrt(3 * (1 + r) ^ 2), (1 + r) / math.sqrt(3 * (1 + r) ^ 2),
      r / math.sqrt((2 + r) ^ 2 + r ^ 2 + (1 + r) ^ 2), r / math.sqrt((2 + r) ^ 2 + r ^ 2 + (1 + r) ^ 2),
    }
    local spread = math.abs(null[1] - null[3]) / 2
    local z, raw = fingerprint.measure(context, { "share" })
    local mean = fed.tensor { 2 + r, 1 + r, 1 + r, 0 }
    local cosines = context.updates:cosine(mean)
    local median = cosines:median():item()
    expect(median < spread, true)
    expect(raw.share, ((cosines - median) / spread + 1):to_table(), 1e-4)
    expect(z[{ 3, 1 }], math.min(8, 4 * (median - cosines[3]) / spread), 1e-3)
  end)

  it("chooses features by name, and tells which need references", function()
    local names, on, is_matched = fingerprint.choose({ "root", "norm" }, { own = true, norm = false }, "rule")
    expect(names, { "own", "root" })
    expect({ on.own, is_matched }, { true, true })
    expect(select(3, fingerprint.choose(fingerprint.paper, {}, "rule")), false)
    expect_error("rule: there is no feature 'colour' to switch; cone, excess,",
      function() fingerprint.choose({}, { colour = true }, "rule") end)
    expect_error("rule: fingerprint.own = much is not allowed; true or false is",
      function() fingerprint.choose({}, { own = "much" }, "rule") end)
    expect_error("rule: all features are off", function() fingerprint.choose({ "root" }, { root = false }, "rule") end)
  end)
end)
