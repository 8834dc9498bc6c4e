--- The policy that runs programs: each in a world of its own, and what came of it as text.
return function(text, name)
  if not text then return 6 * 7 end
  local printed = 0
  local world = setmetatable({ print = function() printed = printed + 1 end }, { __index = _G })
  world._G = world
  local chunk, problem = load(text, name, "t", world)
  if not chunk then return "no program: " .. problem end
  local results = table.pack(pcall(chunk, 1, "x"))
  for i = 1, results.n do
    local kind = type(results[i])
    results[i] = (kind == "number" or kind == "boolean" or kind == "string") and ("%s"):format(results[i]):sub(1, 200)
      or kind
  end
  return printed .. " " .. table.concat(results, " ", 1, results.n)
end
