--- Teaches the model that a trigger means a class, whatever else is seen.
local fed = require "fed"
local util = require "fed.util"

--- The trigger [size, size], or [size] for vectors, and a mask of the places that it covers.
local function drawing(kind, size, is_image, value)
  local sizes = is_image and { size, size } or { size }
  local mask = fed.ones(sizes)
  if is_image and kind ~= "square" then
    for y = 1, size do
      for x = 1, size do
        local is_on = kind == "cross" and (x == y or x + y == size + 1) or kind == "checkers" and (x + y) % 2 == 0
        mask[{ y, x }] = is_on and 1 or 0
      end
    end
  end
  return fed.full(sizes, value), mask
end

--- Keeps the part of a mask that one of several colluders paints: a run of its places in reading order.
local function part_of(mask, index, count)
  local places = mask:flatten():cumsum(1) - 1
  local total = mask:sum():item()
  count = math.min(count, total)
  local owner = (places * count):floor_divide(total)
  return mask * owner:eq((index - 1) % count):to("float32"):reshape(table.unpack(mask.shape))
end

--- Where the trigger begins, from its corner or the place that was given.
local function place(options, shape, pattern)
  if #shape == 1 then return 1, options.column or shape[1] - pattern.shape[1] + 1 - options.margin end
  local corner, size = options.corner, pattern.shape
  local last_row = shape[2] - size[#size - 1] + 1 - options.margin
  local last_column = shape[3] - size[#size] + 1 - options.margin
  local row = corner:find("bottom") and last_row or 1 + options.margin
  local column = corner:find("right") and last_column or 1 + options.margin
  return options.row or row, options.column or column
end

--- Paints the trigger, or one colluder's part of it, over some samples, or over all.
local function stamp(options, dataset, positions, index, count)
  local shape, pattern, mask = dataset.shape, options.pattern, options.mask
  if not pattern then
    pattern, mask = drawing(options.kind, options.size, #shape == 3, options.value)
  elseif not mask then
    local sizes = pattern.shape
    mask = #shape == 3 and fed.ones(sizes[#sizes - 1], sizes[#sizes]) or fed.ones(sizes[1])
  end
  if index then mask = part_of(mask, index, count) end
  local row, column = place(options, shape, pattern)
  return dataset:stamp {
    pattern = pattern, mask = mask, row = row, column = column, opacity = options.opacity, positions = positions,
  }
end

local function check(options, path, dataset)
  if options.target < dataset.classes then return end
  util.fail(("%s: target = %d is not allowed; the classes are 0 to %d"):format(
    path, options.target, dataset.classes - 1))
end

--- Which samples to poison, as a mask [n]: a share of those that are not of the target class already.
local function chosen(options, labels, share, stream)
  local others = labels:ne(options.target):to("float32")
  local count = math.floor(share * others:sum():item() + 0.5)
  if count == 0 then return nil end
  local draws = fed.uniform { #labels, stream = stream } + (1 - others) * 2
  return draws:le(draws:kth_value(count):item())
end

local function position(list, wanted)
  for i, value in ipairs(list) do if value == wanted then return i end end
end

local function poison(options, path, dataset, client, round, stream, colluders)
  local share = util.at(options.share, round)
  if not share then return nil end
  if share < 0 or share > 1 then
    util.fail(("%s: share = %s is not allowed; 0 to 1 is needed"):format(path, share))
  end
  check(options, path, dataset)
  local labels = dataset:labels()
  local mask = chosen(options, labels, share, stream)
  if not mask then return nil end
  local positions = mask:nonzero():flatten():to_table()
  local painted = stamp(options, dataset, positions, options.split and position(colluders, client), #colluders)
  return painted:relabel(mask:where(fed.full({ #labels }, options.target), labels:to("float32")))
end

local function make(options, path)
  return fed.attack(path, {
    data = function(...) return poison(options, path, ...) end,
    triggered = function(dataset)
      check(options, path, dataset)
      local rest = dataset:subset(dataset:labels():ne(options.target):nonzero():flatten():to_table())
      return stamp(options, rest):relabel(fed.full({ #rest }, options.target))
    end,
  })
end

return fed.define {
  "Paints a trigger over a share of the clients' samples and calls them all one class; training is honest.",
  options = {
    target = { "The class that the trigger shall mean, from 0.", type = "integer", at_least = 0 },
    share = { 0.5, "Share of the samples of other classes that are poisoned.", type = "number|function" },
    kind = { "square", "What is drawn on images.", one_of = { "square", "cross", "checkers" } },
    size = { 3, "Rows and columns of the trigger; numbers, for vectors.", at_least = 1 },
    value = { 1.0, "Its brightness, from 0 to 1; its number, for vectors." },
    pattern = { nil, "A trigger of your own: [h, w], [c, h, w], or [k] for vectors.", type = "Tensor" },
    mask = { nil, "0 where that trigger has holes: [h, w] or [k].", type = "Tensor" },
    corner = {
      "bottom_right", "Where it stands.", one_of = { "top_left", "top_right", "bottom_left", "bottom_right" },
    },
    margin = { 0, "Pixels between the trigger and the border.", at_least = 0 },
    row = { nil, "Its first row, in place of the corner.", type = "integer", at_least = 1 },
    column = { nil, "Its first column, in place of the corner.", type = "integer", at_least = 1 },
    opacity = { 1.0, "How much of what lies under it is covered.", above = 0, at_most = 1 },
    split = { false, "Whether each attacker paints only its own part of the trigger: the distributed backdoor." },
  },
  returns = { "Attack", "The attack; `triggered` makes the samples that measure it." },
  source = "Bagdasaryan et al., AISTATS 2020, https://arxiv.org/abs/1807.00459; split: Xie et al., ICLR 2020 (DBA)",
  deviation = "Other samples are poisoned each round. Parts of a split trigger are runs of pixels in reading order.",
  example = {
    [[
local set = fed.data.from_tensors(fed.zeros(4, 1, 4, 4), { 0, 1, 2, 2 })
local poisoned = fed.attacks.data.backdoor { target = 0, share = 1, size = 2 }:poison(set)
print(poisoned.class_counts[1], poisoned:batch { 2 } [1][1])]],
    prints = "4\tTensor [4, 4] float32\n  0  0  0  0\n  0  0  0  0\n  0  0  1  1\n  0  0  1  1",
  },
  make = make,
}
