--- `fedlua test`: what runs, what is told, and what is written.
local coverage = require "fed.tools.coverage"
local tester = require "fed.tools.tester"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("results for continuous integration", function()
  it("are XML with names and messages escaped", function()
    local xml = tester.junit {
      {
        path = "a_spec.lua",
        cases = { { name = "x < y", seconds = 0.5 }, { name = "b", seconds = 0, failure = '"&"' } },
      },
    }
    assert(xml:find('<testsuite name="a_spec.lua" tests="2" failures="1">', 1, true), xml)
    assert(xml:find('<testcase classname="a_spec.lua" name="x &lt; y" time="0.500"/>', 1, true), xml)
    assert(xml:find('<failure message="&quot;&amp;&quot;"/>', 1, true), xml)
  end)
end)

describe("coverage", function()
  it("counts lines on which a statement begins", function()
    local text = "local a = 1\n\n-- words\nif a then\n  a = 2\nelse\n  f(function()\n    return 3\n  end)\nend"
    expect(coverage.lines(text), { 1, 4, 5, 7, 8 })
    expect(coverage.lines("local function f()\n  return 1\nend\nf.g = function() end\nf()"), { 2, 5 })
  end)
end)
