--- One page that tells a run or a sweep to someone who was not there.
local fed = require "fed"
local html = require "fed.parts.html"
local row_values = require "fed.parts.rows"
local util = require "fed.util"

local Report = { __name = "fed.report" }
Report.__index = Report

--- Returns the page as text.
function Report:html() return html.page(self.title, self.lead, self.sections) end

--- Writes the page.
function Report:save(path)
  local file, reason = io.open(path, "w")
  if not file then util.fail("fed.report: cannot write " .. reason) end
  local written, problem = file:write(self:html())
  local closed, late = file:close()
  if not (written and closed) then util.fail(("fed.report: cannot write %s: %s"):format(path, problem or late)) end
  return true
end

function Report:__tostring() return ("fed.report '%s' of %d sections"):format(self.title, #self.sections) end

--- A number with so many digits behind the point; a dash for none, and for NaN.
local function number(value, digits)
  return value and value == value and ("%." .. digits .. "f"):format(value) or "-"
end

-- Of a run ---------------------------------------------------------------------------------------------------------

local function summary_of(run)
  local last = run.history[-1] or {}
  local facts = {
    { "rounds", ("%d of %d"):format(run.completed, run.total) }, { "accuracy at the end", number(last.accuracy, 4) },
    { "loss at the end", number(last.loss, 4) }, { "Byzantine clients", #run.byzantine },
    { "parameters", run.d }, { "seed", run.seed },
  }
  local out = html.facts(facts)
  if run.digest then out = out .. html.paragraph("Digest of the global model: " .. run.digest, "lead") end
  if run.is_stopped then out = out .. html.paragraph("A policy stopped the run before its last round.") end
  return out
end

local function figures_of(run)
  local list = { { figure = fed.plot.history { curves = { { name = "test", run = run } }, title = "Accuracy" } },
    { figure = fed.plot.history { curves = { { name = "test", run = run } }, measure = "loss", title = "Loss" } } }
  for _, column in ipairs { "weight", "norm" } do
    local ok, figure = pcall(fed.plot.trust, { run = run, column = column, title = "Each client's " .. column })
    if ok then list[#list + 1] = { figure = figure } end
  end
  list[#list + 1] = { figure = fed.plot.fingerprint { run = run, title = "The last round's ledger" } }
  return html.figures(list)
end

--- Flags and weights of each client over all rounds.
local function clients_of(run)
  local ledger, lies, sums, order = run:ledger(), {}, {}, {}
  for _, id in ipairs(run.byzantine) do lies[id] = true end
  for i, id in ipairs(ledger.client) do
    if not sums[id] then
      sums[id] = { rounds = 0, flagged = 0, weight = 0, samples = ledger.samples[i] }
      order[#order + 1] = id
    end
    local sum = sums[id]
    sum.rounds, sum.flagged = sum.rounds + 1, sum.flagged + (ledger.flagged[i] and 1 or 0)
    sum.weight = sum.weight + ledger.weight[i]
  end
  table.sort(order)
  local lines = {}
  for i, id in ipairs(order) do
    local sum = sums[id]
    lines[i] = { id, lies[id] and "Byzantine" or "honest", sum.samples, sum.rounds, sum.flagged,
      number(sum.weight / sum.rounds, 4) }
  end
  return html.table({ "client", "truth", "samples", "rounds", "flagged", "mean weight" }, lines, 2)
end

--- Decisions to look at: flags of honest clients, lies that were let through, and what a reason was given for.
local function decisions_of(run, limit)
  local ledger, lies, lines = run:ledger(), {}, {}
  for _, id in ipairs(run.byzantine) do lies[id] = true end
  for i, id in ipairs(ledger.client) do
    local flagged, weight = ledger.flagged[i], ledger.weight[i]
    local what = flagged and not lies[id] and "honest client flagged"
      or not flagged and lies[id] and weight > 0 and "Byzantine client let through"
      or ledger.reason[i] ~= "" and "decided with a reason"
    if what then
      lines[#lines + 1] = { ledger.round[i], id, what, number(weight, 4), ledger.reason[i] }
    end
  end
  local shown = table.move(lines, 1, math.min(#lines, limit), 1, {})
  if #lines == 0 then return html.paragraph "None: each liar was kept out and nobody else was." end
  return html.paragraph(("%d of %d decisions."):format(#shown, #lines), "lead")
    .. html.folded("Show them", html.table({ "round", "client", "what", "weight", "reason" }, shown, 3))
end

--- Precision and recall of flags over all rounds.
local function detection_of(run)
  local ledger, lies, truth = run:ledger(), {}, {}
  for _, id in ipairs(run.byzantine) do lies[id] = true end
  for i, id in ipairs(ledger.client) do truth[i] = lies[id] or false end
  local found = fed.metrics.detection(ledger.flagged, truth)
  if found.true_positives + found.false_positives == 0 then
    return html.paragraph "The defense flagged nobody; where it weighs clients, their weights tell what it did."
  end
  return html.facts {
    { "precision of flags", number(found.precision, 3) }, { "recall of flags", number(found.recall, 3) },
    { "F1 of flags", number(found.f1, 3) }, { "honest clients flagged", number(found.false_positive_rate, 3) },
  }
end

local function add_run(sections, run, options)
  sections[#sections + 1] = { "Summary", summary_of(run) }
  if run.completed == 0 then return end
  sections[#sections + 1] = { "Course", figures_of(run) }
  if #run.byzantine > 0 then sections[#sections + 1] = { "Detection", detection_of(run) } end
  sections[#sections + 1] = { "Clients", clients_of(run) }
  sections[#sections + 1] = { "Decisions to look at", decisions_of(run, options.decisions) }
  if run.data_audit then sections[#sections + 1] = { "Data", html.paragraph(run.data_audit) } end
end

-- Of a sweep -------------------------------------------------------------------------------------------------------

local function without(list, name)
  local rest = {}
  for _, word in ipairs(list) do if word ~= name then rest[#rest + 1] = word end end
  return rest
end

local function table_section(rows, by, measures)
  local made = fed.table { rows = rows, by = by, values = measures, digits = 3 }
  return html.paragraph("Means over what else differs, with 95 % intervals by Student's t.", "lead")
    .. html.table(made.header, made:lines(), made.names)
end

--- A map of the best for each pair of settings, where a setting has two values or more.
local function maps_of(rows, settings, measure)
  local wide = {}
  for _, name in ipairs(settings) do if #row_values.distinct(rows, name) > 1 then wide[#wide + 1] = name end end
  local rule = wide[1]
  for _, name in ipairs(wide) do if name == "defense" or name == "rule" then rule = name end end
  local axes = without(wide, rule)
  if not rule or #axes == 0 then return nil end
  return html.figures { {
    figure = fed.plot.best_rule { rows = rows, x = axes[1], y = axes[2] or axes[1], rule = rule, value = measure,
      title = ("Best %s by %s"):format(rule, measure) },
    caption = "The highest mean; the colors are its height.",
  } }
end

local function add_sweep(sections, sweep)
  local rows = sweep:rows()
  sections[#sections + 1] = { "The sweep", html.facts { { "cells finished", ("%d of %d"):format(#rows, #sweep.cells) },
    { "settings", table.concat(sweep.names, ", ") } } }
  if #rows == 0 then return end
  local measures, settings = {}, without(sweep.names, "seed")
  for _, name in ipairs(sweep.measures) do if math.type(rows[1][name]) then measures[#measures + 1] = name end end
  sections[#sections + 1] = { "Results", table_section(rows, settings, measures) }
  local maps = measures[1] and maps_of(rows, settings, measures[1])
  if maps then sections[#sections + 1] = { "Who wins where", maps } end
end

-- Both ------------------------------------------------------------------------------------------------------------

local function settings_of(settings)
  local lines = {}
  for name, value in util.sorted_pairs(settings) do lines[#lines + 1] = { name, html.setting(value) } end
  return html.table({ "setting", "value" }, lines, 2)
end

--- The pitfalls of a single run, as far as its options tell of its data.
local function pitfalls_of(run)
  local settings = run.settings
  local set = (settings.test or ""):match("^fed%.data%.([%w_]+)")
  return fed.evaluate.pitfalls {
    runs = { run }, data = { set }, partition = (settings.clients or ""):match("^fed%.partition%.([%w_]+)"),
  }
end

local function told(pitfalls)
  local found = {}
  for i, entry in ipairs(pitfalls) do found[i] = ("%s: %s"):format(entry.pitfall, entry.says) end
  return #found > 0 and html.list(found) or html.paragraph "None of the known pitfalls was found."
end

--- A section of the caller's: { title =, text =, table =, figures = { figure, … } }.
local function section_of(given)
  local parts = { given.text and html.paragraph(given.text) or "" }
  if given.table then parts[2] = html.table(given.table.header, given.table:lines(), given.table.names) end
  local list = {}
  for i, figure in ipairs(given.figures or {}) do list[i] = { figure = figure } end
  if #list > 0 then parts[#parts + 1] = html.figures(list) end
  return { given.title or "More", table.concat(parts) }
end

return fed.define {
  "Makes one page of HTML about a run or a sweep: summary, curves, clients, decisions, tables with intervals, audit, "
    .. "pitfalls. The file needs nothing else: no scripts, no network.",
  options = {
    title = { "What stands above.", type = "string" },
    lead = { nil, "A sentence below it.", type = "string" },
    run = { nil, "A run, or the folder of one: fed.runs(folder)[1].", type = "Run|RecordedRun" },
    sweep = { nil, "A sweep.", type = "table" },
    settings = { nil, "What made it: names and values; of a run, its options without it.", type = "table" },
    pitfalls = { nil, "What fed.evaluate.pitfalls found; without it, what it finds in the run.", type = "table" },
    sections = {
      nil, "More sections { title =, text =, table =, figures = }: a fed.table, and a list of figures of fed.plot.",
      type = "table",
    },
    decisions = { 100, "Decisions that are shown at most.", at_least = 0 },
  },
  returns = { "table", "The report, with html() and save(path)." },
  example = {
    [[
local train, test = fed.data.blobs { train = 40, test = 20, classes = 2 }
local run = fed.simulation {
  clients = fed.partition.identical(train, { clients = 3 }), test = test, rounds = 1, seed = 1,
  model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2 },
}
run:next_round()
local page = fed.report { title = "A first run", run = run, settings = { clients = 3 } }:html()
print(page:find("<h1>A first run</h1>", 1, true) ~= nil, page:find("<script", 1, true))]],
    prints = "true\tnil",
  },
  make = function(options, path)
    local more = options.sections or {}
    if not options.run and not options.sweep and #more == 0 then
      util.fail(path .. ": nothing to tell; give it a run, a sweep or sections")
    end
    local sections = {}
    if options.run then add_run(sections, options.run, options) end
    if options.sweep then add_sweep(sections, options.sweep) end
    for _, given in ipairs(more) do sections[#sections + 1] = section_of(given) end
    local settings = options.settings or options.run and options.run.settings
    if settings then sections[#sections + 1] = { "Settings", settings_of(settings) } end
    local pitfalls = options.pitfalls or options.run and pitfalls_of(options.run)
    if pitfalls then sections[#sections + 1] = { "Pitfalls", told(pitfalls) } end
    return setmetatable({ title = options.title, lead = options.lead, sections = sections }, Report)
  end,
}
