--- Which classes are taken for which.
local fed = require "fed"
local figure = require "fed.plot.parts.figure"
local util = require "fed.util"

return fed.define {
  "Draws how often each class was answered as each other: counts, colored by their share of the class.",
  options = figure.with {
    labels = { "The true classes, from 0.", type = "Tensor|integer[]" },
    predictions = { "The answers.", type = "Tensor|integer[]" },
    names = { nil, "Names of the classes, from class 0 on.", type = "string[]" },
  },
  returns = figure.returns,
  example = {
    [[
local map = fed.plot.confusion { labels = { 0, 0, 1 }, predictions = { 0, 1, 1 }, names = { "healthy", "tumor" } }
print(map:text(40):find("tumor", 1, true) ~= nil)]],
    prints = "true",
  },
  make = function(options)
    local classes = options.names and #options.names
    local counts = fed.metrics.confusion_matrix(options.labels, options.predictions, classes).counts
    local values, texts, names = {}, {}, options.names or {}
    for i = 1, #counts do
      values[i], texts[i] = {}, {}
      local sum = math.max(1, util.sum(counts[i]))
      for k, count in ipairs(counts[i]) do values[i][k], texts[i][k] = count / sum, tostring(count) end
      names[i] = names[i] or tostring(i - 1)
    end
    local look = figure.look(options, { x_label = "answer", y_label = "class" })
    return fed.plot.heat_map(util.merged(look, { values = values, texts = texts, rows = names, columns = names,
      range = { 0, 1 } }))
  end,
}
