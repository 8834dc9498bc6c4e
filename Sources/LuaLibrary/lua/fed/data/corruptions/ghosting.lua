--- What moves in a rhythm while a scanner reads.
local fed = require "fed"
local corruption = require "fed.data.parts.corruption"

local amounts = { 0.2, 0.35, 0.5, 0.65, 0.8 }

--- Every second to fifth line weakened, drawn by image; symmetric, so that what comes back is real.
local function factors(x, streams, weakening)
  local h, rows = x.shape[3], {}
  for i, stream in ipairs(streams) do
    local every, row = stream:integer(4) + 1, {}
    for k = 0, h - 1 do
      local frequency = math.min(k, h - k)
      row[k + 1] = frequency > h // 50 and frequency % every == 0 and 1 - weakening or 1
    end
    rows[i] = row
  end
  return fed.tensor(rows):reshape(#x, 1, h, 1)
end

return fed.define {
  "Weakens every few lines of the spectrum, but not its middle: shifted ghosts of the image appear.",
  options = { severity = corruption.severity },
  returns = corruption.returns,
  source = "Pérez-García et al., CMPB 2021, https://doi.org/10.1016/j.cmpb.2021.106236 (TorchIO)",
  example = {
    [[
local x = fed.zeros { 1, 1, 32, 32 }
x[{ 1, 1, 9, 9 }] = 1
local y = fed.data.corruptions.ghosting { severity = 5 }(x)
print(y[{ 1, 1, 9, 9 }] < 1, y:gt(0.01):sum():item() > 1)]],
    prints = "true\ttrue",
  },
  make = function(options, path)
    local amount = amounts[options.severity]
    return corruption.of(path, function(x, streams)
      return corruption.by_line(x, factors(x, streams, amount), fed.zeros { #x, 1, x.shape[3], 1 })
    end)
  end,
}
