---@meta fed.recipes
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Published systems, each of parts that can be exchanged.
---@class fed.recipes
local recipes = {}

---@class fed.recipes.federation.Options
---@field average? number Share of the average that stays from round to round. Must be at least 0 and below 1. (default `0.8`)
---@field clients fed.Partition|table Who takes part.
---@field defense? any How updates become one; their mean without it.
---@field model fed.Model What they train.
---@field on_round? function Called with the round's number and the training loss, before each round with the number alone.
---@field rounds integer How many rounds. Must be at least 1.
---@field seed? integer Seed of all randomness. (default `1`)
---@field training? table How clients train, as fed.local_training.fedavg takes it; with a rate `lr` in place of an optimizer, by AdamW along half a cosine over all rounds.

---Runs a federation to its end: `run`, `model`, and `average`, the moving average of the global model.
---
---Returns: { run =, model =, average = }.
---@param options fed.recipes.federation.Options What it may be told.
---@return table
function recipes.federation(options) end

---@class fed.recipes.medfedpure.Options
---@field ablation? string What is left out; fixed_purification tells under an adaptive depth. Must be one of "full", "purify_all", "no_purification", "no_detector", "no_personalization", "fixed_purification", "classifier_only". (default `"full"`)
---@field alone? integer Rounds in which each expert learns alone, where experts are whole networks, before all learn together. Must be at least 0. (default `0`)
---@field attack? table Of fed.objectives.adversarial.
---@field autoencoder? table Of fed.models.masked_autoencoder.
---@field balanced? boolean Whether each client shows its experts all classes equally often, those of rarer ones again: for clients with unequal shares, and tests that weigh classes alike.
---@field clients fed.Partition|fed.Dataset[] Data sets, one a client.
---@field defense? any How updates become one.
---@field denoiser? table Of fed.models.denoising_unet.
---@field denoising? table Of fed.diffusion.denoising_loss.
---@field depth? table Of fed.purification.depth.
---@field detector? string purified, noisy, reconstructed; reconstruction is the paper's.
---@field expert_training? table Of fed.local_training.fedavg.
---@field experts? table Of fed.models.mixture_of_experts.
---@field folder? string A folder for what was trained: parts that lie there are read, not trained again.
---@field gate? string learned, or even: after training all experts count alike, whatever a client's gate has learned of its own shares of the classes. Must be one of "learned", "even".
---@field generator_rounds? integer Rounds of denoiser and autoencoder. Must be at least 1. (default `30`)
---@field generator_training? table Of fed.local_training.fedavg.
---@field late_attack? table Of the attack in the last share of the rounds.
---@field late_training? table Of expert_training, in its place where experts that learned alone go on together.
---@field mirrored? boolean As of fed.purification.pipeline; train with mirrored images, too.
---@field mode? string As of fed.purification.pipeline.
---@field on_round? function Called before and after each round.
---@field personal? boolean|string Whether gates and batch normalization stay; "gates": gates alone.
---@field pooled? fed.Dataset All images in one set, for the generators: they leave their clients.
---@field preset? string ours; paper: its decisions. Must be one of "ours", "paper". (default `"ours"`)
---@field purifier? table Of fed.purification.diffusion.
---@field rounds? integer Rounds of the experts together; after `alone` with late_attack and late_training. Must be at least 0. (default `40`)
---@field sampler? table Of fed.diffusion.sampler.
---@field seed? integer Seed of everything. (default `1`)
---@field threshold? table Of fed.detection.threshold.
---@field vote? string As of fed.purification.pipeline.

---Makes MedFedPure, with `fit()`, `calibrate(held_out)` and `with(changes)`; then `pipelines[client]` answers.
---
---Returns: The system.
---
---Source: Karami et al., https://arxiv.org/abs/2511.11625
---
---Deviation: Ours trains under attack, and calibrates on held-out images; the preset paper does what the paper says.
---@param options fed.recipes.medfedpure.Options What it may be told.
---@return table
function recipes.medfedpure(options) end

---@class fed.recipes.optigradtrust.Options
---@field batch? integer Samples in a batch of the clients. Must be at least 1. (default `32`)
---@field beta? number Share of the new Shapley value where these are smoothed. Must be above 0 and at most 1. (default `0.5`)
---@field cap? integer Most steps of a reference, or a sixth of the median client's if that is more. Must be at least 1. (default `10`)
---@field credit? string What the agent's reward is shared by. Must be one of "round", "client". (default `"round"`)
---@field ema? number Share of the old evidence that is kept. Must be at least 0 and below 1.
---@field epochs? integer Passes of the clients over their data. Must be at least 1. (default `1`)
---@field false_alarms? number Share of honest clients that may exceed it; the line's is 0.005. Must be above 0 and below 1. (default `0.005`)
---@field fingerprint? table Features to switch on or off: names with true or false.
---@field fit_steps? integer Steps of the scorer, and of the agent, a rehearsal. Must be at least 1. (default `60`)
---@field label_counts? table Labels that clients say they have, a list by client id.
---@field lasting? boolean Whether evidence of ten rounds flags, too, at less of it, if a line judges.
---@field late_cap? integer The same after four rounds. Must be at least 1. (default `5`)
---@field permutations? integer Random orders of the Shapley value. Must be at least 1. (default `50`)
---@field preset? string paper for the published form. Must be one of "paper".
---@field ramp? integer Rounds in which its share grows. Must be at least 1. (default `8`)
---@field refresh? integer Rounds from one training of the autoencoder to the next. Must be at least 1.
---@field rehearsals? integer First rounds in which what learns is trained on rehearsed attacks. Must be at least 1. (default `6`)
---@field rl? string|boolean An agent on top; true for dqn. Must be one of "dqn", "actor_critic".
---@field scenes? integer Attacks a rehearsal. Must be from 1 to 7. (default `3`)
---@field scorer? string Who judges. Must be one of "line", "dual", "clients".
---@field seed? integer Seed of the networks. (default `1`)
---@field shapley? string|boolean How contributions are told apart; false for not. Must be one of "aumann", "permutations", "leave_one_out".
---@field tau? number The agent's largest share of the weights. Must be from 0 to 1. (default `0.5`)
---@field threshold? number Evidence that raises a flag; without it, what false_alarms say.
---@field vae? boolean Whether the error of a gradient autoencoder is a feature.
---@field warm_up? integer Rounds before the agent acts. Must be at least 0. (default `3`)
---@field weights? table Weights of the line by feature, with bias.

---Asks what an honest client with the same labels would have sent, and drops who differs too much for too long.
---
---Returns: Hooks of a defense.
---
---Fails: The run has no root or no validation data.
---
---Source: Karami et al., 2025, https://arxiv.org/abs/2507.23638
---
---Deviation: Each client is compared with an update trained on root data in the mix of labels that it teaches, and a line that was fitted once weighs nine robust z-scores; preset = "paper" has the published form.
---@param options? fed.recipes.optigradtrust.Options What it may be told.
---@return table
function recipes.optigradtrust(options) end

return recipes
