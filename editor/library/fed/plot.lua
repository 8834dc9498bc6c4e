---@meta fed.plot
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Written in Lua.
---@class fed.plot
local plot = {}

---@class fed.plot.bars.Options
---@field height? integer Pixels from top to bottom. Must be from 150 to 4000. (default `400`)
---@field names table What each bar stands for.
---@field series table Parts { name =, values = {…} }, one value for each bar; the first lies at the bottom.
---@field title? string What stands above.
---@field width? integer Pixels from left to right. Must be from 200 to 4000. (default `640`)
---@field x_label? string What the horizontal axis shows, with its unit.
---@field y_label? string What the vertical axis shows, with its unit.

---Draws a bar for each name, of as many parts as there are series.
---
---Returns: The figure: save(path) writes .svg, .png or .txt; svg() and text(columns) return it; printed, it is drawn with characters.
---@param options fed.plot.bars.Options What it may be told.
---@return table
function plot.bars(options) end

---@class fed.plot.best_rule.Options
---@field height? integer Pixels from top to bottom. Must be from 150 to 4000. (default `400`)
---@field rows table Rows of a sweep, as of fed.sweep.
---@field rule? string The name under which rows tell the rule. (default `"defense"`)
---@field title? string What stands above.
---@field value? string The measure; the highest mean wins. (default `"accuracy"`)
---@field width? integer Pixels from left to right. Must be from 200 to 4000. (default `640`)
---@field x string The setting from left to right.
---@field x_label? string What the horizontal axis shows, with its unit.
---@field y string The setting from top to bottom.
---@field y_label? string What the vertical axis shows, with its unit.

---Draws which rule is best for each pair of two settings, and how good it is there.
---
---Returns: The figure: save(path) writes .svg, .png or .txt; svg() and text(columns) return it; printed, it is drawn with characters.
---@param options fed.plot.best_rule.Options What it may be told.
---@return table
function plot.best_rule(options) end

---@class fed.plot.confusion.Options
---@field height? integer Pixels from top to bottom. Must be from 150 to 4000. (default `400`)
---@field labels fed.Tensor|integer[] The true classes, from 0.
---@field names? string[] Names of the classes, from class 0 on.
---@field predictions fed.Tensor|integer[] The answers.
---@field title? string What stands above.
---@field width? integer Pixels from left to right. Must be from 200 to 4000. (default `640`)
---@field x_label? string What the horizontal axis shows, with its unit.
---@field y_label? string What the vertical axis shows, with its unit.

---Draws how often each class was answered as each other: counts, colored by their share of the class.
---
---Returns: The figure: save(path) writes .svg, .png or .txt; svg() and text(columns) return it; printed, it is drawn with characters.
---@param options fed.plot.confusion.Options What it may be told.
---@return table
function plot.confusion(options) end

---@class fed.plot.fingerprint.Options
---@field columns? string[] Columns of run:ledger(); without it, all that hold numbers.
---@field height? integer Pixels from top to bottom. Must be from 150 to 4000. (default `400`)
---@field round? integer The round; without it, the last. Must be at least 1.
---@field run fed.Run|fed.RecordedRun A run.
---@field title? string What stands above.
---@field width? integer Pixels from left to right. Must be from 200 to 4000. (default `640`)
---@field x_label? string What the horizontal axis shows, with its unit.
---@field y_label? string What the vertical axis shows, with its unit.

---Draws the ledger of one round as a table of colors, clients by numbers; each column has its own range of colors.
---
---Returns: The figure: save(path) writes .svg, .png or .txt; svg() and text(columns) return it; printed, it is drawn with characters.
---@param options fed.plot.fingerprint.Options What it may be told.
---@return table
function plot.fingerprint(options) end

---@class fed.plot.heat_map.Options
---@field columns? table A name for each column.
---@field digits? integer Digits behind the point. Must be from 0 to 6. (default `2`)
---@field height? integer Pixels from top to bottom. Must be from 150 to 4000. (default `400`)
---@field range? number[] The numbers of the darkest and of the lightest color.
---@field rows? table A name for each row, from above.
---@field texts? table What stands in the cells in place of their numbers.
---@field title? string What stands above.
---@field values fed.Tensor|table Numbers [rows, columns]; NaN stays white.
---@field width? integer Pixels from left to right. Must be from 200 to 4000. (default `640`)
---@field x_label? string What the horizontal axis shows, with its unit.
---@field y_label? string What the vertical axis shows, with its unit.

---Draws a table of numbers as colors, dark for small and light for large, with the numbers where they fit.
---
---Returns: The figure: save(path) writes .svg, .png or .txt; svg() and text(columns) return it; printed, it is drawn with characters.
---@param options fed.plot.heat_map.Options What it may be told.
---@return table
function plot.heat_map(options) end

---@class fed.plot.history.Options
---@field curves table Curves { name =, run = } or { name =, runs = { … } }.
---@field height? integer Pixels from top to bottom. Must be from 150 to 4000. (default `400`)
---@field measure? string A measure of the rounds' records, such as accuracy or loss. (default `"accuracy"`)
---@field title? string What stands above.
---@field width? integer Pixels from left to right. Must be from 200 to 4000. (default `640`)
---@field x_label? string What the horizontal axis shows, with its unit.
---@field y_label? string What the vertical axis shows, with its unit.
---@field y_range? number[] The least and the greatest y.

---Draws a measure over the rounds of runs; of several runs with other seeds the mean, with its 95 % interval.
---
---Returns: The figure: save(path) writes .svg, .png or .txt; svg() and text(columns) return it; printed, it is drawn with characters.
---@param options fed.plot.history.Options What it may be told.
---@return table
function plot.history(options) end

---@class fed.plot.images.Options
---@field names? table What stands above each column.
---@field rows table Rows { name =, images = [n, c, h, w] } of pixels from 0 to 1; `signed = true` for differences, whose 0 is shown as middle grey.
---@field title? string What stands above.
---@field width? integer Pixels from left to right. Must be from 200 to 4000. (default `640`)

---Shows rows of pictures under each other, such as clean, attacked and purified ones.
---
---Returns: The figure: save(path) writes .svg, .png or .txt; svg() and text(columns) return it; printed, it is drawn with characters.
---@param options fed.plot.images.Options What it may be told.
---@return table
function plot.images(options) end

---@class fed.plot.lines.Options
---@field height? integer Pixels from top to bottom. Must be from 150 to 4000. (default `400`)
---@field series table Curves { name =, x = {…}, y = {…} }, perhaps with low and high, the ends of an interval; curves of one name share one line of the legend. `plain = true` leaves marks out, `color` and `dash` are those of SVG.
---@field title? string What stands above.
---@field width? integer Pixels from left to right. Must be from 200 to 4000. (default `640`)
---@field x_label? string What the horizontal axis shows, with its unit.
---@field x_range? number[] The least and the greatest x.
---@field y_label? string What the vertical axis shows, with its unit.
---@field y_range? number[] The least and the greatest y.

---Draws curves, with the interval around each where it is given.
---
---Returns: The figure: save(path) writes .svg, .png or .txt; svg() and text(columns) return it; printed, it is drawn with characters.
---@param options fed.plot.lines.Options What it may be told.
---@return table
function plot.lines(options) end

---@class fed.plot.partition.Options
---@field clients fed.Partition|fed.Dataset[] The data of each client.
---@field height? integer Pixels from top to bottom. Must be from 150 to 4000. (default `400`)
---@field title? string What stands above.
---@field width? integer Pixels from left to right. Must be from 200 to 4000. (default `640`)
---@field x_label? string What the horizontal axis shows, with its unit.
---@field y_label? string What the vertical axis shows, with its unit.

---Draws how many samples of each class the clients hold.
---
---Returns: The figure: save(path) writes .svg, .png or .txt; svg() and text(columns) return it; printed, it is drawn with characters.
---@param options fed.plot.partition.Options What it may be told.
---@return table
function plot.partition(options) end

---@class fed.plot.roc.Options
---@field curves table Curves { name =, scores =, positives = }, scores higher for what is more suspicious, positives 1 or true for attacks.
---@field height? integer Pixels from top to bottom. Must be from 150 to 4000. (default `400`)
---@field title? string What stands above.
---@field width? integer Pixels from left to right. Must be from 200 to 4000. (default `640`)
---@field x_label? string What the horizontal axis shows, with its unit.
---@field y_label? string What the vertical axis shows, with its unit.

---Draws the share of attacks that are found over the share of false alarms; names carry the area below.
---
---Returns: The figure: save(path) writes .svg, .png or .txt; svg() and text(columns) return it; printed, it is drawn with characters.
---
---Source: Hanley and McNeil, Radiology 1982
---@param options fed.plot.roc.Options What it may be told.
---@return table
function plot.roc(options) end

---@class fed.plot.security_curve.Options
---@field curves table Curves { name =, accuracy = {…}, samples = }, one accuracy for each radius.
---@field epsilons number[] Radii, in pixel units from 0 to 1.
---@field height? integer Pixels from top to bottom. Must be from 150 to 4000. (default `400`)
---@field title? string What stands above.
---@field width? integer Pixels from left to right. Must be from 200 to 4000. (default `640`)
---@field x_label? string What the horizontal axis shows, with its unit.
---@field y_label? string What the vertical axis shows, with its unit.

---Draws accuracy over the radius of attacks on inputs, with exact 95 % intervals where the number of samples is told.
---
---Returns: The figure: save(path) writes .svg, .png or .txt; svg() and text(columns) return it; printed, it is drawn with characters.
---
---Source: Biggio and Roli, Pattern Recognition 2018, https://arxiv.org/abs/1712.03141
---@param options fed.plot.security_curve.Options What it may be told.
---@return table
function plot.security_curve(options) end

---@class fed.plot.trust.Options
---@field column? string A column of run:ledger(). (default `"weight"`)
---@field height? integer Pixels from top to bottom. Must be from 150 to 4000. (default `400`)
---@field run fed.Run|fed.RecordedRun A run.
---@field title? string What stands above.
---@field width? integer Pixels from left to right. Must be from 200 to 4000. (default `640`)
---@field x_label? string What the horizontal axis shows, with its unit.
---@field y_label? string What the vertical axis shows, with its unit.
---@field y_range? number[] The least and the greatest y.

---Draws a number of the ledger for each client over the rounds, such as its weight or its trust; Byzantine clients are dashed.
---
---Returns: The figure: save(path) writes .svg, .png or .txt; svg() and text(columns) return it; printed, it is drawn with characters.
---@param options fed.plot.trust.Options What it may be told.
---@return table
function plot.trust(options) end

return plot
