--- Lists and reads the source files that `lint` and `imports` check.
local tree = {}

---@class SourceFile
---@field path string relative to the root of the package
---@field lines string[] as they stand in the file
---@field code string[] the same lines with comments and the contents of strings blanked

local function shell_quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

--- Replaces everything but line ends by spaces.
local function blank(text) return (text:gsub("[^\n]", " ")) end

--- The end of a Swift comment that starts at `first`; block comments nest.
local function swift_comment_end(text, first)
  if text:sub(first, first + 1) == "//" then return (text:find("\n", first, true) or #text + 1) - 1 end
  local depth, at = 1, first + 2
  while depth > 0 do
    local found = text:find("[/*][/*]", at)
    if not found then return #text end
    local pair = text:sub(found, found + 1)
    at = found + 2
    if pair == "/*" then
      depth = depth + 1
    elseif pair == "*/" then
      depth = depth - 1
    else
      at = found + 1
    end
  end
  return at - 1
end

local swift_string_end

--- The end of the interpolation whose opening parenthesis stands at `first`; it may hold strings of its own.
local function interpolation_end(text, first)
  local depth, at = 0, first
  while true do
    local found = text:find('[()"]', at)
    if not found then return #text end
    local character = text:sub(found, found)
    at = found + 1
    if character == "(" then
      depth = depth + 1
    elseif character == ")" then
      depth = depth - 1
      if depth == 0 then return found end
    else
      at = swift_string_end(text, found, "") + 1
    end
  end
end

--- The end of the Swift string whose first quote stands at `first`, after `fence` number signs.
function swift_string_end(text, first, fence)
  local quotes = text:sub(first, first + 2) == '"""' and '"""' or '"'
  local closing, escape = quotes .. fence, "\\" .. fence
  local at = first + #quotes
  while at <= #text do
    if text:sub(at, at + #closing - 1) == closing then return at + #closing - 1 end
    if text:sub(at, at + #escape - 1) == escape then
      at = at + #escape
      if text:sub(at, at) == "(" then at = interpolation_end(text, at) end
    elseif text:sub(at, at) == "\n" and #quotes == 1 then
      return at - 1
    end
    at = at + 1
  end
  return #text
end

--- Blanks the comments and strings of Swift or C.
local function swift_code(text)
  local out, at = {}, 1
  while true do
    local first = text:find('[/"#]', at)
    if not first then break end
    out[#out + 1] = text:sub(at, first - 1)
    local last
    local fence = text:match('^(#*)"', first)
    if fence then
      last = swift_string_end(text, first + #fence, fence)
      out[#out + 1] = '"' .. blank(text:sub(first + 1, last - 1)) .. (last > first and '"' or "")
    elseif text:find("^/[/*]", first) then
      last = swift_comment_end(text, first)
      out[#out + 1] = blank(text:sub(first, last))
    else
      last = first
      out[#out + 1] = text:sub(first, first)
    end
    at = last + 1
  end
  out[#out + 1] = text:sub(at)
  return table.concat(out)
end

--- The end of the Lua string or comment body that starts with a quote or a long bracket at `first`.
local function lua_string_end(text, first)
  local level = text:match("^%[(=*)%[", first)
  if level then
    local _, last = text:find("]" .. level .. "]", first, true)
    return last or #text
  end
  local quote, at = text:sub(first, first), first + 1
  while at <= #text do
    local character = text:sub(at, at)
    if character == quote or character == "\n" then return at end
    at = at + (character == "\\" and 2 or 1)
  end
  return #text
end

--- Blanks the comments and strings of Lua.
local function lua_code(text)
  local out, at = {}, 1
  while true do
    local first = text:find("[-\"'%[]", at)
    if not first then break end
    out[#out + 1] = text:sub(at, first - 1)
    local last, kept = first, nil
    if text:sub(first, first + 1) == "--" then
      local long = text:find("^%[=*%[", first + 2)
      last = long and lua_string_end(text, first + 2) or (text:find("\n", first, true) or #text + 1) - 1
    elseif text:find("^[\"']", first) or text:find("^%[=*%[", first) then
      last = lua_string_end(text, first)
      kept = '"' .. blank(text:sub(first + 1, last - 1)) .. '"'
    else
      kept = text:sub(first, first)
    end
    out[#out + 1] = kept or blank(text:sub(first, last))
    at = last + 1
  end
  out[#out + 1] = text:sub(at)
  return table.concat(out)
end

local function split_lines(text)
  local lines = {}
  for line in (text:sub(-1) == "\n" and text or text .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line end
  return lines
end

--- Reads one file of the tree.
---@return SourceFile
local function read(root, path)
  local stream = assert(io.open(root .. "/" .. path, "rb"))
  local text = stream:read("a")
  stream:close()
  local code = text
  if path:find("%.lua$") or text:find("^#![^\n]*lua") then
    code = lua_code(text)
  elseif path:find("%.swift$") or path:find("%.[ch]$") then
    code = swift_code(text)
  end
  return { path = path, lines = split_lines(text), code = split_lines(code) }
end

--- Reads every text file below the named folders; links are not followed, so linked sources count once.
---@return SourceFile[] sorted by path
function tree.read(root, folders)
  local existing = {}
  for _, folder in ipairs(folders) do existing[#existing + 1] = "./" .. folder end
  local command = ("cd %s && find %s -type f ! -name '.*' 2>/dev/null | LC_ALL=C sort"):format(
    shell_quote(root), table.concat(existing, " "))
  local files = {}
  local listing = assert(io.popen(command))
  for path in listing:lines() do files[#files + 1] = read(root, path:sub(3)) end
  listing:close()
  return files
end

--- Parses `[--root DIR] [--list] [NAME …]`; the root is the folder above this script unless given.
function tree.arguments(arguments)
  local parsed = { root = (arguments[0]:match("^(.*)/") or ".") .. "/..", names = {}, list = false }
  local index = 1
  while index <= #arguments do
    local word = arguments[index]
    if word == "--root" then
      index = index + 1
      parsed.root = assert(arguments[index], "--root needs a folder")
    elseif word == "--list" then
      parsed.list = true
    else
      parsed.names[#parsed.names + 1] = word
    end
    index = index + 1
  end
  return parsed
end

return tree
