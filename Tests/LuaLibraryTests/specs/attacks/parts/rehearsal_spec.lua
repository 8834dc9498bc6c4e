--- Asking the rule of a run many times, against asking it once with the updates put together anew.
local fed = require "fed"
local rehearsal = require "fed.attacks.parts.rehearsal"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("rehearsal", function()
  --- A rule that notes what it is shown, and takes the numbers of client 2 for its decision.
  local function noting(seen)
    return function(_, updates)
      seen[#seen + 1] = {
        ids = updates.ids, samples = updates.samples, layers = updates.layers, tensor = updates.tensor:clone(),
      }
      return updates[2]:clone()
    end
  end

  --- One round under an attack that sends what it likes.
  local function round_under(attack, byzantine, seen)
    local train = fed.data.blobs { train = 120, classes = 3 }
    local run = fed.simulation {
      clients = fed.partition.dirichlet(train, { clients = 4, concentration = 1, seed = 2 }), rounds = 1, seed = 3,
      model = fed.models.mlp { inputs = 2, hidden = { 3 }, classes = 3 }, defense = noting(seen), byzantine = byzantine,
      attack = attack, progress = false,
    }
    run:next_round()
  end

  it("shows the rule what it would get, each time anew", function()
    for _, byzantine in ipairs { { 2, 3 }, { 1, 2, 3, 4 } } do
      local seen = {}
      round_under(function(context)
        local decided, mean = rehearsal(context), context.honest:mean()
        for _, factor in ipairs { -1, 5, 0 } do
          expect(decided(mean * factor), mean * factor)
          expect(context:decide(mean * factor).update, mean * factor)
        end
        return mean
      end, byzantine, seen)
      expect(#seen, 7)
      for i = 1, 5, 2 do
        expect(seen[i].tensor, seen[i + 1].tensor)
        expect({ seen[i].ids, seen[i].samples, seen[i].layers },
          { seen[i + 1].ids, seen[i + 1].samples, seen[i + 1].layers })
      end
    end
  end)

  it("leaves the updates of the round as they are", function()
    round_under(function(context)
      local honest, own = context.honest.tensor:clone(), context.own.tensor:clone()
      rehearsal(context)(context.honest:mean() * 100)
      expect(context.honest.tensor, honest)
      expect(context.own.tensor, own)
    end, { 2 }, {})
  end)
end)
