--- Rounds that the server plays alone: honest clients made of its root data, and some of them turned into attackers.
--- What learns inside a rule learns from these, without a look at any client's labels.
local fed = require "fed"
local agent = require "fed.trust.parts.agent"

local rehearsal = {}

local function stretched(own, factor) return own.tensor * factor end

--- Gives a random direction of a given length in each coordinate's deviation.
local function jittered(mean, deviation, honest, own, stream)
  return mean + fed.randn { own.n, honest.d, stream = stream } * deviation
end

--- The largest step from the mean against the honest deviation that leads no farther from any honest client than these
--- are from each other.
---@param honest fed.Updates
---@param mean fed.Tensor [d]
---@param deviation fed.Tensor [d]
---@return number factor of the deviation
function rehearsal.outermost(honest, mean, deviation)
  local limit = honest:squared_distances():max():item()
  local centered = honest:minus(mean)
  local lengths, along = centered:norms():square(), centered:dot(deviation) * 2
  local square, low, high = deviation:square():sum():item(), 0, 100
  for _ = 1, 30 do
    local middle = (low + high) / 2
    local farthest = (lengths + along * middle + square * middle * middle):max():item()
    if farthest <= limit then low = middle else high = middle end
  end
  return low
end

--- What attackers may do to their updates: functions of their own updates, those of honest clients, and random numbers.
rehearsal.transforms = {
  { name = "reversed", make = function(own) return stretched(own, -1) end },
  { name = "stretched", make = function(own) return stretched(own, 10) end },
  { name = "partly_stretched", make = function(own, _, stream)
    return own.tensor * (fed.uniform { own.n, own.d, stream = stream }:lt(0.5) * 4 + 1)
  end },
  { name = "noisy", make = function(own, _, stream)
    local lengths = own:norms():unsqueeze(2) * (2 / math.sqrt(own.d))
    return own.tensor + fed.randn { own.n, own.d, stream = stream } * lengths
  end },
  { name = "off_center", make = function(_, honest) return honest:mean() - honest.tensor:std(1) * 1.5 end },
  { name = "opposed", make = function(_, honest) return honest:mean() * -2 end },
  { name = "outermost", make = function(own, honest, stream)
    local mean, deviation = honest:mean(), honest.tensor:std(1)
    local sent = mean - deviation * rehearsal.outermost(honest, mean, deviation)
    return jittered(sent, deviation * 0.5, honest, own, stream)
  end },
  { name = "none", make = function(own) return own.tensor end },
}

--- Turns the first updates into attackers'.
---@param virtual fed.Updates honest clients
---@param count integer attackers
---@param transform table one of `transforms`
---@param stream fed.Stream
---@return fed.Updates, fed.Tensor truth [n]: 1 for attackers
function rehearsal.attacked(virtual, count, transform, stream)
  local first, rest, truth = {}, {}, {}
  for i = 1, virtual.n do
    if i <= count then first[#first + 1] = i else rest[#rest + 1] = i end
    truth[i] = i <= count and transform.name ~= "none" and 1 or 0
  end
  local honest = virtual:select(rest)
  local sent = transform.make(virtual:select(first), honest, stream)
  if sent.rank == 1 then sent = sent:unsqueeze(1):expand(count, virtual.d) end
  return virtual:with(fed.concatenate({ sent, honest.tensor }, 1)), fed.tensor(truth)
end

--- Plays rounds: the same honest clients under some attacks, drawn at random, and without one.
---@param round fed.Round
---@param options table `clients`, `share` of attackers, `scenes` (attacks that are played)
---@param stream fed.Stream
---@return fed.Updates honest clients, table scenes of `updates` and `truth`, and `root`: the root update of what these
--- did not train on
function rehearsal.play(round, options, stream)
  local concentration = ({ 0.1, 0.5, 10 })[stream:integer(3)]
  local virtual, told = round:virtual_round {
    clients = options.clients, concentration = concentration, holdout = 0.5, seed = stream:integer(1 << 30),
  }
  local order, scenes = stream:shuffled(#rehearsal.transforms - 1), { root = told.root_update }
  order[options.scenes + 1] = #rehearsal.transforms
  for scene = 1, options.scenes + 1 do
    local transform = rehearsal.transforms[order[scene]]
    local count = math.max(1, math.floor(options.share * virtual.n + 0.5))
    local updates, truth = rehearsal.attacked(virtual, count, transform, stream:derive(transform.name))
    scenes[scene] = { name = transform.name, updates = updates, truth = truth }
  end
  return virtual, scenes
end

--- Learns what can be learned on root data alone: the autoencoder from honest clients; prior and agent from attacks on
--- them.
---@param parts table `vae`, `prior` and `agent`, as far as there are any, and `options`
---@param round fed.Round
---@param is_new boolean whether prior and agent learn, too
---@param stream fed.Stream
---@param look fun(updates: fed.Updates, root: fed.Tensor): table what the rule sees: `z` and `sketches`
function rehearsal.learn(parts, round, is_new, stream, look)
  local o = parts.options
  local virtual, scenes = rehearsal.play(round, { clients = 10, share = 0.3, scenes = o.scenes }, stream)
  if parts.vae then
    parts.vae:remember(parts.vae:shapes(virtual))
    parts.vae:fit(stream:derive "vae")
  end
  for _, scene in ipairs(is_new and scenes or {}) do
    scene.seen = look(scene.updates, scenes.root)
    parts.prior:remember(scene.seen.z, scene.seen.sketches, scene.truth)
  end
  if is_new then parts.prior:fit(o.fit_steps, stream:derive "prior") end
  for index, scene in ipairs(is_new and parts.agent and scenes or {}) do
    local trust = (-parts.prior:logits(scene.seen.z, scene.seen.sketches)):sigmoid():to_table()
    local states = agent.states(scene.seen.z, trust, round.number)
    parts.agent:rehearse(states, scene.truth, o.fit_steps, stream:derive("scene", index))
  end
end

return rehearsal
