--- A head that moves while a scanner reads.
local fed = require "fed"
local corruption = require "fed.data.parts.corruption"

local amounts = { 0.01, 0.02, 0.03, 0.05, 0.08 }

--- Where the head lies at each line: two moves at random moments, the middle of the spectrum read in between.
local function shifts(h, stream, size)
  local moments = { stream:integer(h), stream:integer(h) }
  local moves, row = { (stream:uniform() * 2 - 1) * size * h, (stream:uniform() * 2 - 1) * size * h }, {}
  for line = 1, h do
    row[line] = (line > moments[1] and moves[1] or 0) + (line > moments[2] and moves[2] or 0)
  end
  return row
end

--- Lines are read from the most negative frequency to the most positive; a shift turns the phase of a line.
local function read(x, streams, size)
  local h, angles = x.shape[3], {}
  for i, stream in ipairs(streams) do
    local places, row = shifts(h, stream, size), {}
    for line = 1, h do
      local frequency = line - 1 - h // 2
      row[frequency % h + 1] = -2 * math.pi * frequency * places[line] / h
    end
    angles[i] = row
  end
  local angle = fed.tensor(angles):reshape(#x, 1, h, 1)
  return corruption.by_line(x, angle:cos(), angle:sin())
end

return fed.define {
  "Shifts the head along the lines between the readings of its spectrum, at two random moments.",
  options = { severity = corruption.severity },
  returns = corruption.returns,
  source = "Shaw et al., MIDL 2019, https://proceedings.mlr.press/v102/shaw19a.html",
  deviation = "Shifts along one axis, no turns; by up to the given share of the height.",
  example = {
    [[
local x = fed.zeros { 1, 1, 32, 32 }
x[{ 1, 1, 9, 9 }] = 1
local y = fed.data.corruptions.motion { severity = 5 }(x)
print(y[{ 1, 1, 9, 9 }] < 1, y:gt(0.001):sum():item() > 1)]],
    prints = "true\ttrue",
  },
  make = function(options, path)
    local amount = amounts[options.severity]
    return corruption.of(path, function(x, streams)
      return read(x, streams, amount)
    end)
  end,
}
