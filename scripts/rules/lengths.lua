--- Budgets: how long a file and a function may be.

local longest_file, longest_function = 400, 40

local function is_source(path)
  return path:find("%.swift$") or path:find("%.lua$") or path:find("%.[ch]$")
end

--- The position just after a Swift function's opening brace, or nil for a requirement of a protocol.
local function body_start(text, first)
  local depth, at = 0, first
  while true do
    local found = text:find("[%(%)%[%]{\n]", at)
    if not found then return nil end
    local character = text:sub(found, found)
    if character == "(" or character == "[" then
      depth = depth + 1
    elseif character == ")" or character == "]" then
      depth = depth - 1
      if depth < 0 then return nil end
    elseif character == "{" and depth == 0 then
      return found + 1
    elseif character == "\n" and depth == 0 then
      local continues = text:find("^%s*[{-]", found) or text:find("^%s*where%s", found)
        or text:find("^%s*r?e?throws%f[%W]", found) or text:find("^%s*async%f[%W]", found)
      if not continues and not text:sub(first, found):find("[,>]%s*\n$") then return nil end
    end
    at = found + 1
  end
end

--- The position of the brace that closes the one before `at`.
local function closing_brace(text, at)
  local depth = 1
  while depth > 0 do
    local found = text:find("[{}]", at)
    if not found then return #text end
    depth = depth + (text:sub(found, found) == "{" and 1 or -1)
    at = found + 1
  end
  return at - 1
end

local function count_lines(text, first, last)
  local _, breaks = text:sub(first, last):gsub("\n", "")
  return breaks + 1
end

local function check_swift(file, complain)
  local text, offset = table.concat(file.code, "\n"), 1
  for number, line in ipairs(file.code) do
    local name = line:match("%f[%w_]func%s+([^%s%(<]+)") or line:match("^%s*[%l%s]*%f[%w_](init)[?!]?[%(<]")
      or line:match("^%s*[%l%s]*%f[%w_](deinit)%s*{")
    local is_call = line:find("%.init") or line:find("^%s*init%(.*%)%s*$")
    if name and not is_call then
      local body = body_start(text, offset)
      local count = body and count_lines(text, offset, closing_brace(text, body)) or 0
      if count > longest_function then
        complain(file, number, ("'%s' has %d lines; at most %d"):format(name, count, longest_function))
      end
    end
    offset = offset + #line + 1
  end
end

local function check_lua(file, complain)
  for number, line in ipairs(file.code) do
    local indent = line:match("^(%s*).*%f[%w_]function%f[%W]")
    if indent and not line:find("%f[%w_]end%f[%W]") then
      for last = number + 1, #file.code do
        if file.code[last]:find("^" .. indent .. "end%f[%W]") then
          local count = last - number + 1
          if count > longest_function then
            complain(file, number, ("the function has %d lines; at most %d"):format(count, longest_function))
          end
          break
        end
      end
    end
  end
end

return {
  ["file-length"] = function(files, complain)
    for _, file in ipairs(files) do
      if is_source(file.path) and #file.lines > longest_file then
        complain(file, 1, ("has %d lines; at most %d"):format(#file.lines, longest_file))
      end
    end
  end,
  ["function-length"] = function(files, complain)
    for _, file in ipairs(files) do
      if file.path:find("%.swift$") then
        check_swift(file, complain)
      elseif file.path:find("%.lua$") and not file.path:find("_spec%.lua$") then
        -- A spec is one long call of `describe`.
        check_lua(file, complain)
      end
    end
  end,
}
