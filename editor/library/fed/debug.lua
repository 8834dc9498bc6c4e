---@meta fed.debug
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---A look inside of scripts that run.
---@class fed.debug
local debug = {}

---Opens a prompt where it is called: in a script, a rule, an attack. Entries see the local variables there and may change them; :up and :down go to the function that called and back.
---
---Returns: What `:return VALUE` says; nothing after `:continue`.
---@return any...
function debug.repl() end

return debug
