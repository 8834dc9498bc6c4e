--- What `fedlua meta` writes: whole, and of the form that its readers understand.
local fed = require "fed"
local catalog = require "fed.tools.catalog"
local linters = require "fed.tools.linters"
local meta = require "fed.tools.meta"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

local files = meta.committed()
local modules, kinds = catalog.modules()

--- Returns all files of a folder as one text.
local function joined(folder)
  local texts = {}
  for path, text in pairs(files) do if path:find(folder, 1, true) == 1 then texts[#texts + 1] = text end end
  return table.concat(texts, "\n")
end

local library, reference = joined "editor/library/", joined "docs/reference/"

describe("stubs", function()
  it("are valid Lua, each marked as one, and none can be required by mistake", function()
    local count = 0
    for path, text in pairs(files) do
      if path:find("^editor/library/") then
        count = count + 1
        local stub = assert(load(text, "=" .. path))
        assert(text:find("^%-%-%-@meta "), path)
        expect(pcall(stub), false)
      end
    end
    assert(count > 50, "only " .. count .. " stubs")
  end)

  it("name only types that there are", function()
    local known = {}
    for name in library:gmatch("%-%-%-@class ([%w_.]+)") do known[name] = true end
    for line in library:gmatch("%-%-%-@%l+ [^\n]*") do
      local words = line:match("^%-%-%-@field %S+ (%S+)") or line:match("^%-%-%-@param %S+ (%S+)")
        or line:match("^%-%-%-@return (%S+)") or line:match("^%-%-%-@operator (%S+)") or ""
      for name in words:gmatch("%f[%w_.]fed%.[%w_.]+") do
        assert(known[name:gsub("%.+$", "")], "no class " .. name .. " in " .. line)
      end
    end
    for name in pairs(kinds.classes) do assert(known["fed." .. name], name) end
    for name in pairs(kinds.tables) do assert(known["fed." .. name], name) end
  end)

  it("use no generics, and describe operators, calls, positions and steps of loops", function()
    expect(library:find("@generic", 1, true), nil)
    for _, line in ipairs {
      "---@operator add(number): fed.Tensor", "---@operator unm: fed.Tensor", "---@operator len: integer",
      "---@return fun(): fed.RoundRecord?", "---@return fun(): fed.Tensor, fed.Tensor?",
      "---@overload fun(round?: fed.Round|fed.Updates|fed.Tensor|table, updates?: fed.Updates|fed.Tensor|table, ",
      "---@field lr? number", "---@field f integer ", "---@field [integer] integer Sizes of the axes.",
      "---@field on_round_end? (fun(round: fed.Round, record: fed.RoundRecord): boolean?)",
      "---@field accuracy? number",
    } do
      assert(library:find(line, 1, true), "no line " .. line)
    end
  end)
end)

describe("the reference", function()
  it("tells every name, in stubs and on pages, with an example", function()
    local entries = catalog.entries(modules)
    assert(#entries > 700, "only " .. #entries)
    for _, entry in ipairs(entries) do
      local is_named = entry.kind == "function" or entry.kind == "method"
      if is_named then
        assert(reference:find("## " .. entry.full_name .. "\n", 1, true), entry.full_name)
        local head = entry.full_name:gsub("^.*%.([^.]*%.[^.]*)$", "%1")
        assert(library:find("function " .. head .. "(", 1, true), head)
        assert(entry.code or entry.name == "close", entry.full_name .. " has no example")
      end
    end
  end)

  it("tells every field of the tables that hooks get and return", function()
    local count = 0
    for _, module in ipairs(modules) do
      for _, shape in ipairs(module.tables) do
        assert(reference:find("## " .. shape.name .. "\n", 1, true), shape.name)
        for _, field in ipairs(shape.fields) do
          count = count + 1
          assert(library:find("---@field " .. field.name, 1, true), shape.name .. "." .. field.name)
          assert(reference:find("| `" .. field.name .. "` |", 1, true), shape.name .. "." .. field.name)
        end
      end
    end
    assert(count > 80, "only " .. count)
  end)

  it("links only to headings that there are", function()
    local headings = {}
    for path, text in pairs(files) do
      local page = path:match("^docs/reference/(.*)$")
      if page then
        for heading in ("\n" .. text):gmatch("\n#+ ([^\n]+)") do
          headings[page .. "#" .. heading:lower():gsub("[^%w_ -]", ""):gsub(" ", "-")] = true
        end
        headings[page] = true
      end
    end
    for path, text in pairs(files) do
      local page = path:match("^docs/reference/(.*)$")
      for target in text:gmatch(page and "%]%(([%w_.]*#?[%w_-]*)%)" or "$^") do
        local whole = target:find("^#") and page .. target or target
        assert(headings[whole], path .. " links to " .. target)
      end
    end
  end)

  it("fits into what a language model reads at once, and names all", function()
    local digest = files["docs/fed_for_language_models.md"]
    assert(#digest < 80 * 1024, "it has " .. #digest .. " bytes")
    for _, entry in ipairs(catalog.entries(modules)) do
      if entry.kind == "function" or entry.kind == "method" then
        assert(digest:find("- " .. entry.name .. "%f[^%w_]"), entry.full_name)
      end
    end
  end)
end)

describe("definitions for checkers", function()
  it("hold what fed holds", function()
    local std = load(linters.luacheck(), "=luacheck")()
    local fields = std.read_globals.fed.fields
    for name, value in pairs(fed) do
      assert(fields[name], "no " .. name)
      if type(value) == "table" then
        for inner in pairs(value) do assert(fields[name].fields[inner], name .. "." .. inner) end
      end
    end
    assert(linters.selene():find("  fed.aggregators.krum:\n    any: true", 1, true))
  end)
end)

describe("a project", function()
  it("gets settings that name the stubs", function()
    local project = meta.project()
    assert(project[".luarc.json"]:find('"workspace.library": [".fedlua/library"]', 1, true))
    assert(project[".fedlua/library/fed.lua"])
    expect(load(project[".luacheckrc"], "=rc", "t", { dofile = function() return {} end, stds = {} }) ~= nil, true)
  end)
end)
