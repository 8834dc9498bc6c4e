--- Work of the bench: policies in sandboxes and in processes, against the same rule in the script.
local fed = require "fed"

-- Drops whoever sends an update twice as long as the median, and counts in Lua what it has seen.
local text = [[
local seen = 0
return function(round, updates)
  local norms = updates:norms()
  for i = 1, #updates do seen = seen + norms[i] end
  return updates:weighted_mean(norms:le(norms:median() * 2))
end
]]

local clients = 50

--- Loads a text as a policy.
local function load_policy(source, options)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(source)
  file:close()
  local policy = fed.policy.load(path, options)
  os.remove(path)
  return policy
end

--- Makes the work of a round: the rule on updates of as many clients.
local function rounds(make_rule)
  return function(tiny)
    local rule = make_rule()
    local updates = fed.updates(fed.randn { tiny and 4 or clients, tiny and 10 or 100000, seed = 1 })
    return function() rule(nil, updates) end
  end
end

--- Makes calls that do nothing.
local function empty_calls(count, options)
  return function()
    local call = load_policy("return function() end", options)
    return function() for _ = 1, count do call() end end
  end
end

---@type fed.bench.Work[]
return {
  {
    name = "rule_script", about = "a rule of the script on 50 updates of 100,000 numbers", times = 20,
    make = rounds(function() return load(text)() end),
  },
  {
    name = "rule_sandbox", about = "the same rule in a sandbox", times = 20,
    make = rounds(function() return load_policy(text) end),
  },
  {
    name = "rule_process", about = "the same rule in a process of its own", times = 5,
    make = rounds(function() return load_policy(text, { isolation = "process" }) end),
  },
  {
    name = "policy_call", about = "a call into a sandbox that does nothing", times = 20, parts = 1000,
    make = empty_calls(1000),
  },
  {
    name = "process_call", about = "a call into a process that does nothing", times = 20, parts = 100,
    make = empty_calls(100, { isolation = "process" }),
  },
  {
    name = "policy_load", about = "loading a policy into a sandbox", times = 20,
    make = function() return function() load_policy "return print" end end,
  },
  {
    name = "process_load", about = "loading a policy into a process", times = 5,
    make = function() return function() load_policy("return print", { isolation = "process" }) end end,
  },
}
