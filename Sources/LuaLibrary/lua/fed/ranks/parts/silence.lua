--- Keeps a script from speaking and writing twice where several processes run it side by side.
-- What the host writes itself, such as models, pictures and checkpoints, is written once in any case.

--- Whether a file opened like this may be written to.
local function writes(mode) return type(mode) == "string" and mode:find("[wa+]") ~= nil end

local function pretend() return true end

return function()
  local open = io.open
  local nowhere = assert(open("/dev/null", "w"))
  function io.open(name, mode)
    if writes(mode) then return open("/dev/null", mode) end
    return open(name, mode)
  end
  function io.output(file) return type(file) == "string" and nowhere or file or nowhere end
  function io.write() return nowhere end
  io.stdout, io.stderr = nowhere, nowhere
  os.remove, os.rename = pretend, pretend
  warn("@off")
end
