---@meta fed.server
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---How the server moves the global model by what its rule decided: server_optimizer of fed.simulation. Running statistics are added as they are.
---@class fed.server
local server = {}

---@class fed.server.adagrad.Options
---@field lr? number Rate. Must be at least 0. (default `0.01`)
---@field beta1? number Share of the past in the mean of decisions, below 1. (default `0`)
---@field tau? number Added to the root of the squares, and the first of them. Must be above 0. (default `0.001`)

---Adagrad: decisions over the root of the sum of all their squares.
---
---Returns: The server optimizer.
---
---Source: Reddi et al., ICLR 2021, https://arxiv.org/abs/2003.00295, algorithm 2
---@param options? fed.server.adagrad.Options Rate and decays.
---@return fed.ServerOptimizer
function server.adagrad(options) end

---@class fed.server.adam.Options
---@field lr? number Rate. Must be at least 0. (default `0.01`)
---@field beta1? number Share of the past in the mean of decisions, below 1. (default `0.9`)
---@field beta2? number Share of the past in the mean of their squares, below 1. (default `0.99`)
---@field tau? number Added to the root of the squares, and the first of them. Must be above 0. (default `0.001`)

---Adam: a mean of decisions over the root of a mean of their squares.
---
---Returns: The server optimizer.
---
---Source: Reddi et al., ICLR 2021, https://arxiv.org/abs/2003.00295, algorithm 2
---@param options? fed.server.adam.Options Rate and decays.
---@return fed.ServerOptimizer
function server.adam(options) end

---@class fed.server.sgd.Options
---@field lr? number The decision is multiplied by this. Must be at least 0. (default `1`)
---@field momentum? number Share of the last round's velocity that is kept, below 1. (default `0`)

---Moves by the decision times a rate, with momentum over rounds: FedAvgM.
---
---Returns: The server optimizer.
---
---Source: Hsu et al., 2019, https://arxiv.org/abs/1909.06335, section 4.3
---@param options? fed.server.sgd.Options Rate and momentum.
---@return fed.ServerOptimizer
function server.sgd(options) end

---Yogi: as adam, with squares that grow no faster than the decisions tell.
---
---Returns: The server optimizer.
---
---Source: Reddi et al., ICLR 2021, https://arxiv.org/abs/2003.00295, algorithm 2
---@param options? fed.server.adam.Options Rate and decays.
---@return fed.ServerOptimizer
function server.yogi(options) end

return server
