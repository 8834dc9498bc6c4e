--- Tests mirror sources: a script has its spec, and a Swift file's subject is named by its target's tests.

-- Folders whose files each hold one thing that a script can ask for by name. Other files are tested through these.
local mirrored = {
  "Attacks/Data", "Attacks/Updates", "Datasets/Partitions", "Datasets/Readers", "Datasets/Synthetic",
  "Federation/Aggregators", "Metrics", "Networks/Layers", "Networks/Losses", "Networks/Models", "Networks/Optimizers",
}

local function is_mirrored(path)
  for _, folder in ipairs(mirrored) do
    if path:sub(1, #folder + 9) == "Sources/" .. folder .. "/" then return true end
  end
  return false
end

--- All code of a target's tests as one text: a type is tested where a test names it.
local function test_code(files, target)
  local parts = {}
  for _, file in ipairs(files) do
    if file.path:find("^Tests/" .. target .. "Tests/") then
      parts[#parts + 1] = file.path .. "\n" .. table.concat(file.lines, "\n")
    end
  end
  return table.concat(parts, "\n")
end

--- The names that a Swift file declares at its top level or as members one level in, any of which a test may use.
local function declared_names(file)
  local names = { file.path:match("([%w_]+)[^/]*%.swift$") }
  for _, line in ipairs(file.code) do
    local name = line:match("^[%l%s@%(%)]*%f[%w]class%s+([%w_]+)") or line:match("^[%l%s@%(%)]*%f[%w]struct%s+([%w_]+)")
      or line:match("^[%l%s@%(%)]*%f[%w]enum%s+([%w_]+)") or line:match("^[%l%s@%(%)]*%f[%w]protocol%s+([%w_]+)")
      or line:match("^%s?%s?[%l%s@%(%)]*%f[%w]func%s+([%w_]+)") or line:match("^%s%s[%l%s]*static%s+let%s+([%w_]+)")
    names[#names + 1] = name
  end
  return names
end

local function is_named(text, names)
  for _, name in ipairs(names) do
    if text:find("%f[%w_]" .. name .. "%f[^%w_]") or text:find(name .. "Tests", 1, true) then return true end
  end
  return false
end

local function check_swift(files, complain)
  local texts = {}
  for _, file in ipairs(files) do
    local target = file.path:match("^Sources/(%w+)/.*%.swift$")
    if target and is_mirrored(file.path) then
      texts[target] = texts[target] or test_code(files, target)
      if not is_named(texts[target], declared_names(file)) then
        complain(file, 1, ("no test in Tests/%sTests names anything that this file declares"):format(target))
      end
    end
  end
end

--- A spec of a script's own, or one for its whole folder. Parts are tested through the members that are made of them.
local function has_spec(name, present)
  local specs = "Tests/LuaLibraryTests/specs/"
  if ("/" .. name):find("/parts/", 1, true) then return true end
  return present[specs .. name .. "_spec.lua"] or present[specs .. (name:match("^(.*)/") or "") .. "_spec.lua"]
end

local function check_scripts(files, complain)
  local present = {}
  for _, file in ipairs(files) do present[file.path] = true end
  for _, file in ipairs(files) do
    local name = file.path:match("^Sources/LuaLibrary/lua/fed/(.*)%.lua$")
    -- `init` joins the other modules and `spec` checks them: every spec runs both.
    if name and name ~= "init" and name ~= "spec" and not has_spec(name, present) then
      complain(file, 1, ("its spec Tests/LuaLibraryTests/specs/%s_spec.lua is missing"):format(name))
    end
  end
end

return {
  untested = function(files, complain)
    check_swift(files, complain)
    check_scripts(files, complain)
  end,
}
