--- Sweeps: every cell once, whoever runs it and however often it was stopped.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

--- A file that is not there yet.
local function fresh()
  local path = os.tmpname()
  os.remove(path)
  return path
end

local function text_of(path)
  local file = assert(io.open(path))
  local text = file:read "a"
  file:close()
  return text
end

--- A sweep of 2 x 2 settings and some seeds that counts its calls.
local function counting(out, changes)
  local calls = { count = 0 }
  local options = {
    grid = { rule = { "mean", 'a,"b"' }, factor = { 1, 2.5 } }, seeds = { 1, 2 }, out = out,
    run = function(cell)
      calls.count = calls.count + 1
      return { loss = cell.seed * cell.factor / 3, rule_name = cell.rule, is_odd = cell.seed == 1 }
    end,
  }
  for name, value in pairs(changes or {}) do options[name] = value end
  return fed.sweep(options), calls
end

describe("sweep", function()
  it("runs each cell once, in the order of the grid with the seeds last", function()
    local out = fresh()
    local sweep, calls = counting(out)
    local rows = sweep:run()
    expect({ calls.count, #rows }, { 8, 8 })
    expect({ rows[1].factor, rows[1].rule, rows[1].seed, rows[2].seed }, { 1, "mean", 1, 2 })
    expect({ rows[8].loss, rows[8].rule_name, rows[8].is_odd }, { 5 / 3, 'a,"b"', false })
    local again, more = counting(out)
    expect({ #again:run(), more.count }, { 8, 0 })
    os.remove(out)
  end)

  it("adds what a longer list lacks", function()
    local out = fresh()
    counting(out):run()
    local sweep, calls = counting(out, { seeds = { 1, 2, 3 } })
    expect({ #sweep:run(), calls.count }, { 12, 4 })
    os.remove(out)
  end)

  it("shares the cells out among processes", function()
    local out, sum = fresh(), 0
    for part = 1, 3 do
      local sweep, calls = counting(out, { part = part .. "/3" })
      sweep:run()
      sum = sum + calls.count
    end
    local whole, calls = counting(out)
    expect({ sum, #whole:run(), calls.count }, { 8, 8, 0 })
    os.remove(out)
  end)

  it("runs again what was cut off, and nothing else", function()
    local out = fresh()
    counting(out):run()
    local text = text_of(out)
    local file = assert(io.open(out, "w"))
    file:write((text:sub(1, #text - 9)))
    file:close()
    local sweep, calls = counting(out)
    expect({ #sweep:rows() }, { 7 })
    sweep:run()
    expect({ #sweep:rows(), calls.count }, { 8, 1 })
    os.remove(out)
  end)

  it("runs anew where what it depends on has changed", function()
    local out = fresh()
    counting(out):run()
    local sweep, calls = counting(out, { depends = "another version" })
    expect({ #sweep:rows(), #sweep:run(), calls.count }, { 0, 8, 8 })
    os.remove(out)
  end)

  it("keeps numbers to the last bit, and texts that look like something else", function()
    local out, values = fresh(), {
      0.1, 1 / 3, 1e300, -2.5e-300, math.huge, 7, "0101", "1e5", "true", "nan", "-inf", 'a "b", c',
    }
    local places = {}
    for i in ipairs(values) do places[i] = i end
    local sweep = fed.sweep {
      grid = { i = places }, out = out, run = function(cell) return { x = values[cell.i] } end,
    }
    sweep:run()
    for i, row in ipairs(sweep:rows()) do expect(row.x, values[i]) end
    os.remove(out)
  end)

  it("makes a table and tells how far each cell is", function()
    local out, told = fresh(), {}
    local function on_cell(row, info) told[#told + 1] = { row.seed, info.index, info.count } end
    local sweep = counting(out, { on_cell = on_cell })
    sweep:run()
    expect({ #told, told[3] }, { 8, { 1, 3, 8 } })
    local made = sweep:table { by = { "factor" }, values = { "loss" } }
    expect(made.cells[2][2].mean, 1.25, 1e-12)
    os.remove(out)
  end)

  it("leaves out of a table what was declared and no cell has, and refuses what nobody declared", function()
    local out = fresh()
    local sweep = counting(out, { measures = { "loss", "flags" }, run = function() return { loss = 2 } end })
    sweep:run()
    local made = sweep:table { by = { "factor" }, values = { "loss", "flags" } }
    expect(#made.cells[1], 2)
    expect(made.cells[1][2].mean, 2)
    expect_error("no row has 'flaws'", function() sweep:table { by = { "factor" }, values = { "flaws" } } end)
    os.remove(out)
  end)

  it("refuses what a file cannot hold and what is no grid", function()
    local out = fresh()
    expect_error("a table of named measures", function() counting(out, { run = function() return 1 end }):run() end)
    expect_error("returned a table as 'x'", function()
      counting(out, { run = function() return { x = {} } end }):run()
    end)
    os.remove(out)
    expect_error("returned 'y' for", function()
      counting(out, { run = function(cell) return cell.seed == 1 and { x = 1 } or { y = 1 } end }):run()
    end)
    os.remove(out)
    expect_error("part = '4/3'", function() counting(out, { part = "4/3" }) end)
    expect_error("'rule' has no list of values", function() counting(out, { grid = { rule = {} } }) end)
    expect_error("order names 'seeed'", function() counting(out, { order = { "seeed" } }) end)
    expect_error("cannot write", function() counting("/nowhere/at/all.csv"):run() end)
  end)
end)
