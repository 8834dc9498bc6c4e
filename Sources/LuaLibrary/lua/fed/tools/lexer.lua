--- Splits the text of a script into tokens. What does not compile is told by Lua, so this need not complain.
local lexer = {}

---@class Token
---@field kind string `name`, `number`, `string`, `end`, or the keyword or sign itself
---@field text string as it stands, of a string its contents
---@field line integer
---@field first integer where it stands in the text
---@field last integer

local keywords = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat return then true "
  .. "until while"):gmatch("%a+") do keywords[word] = true end

local signs = { "...", "..", "==", "~=", "<=", ">=", "<<", ">>", "//", "::" }

--- Returns the contents and the last position of the long bracket at a position; nil if there is none.
local function long_bracket(text, at)
  local level = text:match("^%[(=*)%[", at)
  if not level then return nil end
  local first = at + #level + 2
  local from, to = text:find("]" .. level .. "]", first, true)
  return text:sub(first, (from or #text + 1) - 1), to or #text
end

--- Returns the contents and the last position of the string in quotes at a position.
local function quoted(text, at)
  local quote, i = text:sub(at, at), at + 1
  while i <= #text do
    local letter = text:sub(i, i)
    if letter == quote then break end
    i = i + (letter == "\\" and 2 or 1)
  end
  return text:sub(at + 1, i - 1), i
end

--- Returns the position of the next token, behind blanks and comments.
local function skip(text, at)
  while true do
    at = text:find("%S", at) or #text + 1
    if text:sub(at, at + 1) ~= "--" then return at end
    local _, last = long_bracket(text, at + 2)
    at = last and last + 1 or (text:find("\n", at, true) or #text) + 1
  end
end

local function number_end(text, at)
  local _, last = text:find("^0[xX][%x.]*[pP]?[+-]?%x*", at)
  if last then return last end
  _, last = text:find("^%d*%.?%d*", at)
  local _, exponent = text:find("^[eE][+-]?%d+", last + 1)
  return exponent or last
end

--- Returns the kind, the text and the last position of the token at a position.
local function token_at(text, at)
  local word = text:match("^[%a_][%w_]*", at)
  if word then return keywords[word] and word or "name", word, at + #word - 1 end
  if text:find("^%.?%d", at) then
    local last = number_end(text, at)
    return "number", text:sub(at, last), last
  end
  if text:find("^[\"']", at) then
    local content, last = quoted(text, at)
    return "string", content, last
  end
  local content, last = long_bracket(text, at)
  if content then return "string", content, last end
  for _, sign in ipairs(signs) do
    if text:sub(at, at + #sign - 1) == sign then return sign, sign, at + #sign - 1 end
  end
  return text:sub(at, at), text:sub(at, at), at
end

--- Returns the tokens of a text; the last one is of the kind `end_of_text`.
---@param text string
---@return Token[]
function lexer.tokens(text)
  local tokens, line, counted = {}, 1, 1
  local at = skip(text, text:find("^#") and text:find("\n", 1, true) or 1)
  while at <= #text do
    local _, breaks = text:sub(counted, at - 1):gsub("\n", "")
    line, counted = line + breaks, at
    local kind, content, last = token_at(text, at)
    tokens[#tokens + 1] = { kind = kind, text = content, line = line, first = at, last = last }
    at = skip(text, last + 1)
  end
  tokens[#tokens + 1] = { kind = "end_of_text", text = "", line = line, first = at, last = at }
  return tokens
end

return lexer
