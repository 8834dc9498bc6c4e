--- The work of `fedlua bench`, in tiny sizes.
local bench = require "fed.bench"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("benchmarks", function()
  it("each run, and are listed once", function()
    local listed = {}
    for _, name in ipairs(bench.names) do
      assert(not listed[name], name .. " is listed twice")
      listed[name] = true
      expect(type(bench.work[name].about), "string")
      bench.prepare(name, true)
      expect(bench.run(name), bench.work[name].parts or 1)
      bench.release(name)
    end
    for name in next, bench.work do assert(listed[name], name .. " is not listed") end
  end)

  it("of growing size run at their smallest, and grow", function()
    for _, name in ipairs(bench.series_names) do
      local sizes = bench.series[name].sizes
      for i = 2, #sizes do assert(sizes[i] > sizes[i - 1], name .. " does not grow") end
      local smallest = ("%s:%d"):format(name, sizes[1])
      bench.prepare(smallest)
      assert(bench.run(smallest) >= 1)
      bench.release(smallest)
    end
  end)
end)
