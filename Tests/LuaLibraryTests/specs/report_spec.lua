--- Reports: everything in one file, and what is told is what happened.
local fed = require "fed"
local spec = require "fed.spec"
local util = require "fed.util"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local function small_run(more)
  local train, test = fed.data.blobs { train = 200, test = 40, classes = 2, seed = 1 }
  local run = fed.simulation(util.merged({
    clients = fed.partition.identical(train, { clients = 5, seed = 1 }), test = test, rounds = 2, seed = 1,
    model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2 }, byzantine = { 5 }, progress = false,
    attack = fed.attacks.updates.sign_flip { scale = 10 },
    defense = function(_, updates)
      local norms = updates:norms()
      local flagged = norms[5] > norms[1] and { 2, 5 } or {}
      return { update = updates:mean(), flagged = flagged, reasons = { [2] = "<too> long" } }
    end,
  }, more))
  for _ in run:rounds() do end
  return run
end

describe("report", function()
  it("tells a run in a page that needs nothing else", function()
    local run = small_run()
    local page = fed.report { title = "A & B", run = run, settings = { defense = { name = "krum", f = 2 } } }:html()
    expect(page:find("<title>A &amp; B</title>", 1, true) ~= nil, true)
    expect(page:find(run.digest, 1, true) ~= nil, true)
    expect(page:find("{ f = 2, name = krum }", 1, true) ~= nil, true)
    expect(page:find("&lt;too&gt; long", 1, true) ~= nil, true)
    expect(page:find("honest client flagged", 1, true) ~= nil, true)
    for _, word in ipairs { "<script", "src=", "<link", "@import", "url(" } do expect(page:find(word, 1, true), nil) end
    local _, opened = page:gsub("<svg", "")
    local _, closed = page:gsub("</svg>", "")
    expect({ opened, closed }, { 4, 4 })                       -- no weights, so no figure of them
  end)

  it("tells a run by its options, and its pitfalls, where nothing is said", function()
    local page = fed.report { title = "Plain", run = small_run() }:html()
    local settings = page:match("<h2>Settings</h2>.*<h2>Pitfalls</h2>")
    expect(settings:find("fed.attacks.updates.sign_flip { scale = 10 }", 1, true) ~= nil, true)
    expect(page:match("<h2>Pitfalls</h2>.*"):find("few_clients: 5 clients a round", 1, true) ~= nil, true)
  end)

  it("tells the folder of a run as the run itself", function()
    local folder = os.tmpname()
    os.remove(folder)
    local run = small_run { run_dir = folder }
    local here, there = fed.report { title = "R", run = run }:html(),
      fed.report { title = "R", run = fed.runs(folder)[1] }:html()
    os.execute("rm -r " .. folder)
    expect(there, here)
  end)

  it("tells a sweep with its intervals and its best rules", function()
    local out = os.tmpname()
    os.remove(out)
    local sweep = fed.sweep {
      grid = { defense = { "mean", "krum" }, attack = { "none", "flip" } }, seeds = { 1, 2 }, out = out,
      run = function(cell) return { accuracy = (cell.defense == "krum" and 0.5 or 0.25) * cell.seed } end,
    }
    sweep:run()
    local page = fed.report { title = "Sweep", sweep = sweep }:html()
    expect(page:find("8 of 8", 1, true) ~= nil, true)
    expect(page:find("krum 0.75", 1, true) ~= nil, true)
    expect(page:find("0.750 ± 3.177", 1, true) ~= nil, true)   -- 0.5 and 1: 12.706 x 0.25
    os.remove(out)
  end)

  it("takes sections, figures and tables of one's own", function()
    local figure = fed.plot.bars { names = { "a" }, series = { { values = { 1 } } } }
    local made = fed.table { rows = { { a = "x", b = 1 } }, by = { "a" }, values = { "b" } }
    local page = fed.report { title = "Mine", sections = { { title = "Part", text = "Words.", table = made,
      figures = { figure } } }, pitfalls = {} }:html()
    for _, part in ipairs { "<h2>Part</h2>", "Words.", "<svg", "<td class=\"name\">x</td>", "None of the known" } do
      expect(page:find(part, 1, true) ~= nil, true)
    end
  end)

  it("refuses to tell nothing, and says where it cannot write", function()
    expect_error("nothing to tell", function() fed.report { title = "Empty" } end)
    expect_error("cannot write", function()
      fed.report { title = "x", sections = { { text = "y" } } }:save "/nowhere/x.html"
    end)
  end)
end)
