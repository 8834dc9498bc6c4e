--- Counts which lines of scripts run, for `fedlua test --coverage`.
local parser = require "fed.tools.parser"
local util = require "fed.util"

local coverage = {}

-- Statements that Lua does not run on the line on which they begin.
local silent = { Block = true, Jump = true, LocalFunction = true }

--- Adds the lines on which the statements inside of a node begin.
local function add_lines(node, lines)
  for _, statement in ipairs(node.body or {}) do
    local value = statement.kind == "Assign" and statement.values[1]
    local is_function = value and value.kind == "Function"
    if not (silent[statement.kind] or is_function) then lines[statement.line] = true end
  end
  for _, part in next, node do
    if type(part) == "table" then add_lines(part, lines) end
  end
end

--- Returns the lines of a script that can run, rising.
---@param text string
---@return integer[] lines
function coverage.lines(text)
  local lines, list = {}, {}
  add_lines({ body = parser.parse(text) }, lines)
  for line in util.sorted_pairs(lines) do list[#list + 1] = line end
  return list
end

local function read(path)
  local file = io.open(path)
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text
end

--- Returns one file's part of the report, and its share of lines that ran.
local function record(path, text, hits)
  local lines, ran = { "SF:" .. path }, 0
  local possible = coverage.lines(text)
  for _, line in ipairs(possible) do
    local count = hits[line] or 0
    if count > 0 then ran = ran + 1 end
    lines[#lines + 1] = ("DA:%d,%d"):format(line, count)
  end
  lines[#lines + 1] = ("LF:%d\nLH:%d\nend_of_record"):format(#possible, ran)
  return table.concat(lines, "\n"), #possible > 0 and ran / #possible or 1
end

--- Returns the report as lcov reads it, and a line for each file but the specs.
---@param counts table<string, table<integer, integer>> how often each line of each file ran, by path
---@param specs string[] the files that are no part of what is covered
---@return string report, string[] lines
function coverage.report(counts, specs)
  local is_spec, parts, lines = {}, {}, {}
  for _, path in ipairs(specs) do is_spec[path] = true end
  for path, hits in util.sorted_pairs(counts) do
    local text = not is_spec[path] and read(path)
    if text then
      local part, share = record(path, text, hits)
      parts[#parts + 1] = part
      lines[#lines + 1] = ("%s: %.0f %% of the lines ran"):format(path, 100 * share)
    end
  end
  return table.concat(parts, "\n") .. (#parts > 0 and "\n" or ""), lines
end

return coverage
