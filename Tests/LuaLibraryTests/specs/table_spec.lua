--- Tables of means: what is averaged, and how it is written.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local rows = {}
for seed = 1, 3 do
  for k, rule in ipairs { "mean", "a_b & c" } do
    for j, attack in ipairs { "none", "flip" } do
      rows[#rows + 1] = { rule = rule, attack = attack, seed = seed, accuracy = 0.1 * k + 0.2 * j + 0.01 * seed }
    end
  end
end

describe("table", function()
  it("averages over what is not named", function()
    local made = fed.table { rows = rows, by = { "rule" }, values = { "accuracy" } }
    local all = {}
    for _, row in ipairs(rows) do if row.rule == "mean" then all[#all + 1] = row.accuracy end end
    local expected = fed.metrics.mean_interval { values = all }
    local cell = made.cells[1][2]
    expect({ cell.mean, cell.half_width, cell.n }, { expected.mean, expected.half_width, 6 })
    expect(made.header, { "rule", "accuracy" })
  end)

  it("makes a column of each value and finds the worst", function()
    local made = fed.table {
      rows = rows, by = { "rule" }, columns = "attack", values = { "accuracy" }, worst = "lowest",
    }
    expect(made.header, { "rule", "none", "flip", "worst" })
    expect({ made.cells[2][2].mean, made.cells[2][3].mean, made.cells[2][4].mean }, { 0.42, 0.62, 0.42 }, 1e-12)
  end)

  it("leaves out what a row has not, and numbers that are none", function()
    local made = fed.table {
      rows = { { a = 1, x = 1 }, { a = 1, x = 0 / 0 }, { a = 1 }, { a = 2, x = 0 / 0 }, { a = 3, x = true } },
      by = { "a" }, values = { "x" },
    }
    expect({ made.cells[1][2].n, made.cells[2][2].n, made.cells[3][2].mean }, { 1, 0, 1 })
    expect(tostring(made), "a     x\n1  1.00\n2     -\n3  1.00")
  end)

  it("writes what others read", function()
    local made = fed.table { rows = rows, by = { "rule" }, values = { "accuracy" }, percent = true, digits = 1 }
    expect(made:markdown():match "[^\n]+\n[^\n]+", "| rule | accuracy |\n|---|---:|")
    expect(made:latex():find("a\\_b \\& c & ", 1, true) ~= nil, true)
    expect(made:latex():find("$\\pm$", 1, true) ~= nil, true)
    local number = made:csv():match "\nmean,([^,]+),"
    expect(tonumber(number), made.cells[1][2].mean)
  end)

  it("quotes what a CSV file would take apart", function()
    local made = fed.table { rows = { { name = 'a,"b"', x = 1 } }, by = { "name" }, values = { "x" } }
    expect(made:csv(), 'name,x,x half width,x n\n"a,""b""",1,,1\n')
  end)

  it("saves by the ending of the name", function()
    local made = fed.table { rows = rows, by = { "rule" }, values = { "accuracy" } }
    local path = os.tmpname() .. ".csv"
    expect(made:save(path), true)
    local file = assert(io.open(path))
    expect(file:read "a", made:csv())
    file:close()
    os.remove(path)
    expect_error(".csv, .tex, .md or .txt", function() made:save "results.doc" end)
    expect_error("cannot write", function() made:save "/nowhere/at/all.csv" end)
  end)

  it("refuses names that no row has", function()
    expect_error("no row has 'ruel'; the first one has accuracy, attack, rule, seed", function()
      fed.table { rows = rows, by = { "ruel" }, values = { "accuracy" } }
    end)
    expect_error("rows is empty", function() fed.table { rows = {}, by = { "a" }, values = { "x" } } end)
    expect_error("worst picks among the columns", function()
      fed.table { rows = rows, by = { "rule" }, values = { "accuracy" }, worst = "lowest" }
    end)
  end)
end)
