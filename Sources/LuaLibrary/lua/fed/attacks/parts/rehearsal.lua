--- What the run's rule would decide, asked many times: the updates of the round are put side by side once.
local fed = require "fed"

--- The rows of all clients by rising id, with what is known of these.
local function arrived(context)
  local clients, own = {}, {}
  for i, id in ipairs(context.own.ids) do
    own[id] = true
    clients[#clients + 1] = { id = id, row = context.own[i], samples = context.own.samples[i] }
  end
  for i, id in ipairs(context.honest.ids) do
    -- An attacker among attackers alone sees its own rows in the place of the honest ones.
    if not own[id] then
      clients[#clients + 1] = { id = id, row = context.honest[i], samples = context.honest.samples[i] }
    end
  end
  table.sort(clients, function(a, b) return a.id < b.id end)
  return clients, own
end

--- Makes a function of the vector that all attackers would send, which tells the update that the rule would decide on.
---@param context fed.AttackContext
---@return fun(sent: fed.Tensor): fed.Tensor
return function(context)
  local rows, ids, samples, places = {}, {}, {}, {}
  local clients, own = arrived(context)
  for i, client in ipairs(clients) do
    rows[i], ids[i], samples[i] = client.row, client.id, client.samples
    if own[client.id] then places[#places + 1] = i end
  end
  local matrix = fed.stack(rows)
  local updates = fed.updates(matrix, { ids = ids, samples = samples, like = context.honest })
  return function(sent)
    for _, place in ipairs(places) do matrix[place]:copy_(sent) end
    return context:decide(updates).update
  end
end
