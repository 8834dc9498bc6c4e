--- Takes the best of several attacks on each image: a detector is as good as the attack that it misses.
local fed = require "fed"
local util = require "fed.util"

return fed.define {
  "Takes for each image the lowest score among the attacks that misled the classifier: an image counts as found only "
    .. "if it is found under all of them. Images that no attack misled are left out.",
  options = {
    scores = { "A list of scores for each attack, one an image.", type = "table" },
    success = { nil, "A list of 0 and 1 for each attack: which images it misled; all without it.", type = "table" },
  },
  returns = { "number[]", "The lowest scores of the images that were misled." },
  source = "Granese et al., MEAD, ECML PKDD 2022, https://arxiv.org/abs/2206.15415",
  example = {
    "print(table.concat(fed.detection.worst_case { scores = { { 1, 5 }, { 3, 2 } } }, ' '))", prints = "1.0 2.0",
  },
  make = function(options, path)
    local list, count = {}, nil
    for k, scores in ipairs(options.scores) do
      scores = type(scores) == "userdata" and scores:to_table() or scores
      count = count or #scores
      if #scores ~= count then
        util.fail(("%s: attack %d has %d scores, the first has %d; all have the same images"):format(path, k, #scores,
          count))
      end
      local success = options.success and options.success[k]
      for i, score in ipairs(scores) do
        if not success or success[i] == 1 or success[i] == true then
          list[i] = math.min(list[i] or math.huge, score + 0.0)
        end
      end
    end
    local found = {}
    for i = 1, count or 0 do if list[i] then found[#found + 1] = list[i] end end
    return found
  end,
}
