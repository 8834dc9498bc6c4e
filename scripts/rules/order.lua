--- The order of dictionaries and sets must not reach a sum: it differs from process to process.

local ordered_parts = {
  "Attacks", "Datasets", "Federation", "LuaBindings", "Metrics", "Networks", "Tensors",
}
local visiting = { "map", "compactMap", "flatMap", "reduce", "forEach", "keys", "values" }

local function is_checked(path)
  local target = path:match("^Sources/(%w+)/.*%.swift$")
  for _, part in ipairs(ordered_parts) do if target == part then return true end end
  return false
end

--- The names that a file declares with a dictionary's or a set's type.
local function unordered_names(file)
  local names = {}
  for _, line in ipairs(file.code) do
    for name in line:gmatch("([%a_][%w_]*)%s*:%s*%[[^%[%],()]-:") do names[name] = true end
    for name in line:gmatch("([%a_][%w_]*)%s*=%s*%[[^%[%],()]-:[^%[%]]-%]%(") do names[name] = true end
    for name in line:gmatch("([%a_][%w_]*)%s*=%s*%[%s*:%s*%]") do names[name] = true end
    for _, type in ipairs { "Dictionary", "Set" } do
      for name in line:gmatch("([%a_][%w_]*)%s*[:=]%s*" .. type .. "%f[^%w]") do names[name] = true end
    end
  end
  return names
end

--- Tells what on this line visits the elements of the named collection in its own order.
local function visit(line, name)
  local word = "%f[%w_]" .. name .. "%f[^%w_]"
  if line:find("%f[%w_]for%s.*%sin%s+[%w_.]*" .. word .. "%s*[{.]") then
    return "for … in " .. name
  end
  for _, method in ipairs(visiting) do
    if line:find(word .. "%." .. method .. "%f[^%w_]") then return name .. "." .. method end
  end
  return nil
end

return {
  ["unordered-visit"] = function(files, complain)
    for _, file in ipairs(files) do
      local names = is_checked(file.path) and unordered_names(file) or {}
      for number, line in ipairs(file.code) do
        for name in pairs(names) do
          local found = visit(line, name)
          if found and not line:find("sorted") and not line:find("%.count%f[%W]") and not line:find("contains") then
            complain(file, number, found .. " visits in an order that changes from run to run; sort first")
          end
        end
      end
    end
  end,
}
