--- What reviewers find wrong with experiments on federated defenses, looked for in runs before they are reported.
local fed = require "fed"
local util = require "fed.util"

-- Data on which models are hard to harm whatever the defense.
local easy = { mnist = true, fashion_mnist = true, blobs = true }

--- The distinct values of a list, in order.
local function distinct(list)
  local seen, values = {}, {}
  for _, value in ipairs(list) do
    if not seen[value] then values[#values + 1] = value end
    seen[value] = true
  end
  return values
end

--- Accuracy lost to the attack: the best run without one against the worst with one.
local function harm(runs)
  local clean, attacked
  for _, run in ipairs(runs) do
    local accuracy = run.history[-1] and run.history[-1].accuracy
    if accuracy and #run.byzantine == 0 then clean = math.max(clean or 0, accuracy) end
    local is_open = #run.byzantine > 0 and run.settings.defense == nil
    if accuracy and is_open then attacked = math.min(attacked or 1, accuracy) end
  end
  return clean and attacked and clean - attacked
end

local function check_data(options, complain)
  local names = distinct(options.data or {})
  if #names < 2 then
    complain("one_data_set", "defenses are compared on fewer than two sets of data; name them in data")
  end
  local all_easy = #names > 0
  for _, name in ipairs(names) do all_easy = all_easy and easy[name] end
  if all_easy then
    complain("easy_data", table.concat(names, ", ") .. ": models on easy data bear attacks without a defense")
  end
end

local function check_attack(options, complain)
  local lost = harm(options.runs)
  if not lost then
    complain("unknown_attack", "no run without an attack, or none that is attacked without a defense: nobody knows "
      .. "how strong the attack is")
  elseif lost < options.least_harm then
    local says = "the attack takes %.1f points of accuracy where nothing defends; %.1f are asked for"
    complain("weak_attack", says:format(lost * 100, options.least_harm * 100))
  end
end

local function check_partition(options, complain)
  if options.partition == nil then
    complain("unknown_partition", "how data are dealt out is not said; name it in partition")
  elseif options.partition == "identical" then
    complain("homogeneous_data", "all clients draw from one distribution, where outliers are easy to tell")
  end
end

local function check_size(options, complain)
  for _, run in ipairs(options.runs) do
    local cohort = run.history[-1] and #run.history[-1].cohort or 0
    if cohort > 0 and cohort < options.least_clients then
      complain("few_clients", ("%d clients a round; %d are asked for"):format(cohort, options.least_clients))
      break
    end
  end
  for _, run in ipairs(options.runs) do
    local clients = options.clients
    if clients and #run.byzantine > 0 and 2 * #run.byzantine >= clients then
      complain("too_many_byzantine", ("%d of %d clients lie; no rule bears one half"):format(#run.byzantine, clients))
      break
    end
  end
end

local function check_metrics(options, complain)
  local has_local = false
  for _, name in ipairs(options.metrics or {}) do
    has_local = has_local or name:find("client", 1, true) or name:find("class", 1, true)
  end
  if not has_local then
    complain("global_metrics", "only global measures; classes and clients that are harmed do not show in them")
  end
end

local function check_seeds(options, complain)
  local seeds = {}
  for i, run in ipairs(options.runs) do seeds[i] = run.seed end
  if #distinct(seeds) < options.least_seeds then
    complain("few_seeds", ("%d seeds; %d are asked for"):format(#distinct(seeds), options.least_seeds))
  end
end

local function text(list)
  local lines = {}
  for i, entry in ipairs(list) do lines[i] = entry.pitfall .. ": " .. entry.says end
  return #lines > 0 and table.concat(lines, "\n") or "no pitfall found"
end

local function make(options, path)
  if #options.runs == 0 then util.fail(path .. ": runs is empty; at least one run is needed") end
  local list = {}
  local function complain(pitfall, says) list[#list + 1] = { pitfall = pitfall, says = says } end
  check_data(options, complain)
  check_attack(options, complain)
  check_partition(options, complain)
  check_size(options, complain)
  check_metrics(options, complain)
  check_seeds(options, complain)
  return setmetatable(list, { __tostring = text })
end

return fed.define {
  "Looks for the pitfalls of experiments with defenses: one or only easy sets of data, attacks that do no harm, data "
    .. "alike at all clients, few clients or too many liars, global measures alone, few seeds.",
  options = {
    runs = { "The runs: defended, attacked without a defense, and without an attack.", type = "table" },
    data = { nil, "Names of the sets of data.", type = "table" },
    partition = { nil, "How data are dealt out, as in fed.partition.", type = "string" },
    metrics = { nil, "Names of what is reported; those by class or client say so.", type = "table" },
    clients = { nil, "Clients in all.", type = "integer", at_least = 1 },
    least_harm = { 0.1, "Accuracy that the attack has to take where nothing defends.", at_least = 0 },
    least_clients = { 10, "Clients a round that are asked for.", at_least = 1 },
    least_seeds = { 3, "Seeds that are asked for.", at_least = 1 },
  },
  returns = { "table", "A list of { pitfall =, says = }; empty where none was found. As text, a line each." },
  source = "Khan et al., 2025, https://arxiv.org/abs/2502.05211",
  example = {
    [[
local train, test = fed.data.blobs { train = 40, test = 20, classes = 2 }
local run = fed.simulation {
  clients = fed.partition.identical(train, { clients = 2 }), test = test, rounds = 1, seed = 1,
  model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2 },
}
run:next_round()
for _, found in ipairs(fed.evaluate.pitfalls { runs = { run }, data = { "blobs" }, partition = "identical" }) do
  print(found.pitfall)
end]],
    prints = "one_data_set\neasy_data\nunknown_attack\nhomogeneous_data\nfew_clients\nglobal_metrics\nfew_seeds",
  },
  make = make,
}
