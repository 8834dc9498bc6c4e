--- One defense under one attack at all hospitals, each image counted by itself.
local fed = require "fed"
local attacks = require "medfedpure.attacks"
local defenses = require "medfedpure.defenses"

local measure = {}

measure.names = { "right", "accuracy", "flagged", "reach", "seconds", "violations" }

local function path_of(c, defense, attack, client)
  return ("%s/seed_%d/points/%s_%s_%d.safetensors"):format(c.settings.out, c.seed, defense, attack, client)
end

--- The points that an attack found against a defense at a hospital, if it ran.
function measure.points(c)
  return function(defense, attack, client)
    return (fed.try(fed.from_file, path_of(c, defense, attack, client), "tensor"))
  end
end

--- The same attack, whose points are kept for siblings and for another look.
local function kept(c, defense, name, entry)
  local client
  local model_of, attack = entry.model_of or function(i) return defense.answers[i] end, entry.attack
  os.execute(("mkdir -p '%s/seed_%d/points'"):format(c.settings.out, c.seed))
  entry.model_of = function(i)
    client = i
    return model_of(i)
  end
  entry.attack = function(...)
    local found, info = attack(...)
    fed.save(path_of(c, defense.name, name, client), found)
    return found, info
  end
  return entry
end

local function groups_of(c, defense)
  local groups = {}
  for i, test in ipairs(c.data.tests) do
    local x, labels = test:batch()
    groups[i] = { model = defense.answers[i], inputs = x, labels = labels }
  end
  return groups
end

--- Marks as a text of y and n, so that a line of the file tells of each image.
local function text_of(marks)
  local letters = {}
  for i, mark in ipairs(marks:to_table()) do letters[i] = mark > 0.5 and "y" or "n" end
  return table.concat(letters)
end

--- Whether each image is right without an attack and under this one: by the majority of a random defense's answers.
---@return table measures of the sweep
local function cell_of(c, defense_name, attack_name)
  local defense = defenses.get(c, defense_name)
  local is_clean = attack_name == "clean"
  local nothing = { name = "none", attack = function(_, x) return x end }
  local entry = is_clean and nothing or attacks.get(c, defense, attack_name)
  if not entry then return { right = "-" } end
  if not is_clean then
    c.points = measure.points(c)
    entry = kept(c, defense, attack_name, entry)
  end
  local began = os.clock()
  local report = fed.evaluate.robustness {
    clients = groups_of(c, defense), attacks = { entry }, batch = c.settings.images, seed = c.seed,
    evaluation_seed = 1000 + c.seed,
    evaluations = defense.is_random and not defense.is_slow and c.settings.evaluations or 1,
  }
  local flagged = is_clean and report.flag_rate or report.attacks[1].flag_rate
  return {
    right = text_of(report.per_example.robust), accuracy = report.robust.majority, reach = report.attacks[1].distance,
    flagged = flagged, seconds = os.clock() - began, violations = table.concat(report.violations, "; "),
  }
end

--- The body of the sweep.
---@param context fun(seed: integer): table
---@return fun(cell: table): table
function measure.body(context)
  return function(cell) return cell_of(context(cell.seed), cell.defense, cell.attack) end
end

return measure
