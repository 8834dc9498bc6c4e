---@meta fed.purification
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Cleans inputs before the model answers.
---@class fed.purification
local purification = {}

---@class fed.purification.depth.Options
---@field rule? string How the step follows the score. Must be one of "fixed", "ecdf", "paper_notes", "paper_range". (default `"fixed"`)
---@field score_max? number paper_notes: score of the deepest step. Must be above 0. (default `1`)
---@field stages? integer ecdf: different steps from the one to the other. Must be at least 1. (default `4`)
---@field t? integer fixed: the step. Must be at least 0. (default `100`)
---@field t_max? integer ecdf: step of an image beyond all clean ones. Must be at least 0. (default `150`)
---@field t_min? integer ecdf: step of an image at the threshold. Must be at least 0. (default `50`)

---Makes a rule for the depth: called with a score and a calibration of fed.detection.threshold, it gives a step. A rule that goes less deep for small scores is as safe as its shallowest step: an attack may hug the threshold.
---
---Returns: Called as rule(score, calibration), gives a step.
---
---Source: Karami et al., https://arxiv.org/abs/2511.11625, section 3.2.2, which names no formula; paper_notes and paper_range are from its repository
---
---Deviation: paper_range takes the range from the calibration, not from the batch, so that one image has an answer.
---@param options? fed.purification.depth.Options What it may be told.
---@return function
function purification.depth(options) end

---@class fed.purification.diffusion.Options
---@field copies? integer How many copies an answer looks at. Must be at least 1. (default `3`)
---@field denoiser table From fed.diffusion.denoiser.
---@field sampler? table From fed.diffusion.sampler; five steps of ddpm without it.
---@field sigma? number Noise in place of the step, in units of pixels from 0 to 1; 0.1 without either. Must be above 0.
---@field t? integer Step to which noise is added; 0 changes nothing. Must be at least 0.

---Makes a purifier: called as purifier(x, { stream =, ids =, t = }) it gives the cleaned images; `copies_of`, `backward` and `compression_rate` are methods. Noise belongs to the image: to its number in `ids`, or its position.
---
---Returns: The purifier.
---
---Source: Nie et al., ICML 2022, https://arxiv.org/abs/2205.07460, section 3; in one step: Carlini et al., ICLR 2023, https://arxiv.org/abs/2206.10550
---
---Deviation: Walks back in few steps of a discrete schedule, not along a differential equation.
---@param options fed.purification.diffusion.Options What it may be told.
---@return table
function purification.diffusion(options) end

---@class fed.purification.median.Options
---@field side? integer Side of the square, odd. Must be from 3 to 15. (default `3`)

---Makes a filter that puts the median of a square of pixels in the place of each; beyond the border lie zeros.
---
---Returns: Takes images [b, c, h, w] and returns them filtered; gradients go through.
---
---Source: Tukey, Exploratory Data Analysis, 1977, chapter 7
---@param options? fed.purification.median.Options What it may be told.
---@return function
function purification.median(options) end

---@class fed.purification.pipeline.Options
---@field calibration? table From fed.detection.threshold; `calibrate` makes one.
---@field classifier fed.Model|function A model, or a function of a batch that gives logits.
---@field depth? function From fed.purification.depth, called with score and calibration; the purifier's own step without.
---@field detector? table From fed.detection, or a table with `score(view)`.
---@field inspects? boolean Whether scores are computed where no answer depends on them. (default `true`)
---@field mirrored? boolean Whether the classifier sees each image, raw or purified, both as it is and mirrored left to right, and answers with the mean. For images whose mirror images are of the same class, and a classifier that learned from both. (default `false`)
---@field mode? string selective: suspected images are purified; always; blend: the mean of the answers before and after; detect_only: flags, raw answers; reject: suspected images go to a human; none. Must be one of "selective", "always", "blend", "detect_only", "reject", "none". (default `"selective"`)
---@field purifier? table From fed.purification.diffusion.
---@field seed? integer Seed of the noise where no stream is given. (default `0`)
---@field vote? string How copies make an answer: mean probabilities, or the majority of their labels. Must be one of "mean", "majority". (default `"mean"`)

---Makes a pipeline, called as pipeline(x, { stream =, ids = }): gives probabilities and a ledger of each image. `calibrate` sets its threshold, `gradient` is for attacks that know it, `hooks` for a run's defense. It never sees a label.
---
---Returns: The pipeline.
---
---Source: Karami et al., https://arxiv.org/abs/2511.11625, section 3.3
---
---Deviation: The threshold comes from clean images, not from the batch, which works for one image; copies vote.
---@param options fed.purification.pipeline.Options What it may be told.
---@return table
function purification.pipeline(options) end

---@class fed.purification.smoothing.Options
---@field alpha? number Chance that a certificate is wrong. Must be above 0 and below 1. (default `0.001`)
---@field classifier fed.Model|function A model, or a function of a batch that gives logits.
---@field draws? integer Copies that count it: the largest radius grows with them. Must be at least 1. (default `200`)
---@field first? integer Copies that pick the class. Must be at least 1. (default `20`)
---@field purifier table From fed.purification.diffusion: its first noise is what certifies; one step will do.

---Makes a certified classifier, called as certified(x, { stream =, ids = }): gives labels from 0, -1 where it abstains, and radii, in the length of a change of pixels from 0 to 1. With confidence 1 - alpha each, no shorter change has another answer.
---
---Returns: The certified classifier.
---
---Source: Cohen et al., ICML 2019, https://arxiv.org/abs/1902.02918, theorem 1 and section 3.2.2; with a denoiser: Carlini et al., ICLR 2023, https://arxiv.org/abs/2206.10550
---@param options fed.purification.smoothing.Options What it may be told.
---@return function
function purification.smoothing(options) end

return purification
