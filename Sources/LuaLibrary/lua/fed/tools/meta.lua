--- Puts together the files that `fedlua meta` writes.
local digest = require "fed.tools.digest"
local linters = require "fed.tools.linters"
local pages = require "fed.tools.pages"
local stubs = require "fed.tools.stubs"
local util = require "fed.util"

local meta = { digest = digest.text }

local function add(files, folder, others)
  for path, text in util.sorted_pairs(others) do files[folder .. path] = text end
end

local function settings(library)
  return ([[
{
  "$schema": "https://raw.githubusercontent.com/LuaLS/vscode-lua/master/setting/schema.json",
  "runtime.version": "Lua 5.4",
  "workspace.library": ["%s"],
  "diagnostics.globals": ["help"]
}
]]):format(library)
end

--- Returns the files that are committed with fedlua, by their path in its tree.
---@return table<string, string> files
function meta.committed()
  local files = {}
  add(files, "editor/library/", stubs.files())
  add(files, "docs/reference/", pages.files())
  files["docs/fed_for_language_models.md"] = digest.text()
  files["editor/luacheck.lua"] = linters.luacheck()
  files["editor/fedlua.yml"] = linters.selene()
  files["examples/.luarc.json"] = settings("../editor/library")
  return files
end

--- Returns the files for the folder of a user's project.
---@return table<string, string> files
function meta.project()
  local files = {}
  add(files, ".fedlua/library/", stubs.files())
  files[".fedlua/luacheck.lua"] = linters.luacheck()
  files[".fedlua/fed_for_language_models.md"] = digest.text()
  files["fedlua.yml"] = linters.selene()
  files[".luarc.json"] = settings(".fedlua/library")
  files[".luacheckrc"] = 'stds.fedlua = dofile(".fedlua/luacheck.lua")\nstd = "lua54+fedlua"\n'
  files["selene.toml"] = 'std = "fedlua"\n'
  return files
end

return meta
