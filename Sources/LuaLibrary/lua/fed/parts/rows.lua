--- Rows of named values, such as those of a sweep.
local rows = {}

--- The values of a name over all rows, each once, in the order in which they come.
---@param list table[]
---@param name string
---@return any[]
function rows.distinct(list, name)
  local seen, values = {}, {}
  for _, row in ipairs(list) do
    local value = row[name]
    if value ~= nil and not seen[value] then seen[value], values[#values + 1] = true, value end
  end
  return values
end

return rows
