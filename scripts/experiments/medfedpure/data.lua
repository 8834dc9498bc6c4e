--- Scans and who has them: hospitals with unequal shares of the classes, scans to calibrate on, and scans to test on.
local fed = require "fed"

local data = {}

local function whole(settings)
  if settings.data == "br35h" then
    return assert(fed.data.br35h { size = settings.side, dir = settings.dir ~= "" and settings.dir or nil })
  end
  return fed.data.synthetic_mri { count = settings.scans, size = settings.side, seed = 5 }
end

--- Splits by groups of near-duplicates, so that no scan has a twin on the other side: 72 % to learn from, 8 % to
-- calibrate on and to choose recipes by, 20 % to test on.
---@return table set, audit, train, clients, calibration, tests: lists with a part for each client
function data.make(settings, seed)
  local set = whole(settings)
  local audit = fed.data.audit(set, { leak = false })
  local learn, test = audit.set:split { test = 0.2, seed = seed }
  local train, check = learn:split { test = 0.1, seed = seed }
  local deal, number = fed.partition, settings.clients
  local clients, calibration, tests = {}, {}, {}
  local parts = deal.dirichlet(train, { clients = number, concentration = settings.concentration, seed = seed,
    minimum_samples = 40 })
  local checks = deal.identical(check, { clients = number, seed = seed })
  local shown = deal.identical(test, { clients = number, seed = seed })
  for i = 1, number do
    clients[i], calibration[i] = parts[i], checks[i]
    local order = fed.stream { seed = seed, purpose = "shown", client = i }:shuffled(#shown[i])
    tests[i] = shown[i]:subset(table.move(order, 1, math.min(settings.images // number, #order), 1, {}))
  end
  return {
    set = set, audit = audit, train = train, check = check, test = test, clients = clients, calibration = calibration,
    tests = tests, rule = parts.rule,
  }
end

return data
