--- What a detector finds at every rate of false alarms.
local fed = require "fed"
local figure = require "fed.plot.parts.figure"
local util = require "fed.util"

local function numbers(list) return type(list) == "userdata" and list:to_table() or list end

--- The corners of the curve: one for each score that occurs, from the highest.
local function curve_of(entry)
  local scores, positives, order = numbers(entry.scores), numbers(entry.positives), {}
  for i = 1, #scores do order[i] = i end
  table.sort(order, function(a, b) return scores[a] > scores[b] end)
  local found, alarms, x, y = 0, 0, { 0 }, { 0 }
  for k, i in ipairs(order) do
    local is_positive = positives[i] == true or positives[i] == 1
    found, alarms = found + (is_positive and 1 or 0), alarms + (is_positive and 0 or 1)
    local following = order[k + 1]
    if not following or scores[following] ~= scores[i] then x[#x + 1], y[#y + 1] = alarms, found end
  end
  for k = 1, #x do x[k], y[k] = x[k] / alarms, y[k] / found end
  local name = ("%s (%.3f)"):format(entry.name or "detector", fed.metrics.auroc(entry.scores, entry.positives))
  return { name = name, x = x, y = y, plain = true }
end

return fed.define {
  "Draws the share of attacks that are found over the share of false alarms; names carry the area below.",
  options = figure.with {
    curves = {
      "Curves { name =, scores =, positives = }, scores higher for what is more suspicious, positives 1 or true for "
        .. "attacks.", type = "table",
    },
  },
  returns = figure.returns, source = "Hanley and McNeil, Radiology 1982",
  example = {
    [[
local roc = fed.plot.roc { curves = {
  { name = "norm", scores = { 0.1, 0.4, 0.4, 0.9 }, positives = { false, false, true, true } },
} }
print(roc:text():find("norm (0.875)", 1, true) ~= nil)]],
    prints = "true",
  },
  make = function(options, path)
    if #options.curves == 0 then util.fail(path .. ": curves is empty; at least one is needed") end
    local series = {}
    for i, entry in ipairs(options.curves) do series[i] = curve_of(entry) end
    series[#series + 1] = { name = "chance", x = { 0, 1 }, y = { 0, 1 }, plain = true, color = "#999", dash = "2 3" }
    local labels = { x_label = "false alarms (share of clean)", y_label = "found (share of attacks)" }
    local look = figure.look(options, labels)
    return fed.plot.lines(util.merged(look, { series = series, x_range = { 0, 1 }, y_range = { 0, 1 } }))
  end,
}
