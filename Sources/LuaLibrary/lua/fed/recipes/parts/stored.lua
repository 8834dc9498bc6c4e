--- Trained networks in a folder: what is there is read, and what is missing is trained and kept.
local fed = require "fed"
local util = require "fed.util"

local stored = {}

local function is_there(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

--- Returns what a file of the folder holds, else what `train` makes of the model, which is saved then.
---@param folder string? nothing is read or kept without it
---@param name string of the file, without its ending
---@param model fed.Model with the layers that the file has values for
---@param train fun(model: fed.Model): fed.Model
---@return fed.Model
function stored.model(folder, name, model, train)
  if not folder then return train(model) end
  local path = ("%s/%s.safetensors"):format(folder, name)
  if not is_there(path) then
    local trained = train(model)
    trained:save(path)
    return trained
  end
  local read, problem = fed.try(model.load, model, path)
  if not read then
    util.fail(("fed.recipes: %s does not fit, %s; give another folder, or remove it"):format(path, problem))
  end
  return read
end

--- The same for one model a client.
---@param count integer
---@param train fun(model: fed.Model): fed.Model[]
---@return fed.Model[]
function stored.models(folder, name, model, count, train)
  local trained, list = nil, {}
  for i = 1, count do
    list[i] = stored.model(folder, ("%s_%d"):format(name, i), model:clone(), function()
      trained = trained or train(model)
      return trained[i]
    end)
  end
  return list
end

return stored
