-- Modules of the system, and of the library that touch files, are not there.
assert(not pcall(require, "os") and not pcall(require, "fed.bench"))
require "fed.recipes.federation"
