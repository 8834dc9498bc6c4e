---@meta fed.objectives
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Losses beyond the usual ones.
---@class fed.objectives
local objectives = {}

---@class fed.objectives.adversarial.Options
---@field balance? number Times the entropy of the batch's mean gate, subtracted: above 0 all experts get work. (default `0`)
---@field class_counts? integer[] margin: samples of each class, from class 0 on.
---@field entropy? number Times the entropy of each image's gate, of a model that tells it. Above 0, as in the paper, gates grow sharp and experts may die; below 0 they grow flat. (default `0`)
---@field epsilon? number|function Largest radius, the largest change of a pixel; 0 for none. (default `0.03137254901960784`)
---@field epsilon_low? number|function Smallest radius: each image draws its own between the two. (default `0`)
---@field margin? number By how much the rarest class has to win, the others by less: GEAR. Must be at least 0. (default `0`)
---@field noise? number Largest deviation of noise on half of the images. Must be at least 0. (default `0`)
---@field share? number Share of the images that are attacked; below 1 this is FAT, where clients train so. Must be from 0 to 1. (default `1`)
---@field steps? integer|function Steps of the search, from a random place in the ball. (default `1`)

---Makes the loss of adversarial training, for local training: images become their worst neighbours first. Radius and steps may be functions, which are asked anew when a round begins, so that training can go in stages.
---
---Returns: The loss, of (model, batch, draw).
---
---Source: Madry et al., ICLR 2018, https://arxiv.org/abs/1706.06083; one step: Wong et al., ICLR 2020, https://arxiv.org/abs/2001.03994; FAT: Zizzo et al., https://arxiv.org/abs/2012.01791; GEAR: Chen et al., FL-AAAI 2022; the entropy: Karami et al., https://arxiv.org/abs/2511.11625, equation 9
---
---Deviation: GEAR takes each client's own class counts; a loss does not know its client, so one list serves all.
---@param options? fed.objectives.adversarial.Options What it may be told.
---@return function
function objectives.adversarial(options) end

return objectives
