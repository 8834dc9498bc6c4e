--- The work of `fedlua bench`, in tiny sizes.
local bench = require "fed.bench"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("bench", function()
  it("runs every piece of work and lists each once", function()
    local listed = {}
    for _, name in ipairs(bench.names) do
      expect(type(bench.work[name].about), "string")
      assert(bench.measure(name, true) >= 0)
      listed[name] = true
    end
    for name in next, bench.work do assert(listed[name], name .. " is not listed") end
  end)

  it("names what it knows", function()
    expect_error("no work is called 'sleep'; cnn_train, cnn_infer", function() bench.measure("sleep") end)
  end)
end)
