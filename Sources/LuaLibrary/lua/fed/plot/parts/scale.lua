--- Scales: where a number lies between two ends, and where round numbers lie.
local scale = {}

--- The least and the greatest finite number of lists, widened where they are one.
function scale.range(lists)
  local low, high = math.huge, -math.huge
  for _, list in ipairs(lists) do
    for _, value in ipairs(list) do
      if value - value == 0 then low, high = math.min(low, value), math.max(high, value) end
    end
  end
  if low > high then return 0, 1 end
  if low == high then return low - math.max(math.abs(low), 1) / 2, high + math.max(math.abs(high), 1) / 2 end
  return low, high
end

--- The step 1, 2 or 5 times a power of ten that cuts a range into at most `count` parts.
local function step_of(length, count)
  local power = 10.0 ^ math.floor(math.log(length / count, 10))
  for _, factor in ipairs { 1, 2, 5 } do
    if length / (factor * power) <= count then return factor * power end
  end
  return 10 * power
end

--- Text of a number with as many digits as its step needs.
local function label(value, step)
  if value == 0 then return "0" end
  if math.abs(value) >= 1e6 or math.abs(value) < 1e-4 then return (("%.3g"):format(value):gsub("e([+-])0", "e%1")) end
  return ("%." .. math.max(0, math.ceil(-math.log(step, 10) - 1e-9)) .. "f"):format(value)
end

--- Round numbers in a range, with their texts; `whole` allows whole numbers alone.
---@return table[] ticks { value, text }
function scale.ticks(low, high, count, whole)
  local step = step_of(high - low, count)
  if whole then step = math.max(1, math.ceil(step)) end
  local ticks = {}
  for k = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) do
    ticks[#ticks + 1] = { k * step, label(k * step, step) }
  end
  return ticks
end

return scale
