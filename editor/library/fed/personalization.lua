---@meta fed.personalization
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Models of which each client keeps a part.
---@class fed.personalization
local personalization = {}

---@class fed.personalization.classifiers.Options
---@field clients fed.Partition|fed.Dataset[] Data sets, one a client.
---@field defense? any How updates become one; their mean without it.
---@field epsilon? number Radius of attacks in training, the largest change of a pixel. Must be at least 0. (default `0.03137254901960784`)
---@field learner function Called with a number from 1; gives a layer from images to logits.
---@field learners? integer fedem, pfeddef: how many. Must be at least 1. (default `3`)
---@field margin? number gear: by how much the rarest class has to win. Must be at least 0. (default `0.5`)
---@field refresh? integer pfeddef: rounds from one attack on the data to the next. Must be at least 1. (default `10`)
---@field resources? number[] pfeddef: the largest share that each client can bear; all without it.
---@field rounds? integer Rounds. Must be at least 1. (default `20`)
---@field seed? integer Seed of everything. (default `1`)
---@field share? number fat, pfeddef: share of images that is attacked. Must be from 0 to 1. (default `0.5`)
---@field steps? integer Steps of attacks in training. Must be at least 1. (default `3`)
---@field training? table Options of fed.local_training.fedavg.
---@field way string fedavg; local: no federation; adversarial; fat: a share under attack; gear: rare classes win by more; local_adversarial; fedem: a mixture of learners; pfeddef: a mixture under attack. Must be one of "fedavg", "local", "adversarial", "fat", "gear", "local_adversarial", "fedem", "pfeddef".

---Trains classifiers by a way of personalization or of defense: a list, one a client, of models or of functions that give log-probabilities, as pipelines and attacks take them.
---
---Returns: A classifier for each client.
---
---Source: the comparison: Kim et al., AISTATS 2023, https://arxiv.org/abs/2209.08412, tables 2 and 4
---@param options fed.personalization.classifiers.Options What it may be told.
---@return table
function personalization.classifiers(options) end

---@class fed.personalization.expectation.Options
---@field log_likelihoods fed.Tensor Log-probability of each sample's label under each learner, [n, K].
---@field shares? fed.Tensor|number[] Shares of the learners before; equal ones without it.

---Computes from log-likelihoods [n, K] of samples under learners: `weights` [n, K] of each sample, their mean `shares` [K], and `likelihood`, the mean log-likelihood of the mixture before the step.
---
---Returns: { weights =, shares =, likelihood = }.
---
---Source: Marfoq et al., NeurIPS 2021, https://arxiv.org/abs/2108.10252, equations 9 and 10
---@param options fed.personalization.expectation.Options What it may be told.
---@return table
function personalization.expectation(options) end

---@class fed.personalization.fedem.Options
---@field adversarial? table pFedDef: { epsilon = 8 / 255, steps = 5, goal = 0.5, refresh = 10, resources = { … } }, resources being the largest share of attacked data that each client can bear.
---@field clients fed.Partition|fed.Dataset[] Data sets, one a client.
---@field defense? any How updates become one; their mean without it.
---@field learner function Called with 1 to K; gives a layer from inputs to logits.
---@field learners? integer How many: K. Must be at least 1. (default `3`)
---@field on_round? function Called with the round, its loss and the object.
---@field rounds? integer Rounds. Must be at least 1. (default `20`)
---@field seed? integer Seed of everything. (default `1`)
---@field training? table Options of fed.local_training.fedavg.

---Makes FedEM: `fit()`, then `predict(x, client)`, `classifier(client)` and `shares[client]`. With `adversarial` it is pFedDef: a share of the data is attacked anew every so many rounds, more of it at clients that can bear it.
---
---Returns: The object.
---
---Source: Marfoq et al., NeurIPS 2021, https://arxiv.org/abs/2108.10252, algorithm 1; pFedDef: Kim et al., AISTATS 2023, https://arxiv.org/abs/2209.08412, algorithms 1 and 2
---
---Deviation: pFedDef's code attacks one model of averaged parameters; here the mixture itself is attacked. Shares and weights come from the round's first model in evaluation mode.
---@param options fed.personalization.fedem.Options What it may be told.
---@return table
function personalization.fedem(options) end

---@class fed.personalization.robustness_propagation.Options
---@field goal? number Share that every learner should see attacked. Must be from 0 to 1. (default `0.5`)
---@field resources number[] The largest share that each client can bear.
---@field seed? integer Seed of the order of the clients. (default `1`)
---@field sizes integer[] Samples of each client.
---@field step? number By how much a share grows at a time. Must be above 0. (default `0.01`)
---@field tolerance? number Gap at which it is enough. Must be at least 0. (default `0.05`)
---@field weights table[] Each client's weights of the learners, as FedEM finds them.

---Gives each client the share of its data that it replaces by attacked data.
---
---Returns: The shares.
---
---Source: Kim et al., AISTATS 2023, https://arxiv.org/abs/2209.08412, equation 4
---
---Deviation: The gap is a share of all samples, so that the tolerance does not depend on their number.
---@param options fed.personalization.robustness_propagation.Options What it may be told.
---@return number[]
function personalization.robustness_propagation(options) end

return personalization
