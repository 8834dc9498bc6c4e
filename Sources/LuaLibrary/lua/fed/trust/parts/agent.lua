--- Learns which weights serve the model: a double DQN, or an actor and a critic, over six actions a client.
---
--- A choice for every client at once has 6^n actions. Here a network looks at one client's state and values its
--- actions; the value of the joint action is the mean over the clients, as in value decomposition. So n may differ from
--- round to round, and the order of clients changes nothing.
local fed = require "fed"
local util = require "fed.util"

local agent = {}
agent.__index = agent

--- What an action gives a client.
agent.actions = { 0, 0.2, 0.4, 0.6, 0.8, 1 }

--- The value of a joint action, equation 20, against its goal.
local function value_loss(model, batch)
  local count = batch.goals.shape[1]
  local values = model(batch.states):pick(batch.actions):reshape(count, -1):mean(2)
  return (values - batch.goals):square():mean()
end

--- The policy's gradient: log-probabilities of what was done, times how much better than expected it went, and entropy.
local function policy_loss(model, batch)
  local logs = model(batch.states):log_softmax()
  local entropy = (logs:exp() * logs):sum(2):mean() * -1
  return (logs:pick(batch.actions) * batch.advantages):mean() * -1 - entropy * 0.01
end

--- The expected return of a round, a mean over its clients, against what came.
local function critic_loss(model, batch)
  local count = batch.goals.shape[1]
  return (model(batch.states):reshape(count, -1):mean(2) - batch.goals):square():mean()
end

--- Makes an agent. An actor learns from what it did last, a DQN from all that it remembers.
---@param options table `kind` ("dqn" or "actor_critic"), `inputs` (numbers of a client's state), `credit` ("round": all
--- share the mean reward, as equation 22 has it; "client": each has its own), `hidden` sizes, `discount`, `lr`,
--- `capacity` of the replay, `batch` of transitions, `replays` (batches a round), `follow` (share by which the target
--- follows), `seed`
---@return table
function agent.make(options)
  local o = setmetatable(options, { __index = {
    kind = "dqn", credit = "round", hidden = { 64, 32 }, discount = 0.9, lr = 1e-3, batch = 16, follow = 0.01, seed = 5,
    replays = 20, capacity = options.kind == "actor_critic" and 1 or 2000,
  } })
  local function network(outputs)
    return fed.models.mlp { inputs = o.inputs, hidden = o.hidden, classes = outputs, seed = o.seed }
  end
  local state = { replay = {}, next = 1 }
  if o.kind == "dqn" then
    state.online, state.target = network(#agent.actions), network(#agent.actions)
    state.trainer = fed.optim.adam { lr = o.lr }:on(state.online)
  else
    state.actor, state.critic = network(#agent.actions), network(1)
    state.actor_trainer = fed.optim.adam { lr = o.lr }:on(state.actor)
    state.critic_trainer = fed.optim.adam { lr = o.lr }:on(state.critic)
  end
  return setmetatable({ options = o, state = state }, agent)
end

--- Chooses an action for each client: the best one and sometimes any, or one drawn from the policy.
---@param states fed.Tensor [n, inputs]
---@param epsilon number share of random choices of the DQN
---@param stream fed.Stream
---@return fed.Tensor actions [n] labels from 0, number[] weights by row
function agent:act(states, epsilon, stream)
  local labels
  if self.options.kind == "dqn" then
    labels = self.state.online:predict(states):labels():to_table()
    for i = 1, #labels do
      if stream:uniform() < epsilon then labels[i] = stream:integer(#agent.actions) - 1 end
    end
  else
    labels = {}
    for i, sums in ipairs(self.state.actor:predict(states):softmax():cumsum(2):to_table()) do
      local draw = stream:uniform()
      labels[i] = #agent.actions - 1
      for k = #sums - 1, 1, -1 do if draw < sums[k] then labels[i] = k - 1 end end
    end
  end
  local weights = {}
  for i, label in ipairs(labels) do weights[i] = agent.actions[label + 1] end
  return fed.labels(labels), weights
end

--- The reward of equation 22, dealt to the clients: its mean over them is gain - 2 FPR - 3 FNR - 0.5 Var(w).
---
--- Nobody knows who attacks: a client that several features find far off stands for an attacker.
---@param gain number accuracy won on validation data
---@param weights fed.Tensor [n]
---@param dropped fed.Tensor [n] 1 where the weight is 0
---@param outliers fed.Tensor [n] 1 where the client counts as an attacker
---@return fed.Tensor [n]
function agent.reward(gain, weights, dropped, outliers)
  local n, accused = #weights, outliers:sum():item()
  local false_alarms = dropped * (1 - outliers) * (2 * n / math.max(1, n - accused))
  local misses = (1 - dropped) * outliers * (3 * n / math.max(1, accused))
  return (false_alarms + misses) * -1 + (gain - 0.5 * weights:variance():item())
end

--- Keeps what happened.
---@param transition table `states`, `actions`, `reward` [n], and `following` states where there are any
function agent:remember(transition)
  local state = self.state
  state.replay[state.next] = transition
  state.next = state.next % self.options.capacity + 1
end

--- What states promise each client: the value of the best next action, which the online network chooses and the target
--- network rates, or what the critic expects.
---@param states fed.Tensor [n, inputs]
---@return fed.Tensor [n]
function agent:expected(states)
  local state = self.state
  if self.options.kind ~= "dqn" then return state.critic:predict(states):reshape(#states) end
  return state.target:predict(states):pick(state.online:predict(states):labels())
end

--- Draws transitions of rounds with as many clients, and puts them on top of each other.
local function drawn(self, n, stream)
  local fitting, states, actions, goals = {}, {}, {}, {}
  for _, transition in ipairs(self.state.replay) do
    if #transition.states == n then fitting[#fitting + 1] = transition end
  end
  for b = 1, math.min(self.options.batch, #fitting) do
    local transition = fitting[stream:integer(#fitting)]
    local following, goal = transition.following, transition.reward
    if following then goal = goal + self:expected(following) * self.options.discount end
    states[b], actions[b] = transition.states, transition.actions
    goals[b] = self.options.credit == "client" and goal or goal:mean():reshape(1)
  end
  return fed.concatenate(states, 1), fed.concatenate(actions, 1), fed.concatenate(goals, 1)
end

--- Learns from a batch of what was kept.
---@param n integer clients of the rounds to learn from
---@param stream fed.Stream
function agent:learn(n, stream)
  local state = self.state
  local states, actions, goals = drawn(self, n, stream)
  if self.options.kind == "dqn" then
    state.trainer:fit_batch({ states = states, actions = actions, goals = goals }, nil, { loss = value_loss })
    state.target.parameters:mul_(1 - self.options.follow):add_scaled_(state.online.parameters, self.options.follow)
    return
  end
  local values = state.critic:predict(states):reshape(#goals, -1):mean(2)
  local advantages = (goals - values):unsqueeze(2):expand(#goals, #states // #goals):reshape(#states)
  state.actor_trainer:fit_batch(
    { states = states, actions = actions, advantages = advantages }, nil, { loss = policy_loss })
  state.critic_trainer:fit_batch({ states = states, goals = goals }, nil, { loss = critic_loss })
end

--- What the agent sees of each client: its z-scores, the round's mean of them, its trust, and how late it is.
---@param z fed.Tensor [n, features]
---@param trust number[] by row
---@param round integer
---@return fed.Tensor [n, 2 features + 2]
function agent.states(z, trust, round)
  local small, late = z * 0.25, fed.full({ #z, 1 }, round / 25)
  local others = small:mean(1, true):expand(#small, small.shape[2])
  return fed.concatenate({ small, others, fed.tensor(trust):unsqueeze(2), late }, 2)
end

--- Learns in rehearsed rounds, where it is known who attacks: weight on an attacker costs 3, weight kept from an honest
--- client 2, as in equation 22.
---@param states fed.Tensor [n, inputs]
---@param truth fed.Tensor [n] 1 for attackers
---@param tries integer
---@param stream fed.Stream
function agent:rehearse(states, truth, tries, stream)
  for _ = 1, tries do
    local actions, weights = self:act(states, 0.5, stream)
    local given = fed.tensor(weights)
    local cost = truth * given * 3 + (1 - truth) * (1 - given) * 2
    self:remember { states = states, actions = actions, reward = cost * -1 }
    self:learn(#states, stream)
  end
end

--- Equation 21: its actions and the trust of the prior, blended by a share that grows after a warm-up. On the way it
--- learns from what its actions of the round before have led to.
---@param round fed.Round
---@param z fed.Tensor [n, features]
---@param trust number[] by row
---@param options table `tau`, `warm_up`, `ramp`, `cut` (lower weights count as 0)
---@param stream fed.Stream
---@return number[] weights by row, number[] actions by row
function agent:blend(round, z, trust, options, stream)
  local accuracy = round:evaluate(round.global:unsqueeze(1), "validation")[1]
  local seen, last = agent.states(z, trust, round.number), self.state.last
  if last then
    local reward = agent.reward(accuracy - last.accuracy, last.weights, last.dropped, last.outliers)
    self:remember { states = last.states, actions = last.actions, reward = reward, following = seen }
    for _ = 1, self.options.replays do self:learn(#last.states, stream) end
  end
  local actions, given = self:act(seen, math.max(0.1, 1 - round.number / 10), stream)
  local tau, weights = util.clamp((round.number - options.warm_up) / options.ramp, 0, 1) * options.tau, {}
  for i = 1, #trust do weights[i] = tau * given[i] + (1 - tau) * trust[i] end
  local blended = fed.tensor(weights)
  self.state.last = {
    states = seen, actions = actions, accuracy = accuracy, weights = blended, dropped = blended:lt(options.cut),
    outliers = z:gt(2.5):sum(2):ge(2),                           -- where two features agree
  }
  return weights, given
end

return agent
