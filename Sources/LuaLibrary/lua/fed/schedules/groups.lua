--- Groups of attackers that act in turns.
local fed = require "fed"
local util = require "fed.util"

local function check(groups, path)
  if #groups == 0 then util.fail(path .. ": groups is empty; lists of client ids are needed") end
  for i, group in ipairs(groups) do
    if type(group) ~= "table" then
      util.fail(("%s: group %d is a %s; a list of client ids is needed"):format(path, i, type(group)))
    end
  end
end

return fed.define {
  "Makes a schedule of who acts: the groups in turns, for fed.attacks.by.",
  options = {
    groups = { "Lists of client ids.", type = "table" },
    every = { 1, "Rounds that a group acts before the next one does.", at_least = 1 },
    from = { 1, "The first round in which somebody acts.", at_least = 1 },
  },
  returns = { "function", "Called with a round, gives the ids of those that act in it, or nil for nobody." },
  example = {
    "local who = fed.schedules.groups { groups = { {8, 9}, {10} } } print(#who(1), who(2)[1], #who(3))",
    prints = "2\t10\t2",
  },
  make = function(options, path)
    check(options.groups, path)
    return function(round)
      if round < options.from then return nil end
      return options.groups[(round - options.from) // options.every % #options.groups + 1]
    end
  end,
}
