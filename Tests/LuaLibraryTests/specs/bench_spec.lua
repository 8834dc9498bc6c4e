--- What `fedlua bench` asks for by name.
local bench = require "fed.bench"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("bench", function()
  it("does a prepared piece of work once when it is tiny, and counts its parts", function()
    bench.prepare("call", true)
    expect(bench.run("call"), bench.work.call.parts)
    bench.release("call")
    expect_error("'call' is not prepared", function() bench.run("call") end)
  end)

  it("names what it knows", function()
    expect_error("no work is called 'sleep'; cnn_train, cnn_infer", function() bench.prepare("sleep") end)
    expect_error("no work is called 'sleep:3'", function() bench.prepare("sleep:3") end)
  end)
end)
