--- How experts learn: one by one, each a federation of its own, and then together as one mixture.
local fed = require "fed"
local util = require "fed.util"
local stored = require "fed.recipes.parts.stored"

local experts = {}

local function is_gate(name) return (name:find("^gate") or name:find("^look")) ~= nil end

-- What never leaves a client, by the option `personal`: its gate, and its batch normalization unless gates alone stay.
local is_local = {
  [true] = function(name) return is_gate(name) or name:find("norm") ~= nil end, gates = is_gate, [false] = "none",
}

--- The mixture, or with `more` another one of its kind.
local function network(self, more)
  local o = self.options
  return fed.models.mixture_of_experts(util.merged(util.merged(o.experts, {
    input = self.shape, classes = self.classes, seed = o.seed,
    tells_gate = o.attack.entropy ~= 0 or o.attack.balance ~= 0,
  }), more))
end

--- The same samples, those of rarer classes so often that all classes that are there are as frequent.
local function balanced(set)
  local places, most, positions = {}, 0, {}
  for i, class in ipairs(set:labels():to_table()) do
    local list = places[class] or {}
    places[class], list[#list + 1] = list, i
    most = math.max(most, #list)
  end
  for _, list in util.sorted_pairs(places) do
    for j = 0, most - 1 do positions[#positions + 1] = list[j % #list + 1] end
  end
  return set:subset(positions)
end

--- Trains under attack: by the late one in the last share of the rounds.
local function federate(self, model, rounds, late_share, more)
  local o, now = self.options, self.options.attack
  local attack = util.merged(o.attack, {
    epsilon = function() return now.epsilon end, steps = function() return now.steps end,
  })
  return fed.recipes.federation(util.merged({
    clients = self.lessons, model = model, rounds = rounds, defense = o.defense, seed = o.seed,
    training = util.merged(util.merged(o.expert_training, more.training), { loss = fed.objectives.adversarial(attack),
      local_parameters = is_local[more.personal or false] }),
    on_round = function(number, loss)
      now = number > rounds * (1 - late_share) and util.merged(o.attack, o.late_attack) or o.attack
      if self.on_round then self.on_round(number, loss) end
    end,
  }, more.with))
end

--- Each expert alone, with first values and an order of its images of its own; normalization is shared.
local function alone(self, k)
  local o, seed = self.options, self.options.seed + 1000 * (k - 1)
  local model = network(self, { experts = 1, seed = seed, tells_gate = false })
  return stored.model(o.folder, "expert_" .. k, model, function()
    return federate(self, model, o.alone, o.late_attack.share, { with = { seed = seed } }).average
  end)
end

--- Makes a gate weigh all experts alike.
local function even(mixture)
  for _, name in ipairs(mixture.names) do
    if name:find "^gate%.2%." then mixture:parameter(name):fill_(0) end
  end
  return mixture
end

--- Puts experts that learned alone into a mixture whose gate weighs them alike at first.
local function join(mixture, parts)
  for _, name in ipairs(mixture.names) do
    local k, rest = name:match "^experts%.(%d+)%.(.*)$"
    if k then mixture:parameter(name):copy_(parts[k + 1]:parameter("experts.0." .. rest)) end
  end
  return even(mixture)
end

--- All learn together; gives a mixture for each client. Experts that have learned alone meet the late attack only.
local function together(self, mixture)
  local o, list = self.options, {}
  local is_late = o.alone > 0
  local done = federate(self, mixture, o.rounds, is_late and 1 or o.late_attack.share, {
    personal = o.personal, training = is_late and o.late_training or nil, with = { average = 0 },
  })
  for i = 1, #self.clients do list[i] = o.personal and done.run:client_model(i) or done.model end
  return list
end

--- Trains all experts; gives a mixture for each client.
---@param self table the system: options, clients, shape, classes
---@return fed.Model[]
function experts.fit(self)
  local o, mixture, parts, list = self.options, network(self), {}, {}
  self.lessons = self.clients
  if o.balanced then
    self.lessons = {}
    for i, client in ipairs(self.clients) do self.lessons[i] = balanced(client) end
  end
  if o.alone > 0 then
    for k = 1, o.experts.experts do parts[k] = alone(self, k) end
    join(mixture, parts)
  end
  for i = 1, #self.clients do list[i] = mixture end
  if o.rounds > 0 then
    list = stored.models(o.folder, "mixture", mixture, #self.clients, function() return together(self, mixture) end)
  end
  if o.gate == "even" then for _, model in ipairs(list) do even(model) end end
  return list
end

return experts
