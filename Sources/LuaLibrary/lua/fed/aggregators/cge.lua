--- Leaves out the longest updates.
local fed = require "fed"
local selection = require "fed.aggregators.parts.selection"

local function make(options, path)
  local f = options.f
  return fed.aggregator(path, function(_, updates, weights)
    local rows = selection.participants(
      updates, weights, path, f, function(n) return n - 1 end, "f must be less than n")
    local norms = rows:norms():to_table()
    return selection.mean(selection.smallest(norms, rows.n - f), rows, updates, { norm = norms })
  end, { f = f })
end

return fed.define {
  "Averages the n - f shortest updates (comparative gradient elimination); of equally long ones, the first.",
  options = { f = { "Byzantine clients to bear, fewer than updates.", type = "integer", at_least = 0 } },
  returns = { "Aggregator", "The rule." },
  source = "Gupta and Vaidya, PODC 2020, https://arxiv.org/abs/2008.04699, section 4",
  deviation = "The paper adds the updates; here they are averaged.",
  example = {
    "print((fed.aggregators.cge { f = 1 } { {1, 0}, {90, 0}, {0, 1} }))",
    prints = "Tensor [2] float32\n  0.5000  0.5000",
  },
  make = make,
}
