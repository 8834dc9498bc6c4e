--- Who holds how much of what.
local fed = require "fed"
local figure = require "fed.plot.parts.figure"
local util = require "fed.util"

return fed.define {
  "Draws how many samples of each class the clients hold.",
  options = figure.with { clients = { "The data of each client.", type = "Partition|Dataset[]" } },
  returns = figure.returns,
  example = {
    [[
local set = fed.data.blobs { train = 40, test = 4, classes = 2 }
print(fed.plot.partition { clients = fed.partition.identical(set, { clients = 2, seed = 1 }) }:text(44))]],
    prints = "1 ***************oooooooooooooooooo 20\n2 ******************ooooooooooooooo 20\n* 0   o 1",
  },
  make = function(options)
    local names, series = {}, {}
    for i = 1, #options.clients do
      local set = options.clients[i]
      names[i] = tostring(i)
      for k, count in ipairs(set.class_counts) do
        series[k] = series[k] or { name = set.class_names[k] or tostring(k - 1), values = {} }
        series[k].values[i] = count
      end
    end
    local look = figure.look(options, { x_label = "client", y_label = "samples" })
    return fed.plot.bars(util.merged(look, { names = names, series = series }))
  end,
}
