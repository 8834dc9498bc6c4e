---@meta fed.policy
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Rules and attacks of others, run with limits.
---@class fed.policy
local policy = {}

---@class fed.policy.file.Options
---@field instructions? integer Instructions of Lua that one call may take; native work is charged by the size of what it touches. The same in every run. Instructions that are long work, such as the comparison of long texts, may take 80 ns each. Must be from 1000 to 1000000000000. (default `10000000`)
---@field memory? integer|string Bytes of Lua values that the policy may hold. Must be from 64K to 1024G. (default `"64M"`)
---@field tensor_memory? integer|string Bytes of tensors that it may hold, beside those that it is given. Must be from 64K to 1024G. (default `"1024M"`)
---@field seconds? number Seconds by the clock that one call may take: a second net where instructions do not tell. Must be from 0.01 to 86400. (default `10`)
---@field options? any What the file's function is called with, if it makes the policy of options; plain data.
---@field seed? integer Seed of the policy's math.random; that of the program without it.
---@field isolation? string `state` for mistakes and runaway code, `process` for code from strangers: a child with limits of the system, without files and network, ended when it takes too long. It gets rounds, updates and attack contexts as copies, which cannot ask the run for more. Must be one of "state", "process". (default `"state"`)

---Names a policy by its file and options, for work that runs at once for many clients: each client of each round opens it in a sandbox of its own. The same for any number of threads.
---
---Returns: The policy, for policy of fed.local_training.define.
---
---Fails: The file cannot be read.
---
---Fails: Options are not plain data.
---@param path string The file; beside the script if it is not there.
---@param options? fed.policy.file.Options What it may use.
---@return fed.PolicyFile
function policy.file(path, options) end

---Loads a policy from a file into a sandbox of its own: a rule, an attack or a table of hooks that can read no file and use no more than it may. What it returns stands wherever one of your own may stand.
---
---Returns: What the file returns: a function, a table of hooks, an aggregator or an attack.
---
---Fails: The file cannot be read, or is no Lua.
---
---Fails: The policy needs more than it may use.
---
---Fails: A call takes more than it may; the state of the policy goes on with the next call.
---@param path string The file; beside the script if it is not there.
---@param options? fed.policy.file.Options What it may use.
---@return any
function policy.load(path, options) end

return policy
