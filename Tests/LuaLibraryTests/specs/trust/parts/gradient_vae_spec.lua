--- The autoencoder of updates: its error where it can be told by hand, and what it learns.
local fed = require "fed"
local gradient_vae = require "fed.trust.parts.gradient_vae"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("gradient_vae", function()
  local function make(options)
    options = options or {}
    options.size, options.hidden, options.latent, options.beta = 32, { 16 }, 4, 0.01
    return gradient_vae.make(options)
  end
  local common = fed.randn { 200, seed = 1 }
  local function honest(n, seed) return fed.updates(fed.randn { n, 200, seed = seed } * 0.3 + common) end

  it("sees the shape of an update and not its length", function()
    local updates = honest(3, 2)
    local shapes = make():shapes(updates)
    expect(shapes:square():mean(2), { 1, 1, 1 }, 1e-5)
    expect(make():shapes(updates:scaled { 5, 0.1, 2 }), shapes, 1e-5)
  end)

  it("errs by the whole square where it rebuilds nothing", function()
    local vae = make()
    vae.state.model.parameters:fill_(0)
    expect(vae:error(vae:shapes(honest(3, 2))), { 1, 1, 1 }, 1e-5)
  end)

  it("keeps the latest trusted updates", function()
    local vae = make { capacity = 5 }
    local first, second = vae:shapes(honest(4, 2)), vae:shapes(honest(3, 3))
    vae:remember(first)
    vae:remember(second)
    expect(vae.state.trusted, fed.concatenate({ first:narrow(1, 3, 2), second }, 1))
  end)

  it("learns to rebuild what it trusts, and nothing else", function()
    local vae = make { epochs = 60 }
    vae:remember(vae:shapes(honest(40, 2)))
    local fresh, reversed = vae:shapes(honest(10, 3)), vae:shapes(honest(10, 4):scaled(fed.full({ 10 }, -1)))
    local before = vae:error(fresh):mean():item()
    vae:fit(fed.stream { seed = 1 })
    local after = vae:error(fresh)
    assert(after:mean():item() < before / 2, "the error of the trusted should fall")
    assert(after:max():item() < vae:error(reversed):min():item(), "what it does not know should stand out")
  end)
end)
