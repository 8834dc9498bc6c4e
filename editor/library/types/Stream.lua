---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---A stream of random numbers, which moves on with each draw.
---@class fed.Stream
local Stream = {}

---Draws a number from 0 up to, but not, 1.
---
---Returns: The number.
---@return number
function Stream:uniform() end

---Draws from the standard normal distribution.
---
---Returns: The number.
---@return number
function Stream:normal() end

---Draws a whole number from 1 to a bound.
---
---Returns: The number.
---@param bound integer The largest number. Must be at least 1.
---@return integer
function Stream:integer(bound) end

---Returns the numbers from 1 to a count in random order.
---
---Returns: A table.
---@param count integer How many. Must be from 0 to 10000000.
---@return integer[]
function Stream:shuffled(count) end

---Draws from a gamma distribution.
---
---Returns: The number.
---
---Source: Marsaglia and Tsang, ACM TOMS 2000, https://doi.org/10.1145/358407.358414
---@param shape number The shape, which is the mean at scale 1. Must be from 1e-300 to 1e+300.
---@param scale? number What the draw is multiplied by. Must be above 0. (default `1`)
---@return number
function Stream:gamma(shape, scale) end

---Draws shares that sum to 1 from a Dirichlet distribution.
---
---Returns: A table of shares.
---@param concentration number|number[] One number for all shares, or a table with one for each; small ones make few shares large.
---@param count? integer How many shares; for a table as many as it has.
---@return number[]
function Stream:dirichlet(concentration, count) end

---Returns an independent stream for a part of the work; it does not depend on what was drawn before.
---
---Returns: The new stream.
---@param purpose string What the part is.
---@param index? integer Which of several such parts. (default `0`)
---@return fed.Stream
function Stream:derive(purpose, index) end

return Stream
