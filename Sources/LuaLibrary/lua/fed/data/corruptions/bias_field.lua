--- The uneven coil of a scanner.
local fed = require "fed"
local corruption = require "fed.data.parts.corruption"

local amounts = { 0.1, 0.2, 0.3, 0.4, 0.5 }

--- All products of powers of the two places, from -1 to 1, up to the third degree: [terms, h * w].
local function powers(height, width)
  local function places(length) return fed.arange(0, length - 1):to("float32") * (2 / math.max(1, length - 1)) - 1 end
  local y, x, terms = places(height):reshape(height, 1), places(width):reshape(1, width), {}
  local ones = fed.ones { height, width }
  for i = 0, 3 do
    for j = 0, 3 - i do terms[#terms + 1] = (ones * y:pow(i) * x:pow(j)):flatten() end
  end
  return fed.stack(terms)
end

local function field(x, streams, size)
  local terms = powers(x.shape[3], x.shape[4])
  local coefficients = (corruption.uniform(x, streams, { #terms }) * 2 - 1) * size
  return coefficients:matmul(terms):exp():reshape(#x, 1, x.shape[3], x.shape[4])
end

return fed.define {
  "Multiplies by a smooth field: the exponential of a polynomial of third degree with random coefficients.",
  options = { severity = corruption.severity },
  returns = corruption.returns,
  source = "Van Leemput et al., TMI 1999, https://doi.org/10.1109/42.811268, as TorchIO has it",
  example = {
    [[
local y = fed.data.corruptions.bias_field { severity = 5 }(fed.full({ 1, 1, 16, 16 }, 0.4))
print(y:max():item() > y:min():item() + 0.05)]],
    prints = "true",
  },
  make = function(options, path)
    local amount = amounts[options.severity]
    return corruption.of(path, function(x, streams)
      return x * field(x, streams, amount)
    end)
  end,
}
