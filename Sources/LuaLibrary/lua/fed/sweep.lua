--- Experiments over a grid of settings, of which each part is done once, whoever does it.
local fed = require "fed"
local csv_lines = require "fed.parts.csv_lines"
local table_text = require "fed.parts.table_text"
local util = require "fed.util"

local Sweep = { __name = "fed.sweep" }
Sweep.__index = Sweep

--- FNV-1a of 64 bits.
local function hash(text)
  local sum = 0xcbf29ce484222325
  for i = 1, #text do sum = (sum ~ text:byte(i)) * 0x100000001b3 end
  return ("%016x"):format(sum)
end

--- The text of the script that a function stands in: where that changes, cells are to be run again.
local function script_of(body)
  local source = debug.getinfo(body, "S").source
  if source:sub(1, 1) ~= "@" then return source end
  local file = io.open(source:sub(2))
  if not file then return source end
  local text = file:read "a"
  file:close()
  return text
end

--- All combinations of the grid: the last name changes first.
local function cells_of(grid, names)
  local cells = { {} }
  for _, name in ipairs(names) do
    local longer = {}
    for _, cell in ipairs(cells) do
      for _, value in ipairs(grid[name]) do longer[#longer + 1] = util.merged(cell, { [name] = value }) end
    end
    cells = longer
  end
  return cells
end

local function words_of(cell, names)
  local words = {}
  for k, name in ipairs(names) do words[k] = tostring(cell[name]) end
  return words
end

--- Reads a number back as the number it was, and leaves words as they are.
local special = {
  ["true"] = true, ["false"] = false, nan = 0 / 0, ["-nan"] = 0 / 0, inf = math.huge, ["-inf"] = -math.huge,
}
local function value_of(word)
  if special[word] ~= nil then return special[word] end
  return tonumber(word) or word
end

--- What stands in the file, by the keys of cells. A line that was cut off is none: its cell is run again.
local function read(self)
  local known, header = {}, nil
  for _, line in ipairs(csv_lines.read(self.out)) do
    if line[1] == "key" then header = line
    elseif header and #line == #header then
      local measures = {}
      for k = #self.names + 2, #line do
        if line.quoted[k] then measures[header[k]] = line[k]
        elseif line[k] ~= "" then measures[header[k]] = value_of(line[k]) end
      end
      known[line[1]] = measures
      self.measures = self.measures or table.move(header, #self.names + 2, #header, 1, {})
    end
  end
  return known
end

--- Whether the last line of a file has no end: its writer was stopped.
local function is_cut(path)
  local file = io.open(path, "rb")
  if not file then return false end
  local is_open = file:seek "end" > 0 and file:seek("end", -1) and file:read(1) ~= "\n"
  file:close()
  return is_open
end

local function append(self, fields)
  local before = is_cut(self.out) and "\n" or ""
  local out, reason = io.open(self.out, "a")
  if not out then util.fail("fed.sweep: cannot write " .. reason) end
  for k, word in ipairs(fields) do fields[k] = table_text.csv_field(word) end
  local written, problem = out:write(before, table.concat(fields, ","), "\n")
  local closed, late = out:close()
  if not (written and closed) then util.fail("fed.sweep: cannot write " .. (problem or late)) end
end

--- Refuses measures that the file has no column for, and what no line of a file can hold.
local function check_measures(self, settings, measures)
  if type(measures) ~= "table" then
    util.fail(("fed.sweep: run returned %s; a table of named measures is needed"):format(type(measures)))
  end
  local known = {}
  for _, name in ipairs(self.measures) do known[name] = true end
  for name, value in util.sorted_pairs(measures) do
    if not known[name] then
      util.fail(("fed.sweep: run returned '%s' for %s; the file has %s"):format(name,
        table.concat(words_of(settings, self.names), ", "), table.concat(self.measures, ", ")))
    end
    if type(value) == "table" or type(value) == "userdata" or tostring(value):find "\n" then
      util.fail(("fed.sweep: run returned a %s as '%s'; a number, a boolean or a line of text is needed"):format(
        type(value), name))
    end
  end
end

--- Names the columns of a new file: the measures that were declared, or those of the first cell.
local function begin_file(self, measures)
  if self.measures or type(measures) ~= "table" then return end
  self.measures = self.declared or {}
  for name in util.sorted_pairs(self.declared and {} or measures) do
    self.measures[#self.measures + 1] = tostring(name)
  end
  local header = { "key" }
  for _, name in ipairs(self.names) do header[#header + 1] = name end
  append(self, table.move(self.measures, 1, #self.measures, #header + 1, header))
end

local function keep(self, cell, measures)
  begin_file(self, measures)
  check_measures(self, cell.settings, measures)
  local fields = { cell.key }
  for _, name in ipairs(self.names) do fields[#fields + 1] = cell.settings[name] end
  for _, name in ipairs(self.measures) do
    local value = measures[name]
    if value == nil then value = "" end
    fields[#fields + 1] = value
  end
  append(self, fields)
end

local function row_of(cell, measures) return util.merged(cell.settings, measures) end

--- Runs what is not in the file yet, and returns all that is finished.
function Sweep:run()
  local known = read(self)
  local started, finished = os.time(), 0
  for index, cell in ipairs(self.cells) do
    if not known[cell.key] and index % self.parts == self.part % self.parts then
      local note = table.concat(words_of(cell.settings, self.names), ", ")
      fed.progress { name = "sweep", done = index - 1, total = #self.cells, note = note }
      local measures = self.body(util.merged(cell.settings))
      keep(self, cell, measures)
      known[cell.key] = measures
      finished = finished + 1
      if self.on_cell then
        self.on_cell(row_of(cell, measures), { index = index, count = #self.cells, finished = finished,
          seconds = os.time() - started })
      end
    end
  end
  fed.progress { name = "sweep", done = #self.cells, total = #self.cells }
  return self:rows()
end

--- Returns the finished cells in the order of the grid: settings and measures under their names.
function Sweep:rows()
  local known, rows = read(self), {}
  for _, cell in ipairs(self.cells) do
    if known[cell.key] then rows[#rows + 1] = row_of(cell, known[cell.key]) end
  end
  return rows
end

--- Makes a table of the finished cells: the options of fed.table without rows. A measure that was declared, but that no
--- finished cell has, is left out.
function Sweep:table(options)
  local rows, lacking, values = self:rows(), {}, {}
  for _, name in ipairs(self.declared or {}) do lacking[name] = true end
  for _, row in ipairs(rows) do
    for name in util.sorted_pairs(row) do lacking[name] = nil end
  end
  for _, name in ipairs(options.values or {}) do if not lacking[name] then values[#values + 1] = name end end
  return fed.table(util.merged(options, { rows = rows, values = options.values and values }))
end

function Sweep:__tostring()
  local over, finished = table.concat(self.names, ", "), #self:rows()
  return ("fed.sweep of %d cells over %s, %d finished"):format(#self.cells, over, finished)
end

--- The names of the grid in their order, the seeds last.
local function names_of(options, path)
  local grid, names, seen = util.merged(options.grid), {}, {}
  if options.seeds then grid.seed = options.seeds end
  for _, name in ipairs(options.order or {}) do
    if not grid[name] or seen[name] then
      util.fail(("%s: order names '%s'; each name of the grid once"):format(path, name))
    end
    names[#names + 1], seen[name] = name, true
  end
  for name, values in util.sorted_pairs(grid) do
    if type(name) ~= "string" or type(values) ~= "table" or #values == 0 then
      util.fail(("%s: grid: '%s' has no list of values"):format(path, name))
    end
    if not seen[name] and name ~= "seed" then names[#names + 1] = name end
  end
  if grid.seed and not seen.seed then names[#names + 1] = "seed" end
  return grid, names
end

local function part_of(text, path)
  local part, parts = text:match "^(%d+)/(%d+)$"
  part, parts = tonumber(part), tonumber(parts)
  if not part or part < 1 or part > parts then
    util.fail(("%s: part = '%s'; such as 2/5, the second of five parts"):format(path, text))
  end
  return part, parts
end

return fed.define {
  "Runs an experiment for each combination of settings and each seed. A finished cell is a line of a CSV file under a "
    .. "hash of its settings and of the script's text: it is never run twice, so a sweep that was stopped goes on, a "
    .. "longer list adds what is missing, and several processes may fill one file.",
  options = {
    grid = { "Lists of values by their names, such as { defense = { \"mean\", \"krum\" } }; text, numbers or booleans.",
      type = "table" },
    seeds = { nil, "Seeds; the name `seed` of the grid.", type = "integer[]" },
    run = { "Called with the settings of a cell; returns a table of named measures.", type = "function" },
    measures = { nil, "Names of the measures; without it, those of the first cell that is run.", type = "string[]" },
    out = { "The CSV file.", type = "string" },
    order = { nil, "Names of the grid, slowest first; without it by the alphabet, seeds last.", type = "string[]" },
    depends = { "", "More that results depend on, such as a version: it is hashed as well." },
    part = { "1/1", "Which share of the cells this process runs, such as 2/5 for the second of five." },
    on_cell = {
      nil, "Called after each cell with its settings and measures, and { index =, count =, finished =, seconds = }.",
      type = "function",
    },
  },
  returns = {
    "table", "The sweep: run() runs what is missing and returns all rows, rows() those that are finished, and "
      .. "table(options) a fed.table of them.",
  },
  example = {
    [[
local file = os.tmpname()
os.remove(file)
local sweep = fed.sweep {
  grid = { rule = { "mean", "median" }, factor = { 1, 2 } }, seeds = { 1, 2 }, out = file,
  run = function(cell) return { loss = cell.seed * cell.factor } end,
}
print(#sweep:run(), sweep:table { by = { "factor" }, values = { "loss" } })
os.remove(file)]],
    prints = "8\tfactor         loss\n1       1.50 ± 0.92\n2       3.00 ± 1.84",
  },
  make = function(options, path)
    local grid, names = names_of(options, path)
    local part, parts = part_of(options.part, path)
    local shared = hash(options.depends .. "\0" .. script_of(options.run))
    local self = setmetatable({ names = names, out = options.out, body = options.run, on_cell = options.on_cell,
      declared = options.measures, part = part, parts = parts, cells = {} }, Sweep)
    for i, settings in ipairs(cells_of(grid, names)) do
      local words = words_of(settings, names)
      for k, word in ipairs(words) do words[k] = names[k] .. "=" .. word end
      self.cells[i] = { settings = settings, key = hash(shared .. "\0" .. table.concat(words, "\0")) }
    end
    return self
  end,
}
