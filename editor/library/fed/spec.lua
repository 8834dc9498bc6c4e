---@meta fed.spec
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Describes what scripts should do and checks it.
---@class fed.spec
local spec = {}

---Runs a function before each check of the group that is open, such as one that makes what the checks look at.
---@param body fun() Called before each check.
function spec.before_each(body) end

---Returns the checks that ran since the last call, each with `name`, `seconds` and, if it failed, `failure`.
---
---Returns: table[] The checks..
---@return table[]
function spec.cases() end

---Holds an aggregator to what every rule of fedlua holds to: it ignores the order of clients, gives what all of them sent, moves and stretches with them, stays near the honest where two send huge updates, differs from the mean, changes nothing that it gets, and names a client whose numbers are not finite. Notes say where a rule departs: `ordered`, `anchored` (its length does not come from the updates), `moves` and `scales` (it does not follow a shift or a factor), `reshapes` and `suspects_equals` (equal updates do not give that update), `unbounded` (it is a mean) and `yields` (huge updates carry it away); or where it does more: `in_box` (it stays among honest values), and with `make`, a function of f, `is_mean` (where f is 0) and `takes_f` (it refuses an f that is too large).
---@param rule fed.Aggregator|function The rule, or a function of (round, updates) that needs no round.
---@param notes? table Names with true, as above.
function spec.check_aggregator(rule, notes) end

---Holds an attack to what every attack of fedlua holds to: it sends what fits, the same bits again, looks no farther than it says that it knows, rests with its schedule, and gives the same run on any number of threads and after a resume. Notes say where it departs: `is_not_finite`, and `needs_run` for one that needs more than updates.
---@param make fun(): fed.Attack Makes the attack anew for each check, since attacks may remember.
---@param notes? table Names with true, as above.
function spec.check_attack(make, notes) end

---Chooses which checks run from now on; `fedlua test` calls it. `write_screens`, whether `expect_screen` writes instead of comparing.
---@param options table `filter`, a text that names must hold, `list`, whether to note names and run nothing, and
function spec.choose(options) end

---Groups checks under a name.
---@param name string What is described.
---@param body fun() Calls `it`, and `describe` for groups within the group.
function spec.describe(name, body) end

---Fails unless two values are equal: numbers, strings, tables or tensors of them.
---@param got any What came out.
---@param expected any What should come out.
---@param tolerance? number How far numbers may be apart; 0 without it.
function spec.expect(got, expected, tolerance) end

---Fails unless `body` raises an error whose message holds `part`.
---@param part string What the message must hold.
---@param body fun() What must fail.
function spec.expect_error(part, body) end

---Fails unless a function prints what is kept in the file `NAME.screen` in the spec's folder. `fedlua test --write-screens` writes such files anew: look at them before you keep them.
---@param name string The file without its ending, beside the spec or from there.
---@param body fun() Prints.
function spec.expect_screen(name, body) end

---Runs one check; an error inside it is its failure.
---@param name string What should hold, as a sentence that goes on after the names of the groups.
---@param body fun() Raises an error where it does not hold.
function spec.it(name, body) end

---Returns how many checks ran and what failed since the last call.
---
---Returns: integer, string[] How many ran, and a line for each that failed..
---@return integer
---@return string[]
---@return and
function spec.results() end

---Returns what a function prints, with `print`, `io.write` and `fed.show`. `fedlua test` has no terminal: 80 columns and no colors, wherever it runs.
---
---Returns: string What it printed..
---@param body fun() Prints.
---@return string
function spec.screen(body) end

return spec
