---@meta fed.evaluate
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Measures robustness, and looks for what makes such measures worthless.
---@class fed.evaluate
local evaluate = {}

---@class fed.evaluate.pitfalls.Options
---@field clients? integer Clients in all. Must be at least 1.
---@field data? table Names of the sets of data.
---@field least_clients? integer Clients a round that are asked for. Must be at least 1. (default `10`)
---@field least_harm? number Accuracy that the attack has to take where nothing defends. Must be at least 0. (default `0.1`)
---@field least_seeds? integer Seeds that are asked for. Must be at least 1. (default `3`)
---@field metrics? table Names of what is reported; those by class or client say so.
---@field partition? string How data are dealt out, as in fed.partition.
---@field runs table The runs: defended, attacked without a defense, and without an attack.

---Looks for the pitfalls of experiments with defenses: one or only easy sets of data, attacks that do no harm, data alike at all clients, few clients or too many liars, global measures alone, few seeds.
---
---Returns: A list of { pitfall =, says = }; empty where none was found. As text, a line each.
---
---Source: Khan et al., 2025, https://arxiv.org/abs/2502.05211
---@param options fed.evaluate.pitfalls.Options What it may be told.
---@return table
function evaluate.pitfalls(options) end

---@class fed.evaluate.robustness.Options
---@field attacks table A list of { name =, attack =, threat =, tag =, epsilon =, kind =, model =, model_of = }: `model` is what the attack sees in the place of the defended one, `model_of(client)` the same by client; kind is "white_box", "transfer", "black_box" or "noise".
---@field batch? integer Samples at once. Must be at least 1. (default `64`)
---@field clients? table In their place: a list of { model =, inputs =, labels = }, one a client.
---@field evaluation_seed? integer Seed of the answers. Must be at least 0. (default `2`)
---@field evaluations? integer Answers to each point. Must be at least 1. (default `10`)
---@field inputs? fed.Tensor Images from 0 to 1.
---@field labels? fed.Tensor|table Their labels, which nothing but the attacks and the count sees.
---@field model? any What is defended: a Model, a function of (x, { stream = }), or a pipeline.
---@field rejection_radii? table Radii of the curve over this bound.
---@field rejection_radius? number A refusal is right for what was moved by more than this. Must be at least 0. (default `0`)
---@field seed? integer Seed of the attacks. Must be at least 0. (default `1`)
---@field undefended? any A model without a defense, which the attacks have to break.
---@field undefended_limit? number Accuracy below which it counts as broken. Must be from 0 to 1. (default `0.05`)

---Measures a model or pipeline under attacks: an example counts as robust only if it is right without an attack and under each of them. Random models answer several times with seeds that no attack saw.
---
---Returns: `clean`, `attacks`, `robust` with average, worst, majority and interval; `clients`, `per_example`, `rejection_curve`, `flag_rate`, `latency` in ms an image; `violations`, `is_valid`, and `missing`, the tags A1 to A8 that nothing stands for.
---
---Source: Carlini et al., 2019, https://arxiv.org/abs/1902.06705; Chen et al., ICML 2023, https://arxiv.org/abs/2305.01139
---@param options fed.evaluate.robustness.Options What it may be told.
---@return table
function evaluate.robustness(options) end

---@class fed.evaluate.security_curve.Options
---@field epsilons table Radii.
---@field info table What fmn, fab, deepfool or carlini_wagner told, run without a radius.

---Returns the share of samples that stay right at each radius, from what one run of a minimum-norm attack found.
---
---Returns: A share for each radius.
---
---Source: Pintor et al., NeurIPS 2021, https://arxiv.org/abs/2102.12827, section 3
---@param options fed.evaluate.security_curve.Options What it may be told.
---@return table
function evaluate.security_curve(options) end

---@class fed.evaluate.transfer_matrix.Options
---@field attack function The attack.
---@field data table For each client { inputs =, labels = }.
---@field models table The clients' models.
---@field seed? integer Seed of the attacks. Must be at least 0. (default `1`)
---@field targets? table For each client the labels wanted.

---Attacks each client's model on its own data, and measures every client's model on the result.
---
---Returns: `accuracy[adversary][victim]`, `clean` likewise; `transfer` and `deviation` over pairs of two, `white_box` over the diagonal, `with_diagonal` over all, as pFedDef's published program has it; `targets_hit` with targets.
---
---Source: Kim et al., AISTATS 2023, https://arxiv.org/abs/2209.08412, section 3
---@param options fed.evaluate.transfer_matrix.Options What it may be told.
---@return table
function evaluate.transfer_matrix(options) end

return evaluate
