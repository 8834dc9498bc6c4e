--- The worst of several attacks against the definition.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("worst_case", function()
  it("takes the lowest score among attacks that succeed", function()
    local scores = { { 5, 6, 7, 8 }, fed.tensor { 4, 9, 1, 2 } }
    expect(fed.detection.worst_case { scores = scores }, { 4, 6, 1, 2 })
    expect(fed.detection.worst_case { scores = scores, success = { { 1, 0, 1, 0 }, fed.tensor { 0, 1, 1, 0 } } },
      { 5, 9, 1 })
  end)

  it("refuses attacks on different images", function()
    expect_error("worst_case: attack 2 has 1 scores, the first has 2",
      function() fed.detection.worst_case { scores = { { 1, 2 }, { 1 } } } end)
  end)
end)
