--- The tables of the page, of what the sweep has so far.
local fed = require "fed"
local attacks = require "medfedpure.attacks"
local defenses = require "medfedpure.defenses"

local tables = {}

--- Rows by defense, attack and seed.
local function index(rows)
  local found = {}
  for _, row in ipairs(rows) do
    if row.right ~= "-" then
      local by_attack = found[row.defense] or {}
      found[row.defense] = by_attack
      by_attack[row.attack] = by_attack[row.attack] or {}
      by_attack[row.attack][row.seed] = row
    end
  end
  return found
end

--- Where both texts say y.
local function both(a, b)
  local letters = {}
  for i = 1, #a do letters[i] = a:sub(i, i) == "y" and b:sub(i, i) == "y" and "y" or "n" end
  return table.concat(letters)
end

--- What survives all attacks within a radius, by seed.
local function worst(by_attack, radius)
  local texts = {}
  for name, by_seed in fed.util.sorted_pairs(by_attack) do
    if name:find("@" .. radius, 1, true) then
      for seed, row in fed.util.sorted_pairs(by_seed) do
        texts[seed] = texts[seed] and both(texts[seed], row.right) or row.right
      end
    end
  end
  return texts
end

local function texts_of(by_seed)
  local texts = {}
  for seed, row in fed.util.sorted_pairs(by_seed or {}) do texts[seed] = row.right end
  return texts
end

local function counted(texts)
  local right, all = 0, 0
  for _, text in fed.util.sorted_pairs(texts) do
    right, all = right + select(2, text:gsub("y", "")), all + #text
  end
  return right, all
end

--- A share in per cent, with its interval where one is wanted.
local function share(texts, with_interval)
  local right, all = counted(texts)
  if all == 0 then return "-" end
  local said = ("%.1f"):format(100 * right / all)
  if not with_interval then return said end
  local range = fed.metrics.clopper_pearson { successes = right, trials = all }
  return ("%s [%.1f, %.1f]"):format(said, 100 * range.lower, 100 * range.upper)
end

local function mean_of(by_seed, key)
  local sum, count = 0, 0
  for _, row in fed.util.sorted_pairs(by_seed or {}) do sum, count = sum + row[key], count + 1 end
  return count > 0 and ("%.1f"):format(100 * sum / count) or "-"
end

local function size(t)
  local count = 0
  for _ in fed.util.sorted_pairs(t or {}) do count = count + 1 end
  return count
end

local function line(cells) print("| " .. table.concat(cells, " | ") .. " |") end

local function head(names)
  local rule = { "---" }
  for i = 2, #names do rule[i] = "---:" end
  line(names)
  line(rule)
end

--- The seeds of a row, rising, each alone and then all together; a single seed is not repeated.
local function parts(by_seed)
  local list = {}
  for seed in fed.util.sorted_pairs(by_seed) do list[#list + 1] = { name = tostring(seed), seeds = { seed } } end
  local all = { name = "all", seeds = {} }
  for i, part in ipairs(list) do all.seeds[i] = part.seeds[1] end
  if #list > 1 then list[#list + 1] = all end
  return list
end

--- What belongs to some seeds.
local function of(seeds, by_seed)
  local some = {}
  for _, seed in ipairs(seeds) do some[seed] = by_seed and by_seed[seed] end
  return some
end

--- Each defense on each seed, and on all.
local function summary(found)
  head { "defense", "seed", "clean", "oblivious .015", "oblivious 8/255", "worst .015", "worst 8/255",
    "smooth, no radius", "flagged" }
  for _, name in ipairs(defenses.order) do
    local by = found[name]
    for _, part in ipairs(by and parts(by.clean or {}) or {}) do
      local function texts(attack) return of(part.seeds, texts_of(by[attack])) end
      line { defenses.titles[name], part.name, share(texts "clean", true), share(texts "oblivious@paper"),
        share(texts "oblivious@large"), share(of(part.seeds, worst(by, "paper")), true),
        share(of(part.seeds, worst(by, "large")), true), share(texts "low"),
        mean_of(of(part.seeds, by.clean), "flagged") }
    end
  end
end

--- Each attack by itself, on all seeds; where it ran on fewer than the defense did, their number stands behind.
local function each(found, radius)
  local names, columns = { "defense" }, {}
  for _, name in ipairs(attacks.names()) do
    local kind = name:match("^(%w+)@" .. radius .. "$")
    if kind then names[#names + 1], columns[#columns + 1] = kind, name end
  end
  head(names)
  for _, defense in ipairs(defenses.order) do
    local by = found[defense]
    if by then
      local cells, seeds = { defenses.titles[defense] }, size(by.clean)
      for i, column in ipairs(columns) do
        local count = size(by[column])
        cells[i + 1] = share(texts_of(by[column])) .. (count > 0 and count < seeds and (" (%d)"):format(count) or "")
      end
      line(cells)
    end
  end
end

--- Whether two defenses differ, image by image.
local function compare(found, one, two, radius)
  if not (found[one] and found[two]) then return end
  local a, b, lists = worst(found[one], radius), worst(found[two], radius), { {}, {} }
  for seed, text in fed.util.sorted_pairs(a) do
    for i = 1, b[seed] and #text or 0 do
      table.insert(lists[1], text:sub(i, i) == "y" and 1 or 0)
      table.insert(lists[2], b[seed]:sub(i, i) == "y" and 1 or 0)
    end
  end
  if #lists[1] == 0 then return end
  local told = fed.metrics.mcnemar { first = lists[1], second = lists[2] }
  print(("%s and %s at %.4f: p = %.3g"):format(defenses.titles[one], defenses.titles[two], attacks.radii[radius],
    told.p))
end

local drawn = { "undefended", "fedem", "pfeddef", "adversarial", "pooled", "experts", "mirrored_selective",
  "mirrored_always" }

--- The share that survives all attacks over the radius, of the defenses that have been measured at both.
local function curve(found, path)
  local curves = {}
  for _, name in ipairs(drawn) do
    local by, values, samples = found[name], {}, 0
    for k, texts in ipairs(by and { texts_of(by.clean), worst(by, "paper"), worst(by, "large") } or {}) do
      local right, all = counted(texts)
      if all > 0 then values[k], samples = right / all, all end
    end
    if #values == 3 then
      curves[#curves + 1] = { name = defenses.titles[name], accuracy = values, samples = samples }
    end
  end
  if #curves == 0 then return end
  fed.plot.security_curve { epsilons = { 0, attacks.radii.paper, attacks.radii.large }, curves = curves, height = 440,
    title = "Right answers under the worst attack" }:save(path)
end

--- Prints everything in Markdown, and draws the curves.
---@param rows table[] as fed.sweep gives them
---@param path string of the picture
function tables.show(rows, path)
  local found = index(rows)
  curve(found, path)
  summary(found)
  for _, radius in ipairs { "paper", "large" } do
    print(("\n%s, radius %.4f\n"):format(radius, attacks.radii[radius]))
    each(found, radius)
  end
  print()
  for _, radius in ipairs { "paper", "large" } do
    for _, name in ipairs { "experts", "mirrored_always", "mirrored_selective" } do
      for _, other in ipairs { "adversarial", "pooled" } do compare(found, name, other, radius) end
    end
  end
  for _, row in ipairs(rows) do
    if row.violations and row.violations ~= "" then print(row.defense, row.attack, row.violations) end
  end
end

return tables
