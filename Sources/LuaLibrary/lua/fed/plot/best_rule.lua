--- Which rule wins where: a map over two settings of a sweep.
local fed = require "fed"
local row_values = require "fed.parts.rows"
local figure = require "fed.plot.parts.figure"
local util = require "fed.util"

--- The rule with the highest mean among rows, and the mean.
local function best_of(rows, options)
  local best, highest
  for _, rule in ipairs(row_values.distinct(rows, options.rule)) do
    local values = {}
    for _, row in ipairs(rows) do
      if row[options.rule] == rule then values[#values + 1] = row[options.value] end
    end
    local mean = #values > 0 and util.mean(values)
    if mean and (not highest or mean > highest) then best, highest = rule, mean end
  end
  return best, highest
end

return fed.define {
  "Draws which rule is best for each pair of two settings, and how good it is there.",
  options = figure.with {
    rows = { "Rows of a sweep, as of fed.sweep.", type = "table" },
    x = { "The setting from left to right.", type = "string" },
    y = { "The setting from top to bottom.", type = "string" },
    rule = { "defense", "The name under which rows tell the rule." },
    value = { "accuracy", "The measure; the highest mean wins." },
  },
  returns = figure.returns,
  example = {
    [[
local rows = {
  { attack = "none", division = "iid", defense = "mean", accuracy = 0.9 },
  { attack = "none", division = "iid", defense = "krum", accuracy = 0.8 },
}
print(fed.plot.best_rule { rows = rows, x = "attack", y = "division" }:svg():find("mean 0.90", 1, true) ~= nil)]],
    prints = "true",
  },
  make = function(options, path)
    local xs, ys = row_values.distinct(options.rows, options.x), row_values.distinct(options.rows, options.y)
    if #xs == 0 or #ys == 0 then
      util.fail(("%s: no row has both '%s' and '%s'"):format(path, options.x, options.y))
    end
    local values, texts = {}, {}
    for i, y in ipairs(ys) do
      values[i], texts[i] = {}, {}
      for k, x in ipairs(xs) do
        local rows = {}
        for _, row in ipairs(options.rows) do
          if row[options.x] == x and row[options.y] == y then rows[#rows + 1] = row end
        end
        local rule, mean = best_of(rows, options)
        values[i][k], texts[i][k] = mean or 0 / 0, rule and ("%s %.2f"):format(rule, mean) or ""
      end
    end
    local look = figure.look(options, { x_label = options.x, y_label = options.y })
    return fed.plot.heat_map(util.merged(look, { values = values, texts = texts, rows = ys, columns = xs }))
  end,
}
