--- Work whose time tells how fast the host runs on this machine.

--- A piece of work: `make(tiny)` prepares it and returns a function that does it once.
---@class fed.bench.Work
---@field name string
---@field about string what is done once
---@field times integer how often it is done for one measurement
---@field parts integer? equal parts of which one is reported; 1 without it
---@field make fun(tiny: boolean): function

local bench = {
  --- Names in the order of a report.
  ---@type string[]
  names = {},
  ---@type table<string, fed.bench.Work>
  work = {},
  --- Work whose size grows, by name.
  ---@type table<string, fed.bench.Series>
  series = {},
  ---@type string[]
  series_names = {},
}

for _, theme in ipairs { "networks", "traced", "aggregation", "rounds", "host", "policies" } do
  for _, item in ipairs(require("fed.benchmarks." .. theme)) do
    bench.names[#bench.names + 1] = item.name
    bench.work[item.name] = item
  end
end
for _, series in ipairs(require "fed.benchmarks.scaling") do
  bench.series_names[#bench.series_names + 1] = series.name
  bench.series[series.name] = series
end

--- Finds a piece of work, or one size of a series by `series:size`.
local function find(name)
  local series, size = name:match("^([%w_]+):(%d+)$")
  if bench.series[series] then
    return { name = name, make = function() return bench.series[series].make(tonumber(size)) end }
  end
  return bench.work[name]
    or error(("no work is called '%s'; %s are known"):format(name, table.concat(bench.names, ", ")), 3)
end

local prepared = {}

--- Makes a piece of work ready and does it once; the second time there is nothing to do.
---@param name string one of `names`, or `series:size`
---@param tiny boolean? in a size that only tells whether it runs
function bench.prepare(name, tiny)
  if prepared[name] then return end
  local item = find(name)
  local run = item.make(tiny or false)
  run()
  prepared[name] = { run = run, times = tiny and 1 or item.times, parts = item.parts or 1 }
end

--- Does a prepared piece of work as often as it needs to be measured: a size of a series for a tenth of a second.
---@param name string
---@return integer count how often it was done, parts counted
function bench.run(name)
  local item = prepared[name] or error(("'%s' is not prepared"):format(name), 2)
  local run, count, start = item.run, 0, os.clock()
  repeat
    run()
    count = count + 1
  until count == item.times or not item.times and os.clock() - start > 0.1
  return count * item.parts
end

--- Forgets a prepared piece of work and frees its memory.
---@param name string
function bench.release(name)
  prepared[name] = nil
  collectgarbage()
end

return bench
