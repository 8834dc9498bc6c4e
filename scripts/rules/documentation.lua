--- Public types and free functions are documented: a reader of another target has nothing else to go by.

local kinds = { "actor", "class", "enum", "protocol", "struct", "typealias" }

--- Whether a line declares a public type, or a function at the top level.
local function is_declaration(line)
  local words = line:match("^%s*public%s+(.*)") or line:match("^%s*@[%w_]+%s+public%s+(.*)")
  if not words then return false end
  for _, kind in ipairs(kinds) do if words:find("^[%l%s]-%f[%w]" .. kind .. "%s") then return true end end
  return line:find("^public%s+func%s") ~= nil
end

local function is_documented(file, number)
  local above = number - 1
  while above > 0 and file.lines[above]:find("^%s*[@#]") do above = above - 1 end
  return above > 0 and file.lines[above]:find("^%s*///") ~= nil
end

return {
  undocumented = function(files, complain)
    for _, file in ipairs(files) do
      if file.path:find("^Sources/.*%.swift$") then
        for number, line in ipairs(file.code) do
          if is_declaration(line) and not is_documented(file, number) then
            complain(file, number, "a public type needs a sentence: " .. line:match("^%s*(.-)%s*{?%s*$"))
          end
        end
      end
    end
  end,
}
