---@meta fed.diffusion
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Diffusion models: schedules, denoisers, losses and samplers.
---@class fed.diffusion
local diffusion = {}

---@class fed.diffusion.denoiser.Options
---@field model fed.Model|function A model, such as fed.models.denoising_unet, or a function of (x, t) made of tensors.
---@field prediction? string What the network gives: the noise, or the velocity v. Must be one of "epsilon", "v". (default `"epsilon"`)
---@field schedule? table From fed.diffusion.schedule; linear without it.

---Makes a denoiser of a network of (x, t), with `output`, `guesses`, `walk` and `walk_back` as methods; x is in units from -1 to 1, t a number an image.
---
---Returns: The denoiser.
---
---Source: v: Salimans and Ho, ICLR 2022, https://arxiv.org/abs/2202.00512, appendix D; the gradient by checkpoints: Griewank and Walther, ACM TOMS 26 (2000)
---@param options fed.diffusion.denoiser.Options What it may be told.
---@return table
function diffusion.denoiser(options) end

---@class fed.diffusion.denoising_loss.Options
---@field prediction? string What the model gives: the noise, or the velocity v. Must be one of "epsilon", "v". (default `"epsilon"`)
---@field schedule? table From fed.diffusion.schedule; linear without it.
---@field steps? string How steps are drawn: uniformly, or with uniform log sigma. Must be one of "uniform", "log_uniform". (default `"uniform"`)
---@field t_max? integer Last step that is trained: purification visits none beyond its own; all without it. Must be at least 1.
---@field t_min? integer First step that is trained. Must be at least 1. (default `1`)

---Makes the loss of a denoiser, for local training: the squared error at one random step for each image.
---
---Returns: The loss, of (model, batch, draw); images from 0 to 1.
---
---Source: Ho et al., NeurIPS 2020, equation 14; v: Salimans and Ho, ICLR 2022, https://arxiv.org/abs/2202.00512, appendix D
---@param options? fed.diffusion.denoising_loss.Options What it may be told.
---@return function
function diffusion.denoising_loss(options) end

---@class fed.diffusion.item_noise.Options
---@field copy? integer Which of several purified copies. (default `1`)
---@field ids? integer[] A number for each image; its position without it.
---@field like fed.Tensor A batch whose shape is taken.
---@field step? integer Which step of the sampler. (default `0`)
---@field stream fed.Stream Where all streams derive from; it does not move on.

---Draws normal noise of a batch's shape, each image from a stream of its own: its number, the copy and the step.
---
---Returns: The noise.
---@param options fed.diffusion.item_noise.Options What it may be told.
---@return fed.Tensor
function diffusion.item_noise(options) end

---@class fed.diffusion.sampler.Options
---@field clip? boolean Whether guesses of the image are held from -1 to 1. (default `true`)
---@field eta? number ddim: share of the fresh noise of ddpm. Must be from 0 to 1. (default `0`)
---@field method? string ddpm: equally spaced steps with fresh noise; ancestral: all steps; ddim: eta noise; dpm_solver: DPM-Solver++(2M), without noise; one_step: the mean of all images that could lie behind. Must be one of "ddpm", "ancestral", "ddim", "dpm_solver", "one_step". (default `"ddpm"`)
---@field steps? integer Steps of ddpm, ddim and dpm_solver. Must be at least 1. (default `5`)

---Makes a sampler, with `sequence(t)` and `weights(schedule, t, s, before)` as methods.
---
---Returns: The sampler.
---
---Source: ddpm, ancestral: Ho et al., NeurIPS 2020, algorithm 2; ddim: Song et al., ICLR 2021, https://arxiv.org/abs/2010.02502, equation 12
---
---Deviation: dpm_solver ends with a step of order 1 to the image itself, where the noise is 0.
---@param options? fed.diffusion.sampler.Options What it may be told.
---@return table
function diffusion.sampler(options) end

---@class fed.diffusion.schedule.Options
---@field first? number Linear: beta of the first of 1000 steps. Must be above 0 and below 1. (default `0.0001`)
---@field kind? string How beta grows. Must be one of "linear", "cosine". (default `"linear"`)
---@field last? number Linear: beta of the last of 1000 steps. Must be above 0 and below 1. (default `0.02`)
---@field scaled? boolean Linear: whether betas grow as steps get fewer, so that the last one is noise all the same. (default `true`)
---@field steps? integer Steps from image to noise. Must be at least 1. (default `1000`)

---Makes a noise schedule, with `steps`, `kept(t)`, `beta(t)`, `sigma(t)`, `step_of(sigma)` and `posterior_variance(t, s)` as methods.
---
---Returns: The schedule.
---
---Source: linear: Ho et al., NeurIPS 2020, https://arxiv.org/abs/2006.11239, section 4; cosine: Nichol and Dhariwal, ICML 2021, https://arxiv.org/abs/2102.09672, equation 17
---@param options? fed.diffusion.schedule.Options What it may be told.
---@return table
function diffusion.schedule(options) end

return diffusion
