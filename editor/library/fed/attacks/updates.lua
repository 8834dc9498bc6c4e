---@meta fed.attacks.updates
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Attacks on what clients send. Strengths are numbers or functions of the round, such as fed.schedules give.
---@class fed.attacks.updates
local updates = {}

---@class fed.attacks.updates.alie.Options
---@field z? number|function Standard deviations to go; without it, as many as the formula of the paper allows.

---Sends the honest mean plus a few standard deviations: far enough to do harm, near enough to pass.
---
---Returns: The attack.
---
---Source: Baruch et al., NeurIPS 2019, https://arxiv.org/abs/1902.06156, algorithm 3
---@param options? fed.attacks.updates.alie.Options How far.
---@return fed.Attack
function updates.alie(options) end

---@class fed.attacks.updates.alternating_minimization.Options
---@field boost? number|function What the steps on the attacker's data are multiplied by. (default `10`)
---@field clean fed.Dataset Samples by which the update looks honest.
---@field data fed.Dataset What the attacker wants learned, such as a backdoor's triggered samples.
---@field lr? number Rate of the steps. Must be above 0. (default `0.05`)
---@field rho? number Pull to the global model. Must be at least 0. (default `0.0001`)
---@field stealth_steps? integer Steps on clean data in each turn. Must be at least 0. (default `1`)
---@field steps? integer Turns. Must be at least 1. (default `5`)

---Takes steps on clean data that keep near the global model, in turns with boosted steps on the attacker's data.
---
---Returns: The attack, for runs: it asks the run's workers for gradients.
---
---Fails: There is no run whose model could be asked.
---
---Source: Bhagoji et al., ICML 2019, https://arxiv.org/abs/1811.12470, section 4.3
---
---Deviation: Steps are plain descent on all of the given samples, and attackers send the same.
---@param options fed.attacks.updates.alternating_minimization.Options What it may be told.
---@return fed.Attack
function updates.alternating_minimization(options) end

---@class fed.attacks.updates.byz_mean.Options
---@field attack? fed.Attack Gives the target; ALIE with z = 0.5 without it.
---@field weights? string How the mean under attack weighs clients: by samples, or each the same. Must be one of "samples", "equal". (default `"samples"`)

---Lets half of the attackers send a target and the others whatever makes the mean of all clients equal to it.
---
---Returns: The attack, with two groups of different updates.
---
---Source: Xu et al. 2021, https://arxiv.org/abs/2109.05872, section 4
---
---Deviation: A single attacker sends the second kind alone. Counts of the two groups are m // 2 and the rest.
---@param options? fed.attacks.updates.byz_mean.Options What it may be told.
---@return fed.Attack
function updates.byz_mean(options) end

---@class fed.attacks.updates.fang_krum.Options
---@field smallest? number Size below which the attack stops looking. Must be above 0. (default `1e-05`)

---Sends the reversed signs of the honest mean, at the largest of ever halved sizes that Krum still picks.
---
---Returns: The attack.
---
---Fails: There are fewer than three honest updates.
---
---Source: Fang et al., USENIX Security 2020, https://arxiv.org/abs/1911.11815, section 4.2
---
---Deviation: All attackers send the same; the paper adds a tiny noise to all but one. Krum is the paper's, with n - f - 2 neighbours.
---@param options? fed.attacks.updates.fang_krum.Options What it may be told.
---@return fed.Attack
function updates.fang_krum(options) end

---@class fed.attacks.updates.fang_trimmed_mean.Options
---@field b? number|function How far beyond: the outermost number times or divided by this, above 1. (default `2`)

---Draws each number just beyond the honest ones, on the side away from their mean's sign: for order statistics.
---
---Returns: The attack.
---
---Source: Fang et al., USENIX Security 2020, https://arxiv.org/abs/1911.11815, section 4.3
---
---Deviation: Where the mean of a coordinate is 0, attackers draw above.
---@param options? fed.attacks.updates.fang_trimmed_mean.Options What it may be told.
---@return fed.Attack
function updates.fang_trimmed_mean(options) end

---@class fed.attacks.updates.fingerprint_aware.Options
---@field noise? number Noise of each attacker's own beside the harm, so that no two are alike. Must be at least 0. (default `0.5`)
---@field strength? number|function Norm, as a multiple of the honest median. (default `1`)

---Copies the honest clients' median norm and median cosine to the root update, and turns the rest against them.
---
---Returns: The attack, which knows the root update.
---
---Fails: There is no root update.
---@param options? fed.attacks.updates.fingerprint_aware.Options What it may be told.
---@return fed.Attack
function updates.fingerprint_aware(options) end

---@class fed.attacks.updates.free_rider.Options
---@field kind? string zeros: nothing; delta: the last change of the global model. Must be one of "zeros", "delta". (default `"zeros"`)
---@field noise? number|function Deviation of the noise, as a share of the root mean square of the last change. (default `0`)

---Sends nothing new: zeros, or what the server added in the round before, with noise so that it looks trained.
---
---Returns: The attack, which knows the global model alone.
---
---Source: Lin et al. 2019, https://arxiv.org/abs/1911.12560; Fraboni et al., AISTATS 2021, https://arxiv.org/abs/2006.11901
---
---Deviation: In round 1 there is no last change: zeros are sent.
---@param options? fed.attacks.updates.free_rider.Options What it may be told.
---@return fed.Attack
function updates.free_rider(options) end

---@class fed.attacks.updates.gaussian_noise.Options
---@field sigma number|function Standard deviation of each coordinate.
---@field unit? string What sigma is measured in: absolute, as parameters are; norm, the norm of the client's own update for each coordinate; rms, that norm divided by √d, so that the noise is about sigma times as long as the update. Must be one of "absolute", "norm", "rms". (default `"absolute"`)
---@field replace? boolean Whether the noise stands alone and is not added to the client's own update. (default `false`)

---Adds normal noise to the client's own update, drawn anew for each client and round.
---
---Returns: The attack.
---
---Source: Li et al., AAAI 2019, https://arxiv.org/abs/1811.03761, section 5
---@param options fed.attacks.updates.gaussian_noise.Options How strong.
---@return fed.Attack
function updates.gaussian_noise(options) end

---@class fed.attacks.updates.infinity.Options
---@field share? number|function Share of the numbers that are replaced, the first ones. (default `1`)
---@field value? string What is sent. Must be one of "inf", "minus_inf", "nan", "huge". (default `"inf"`)

---Sends infinities, NaN or the largest numbers in the place of the client's own update, or of its first numbers.
---
---Returns: The attack.
---
---Source: ByzFL 2025, https://byzfl.epfl.ch, Inf
---@param options? fed.attacks.updates.infinity.Options What it may be told.
---@return fed.Attack
function updates.infinity(options) end

---@class fed.attacks.updates.ipm.Options
---@field epsilon? number|function The mean is multiplied by minus this. (default `1.5`)

---Sends the honest mean reversed and scaled, so that the sum of all updates may point away from where it should.
---
---Returns: The attack.
---
---Source: Xie et al., UAI 2020, https://arxiv.org/abs/1903.03936, section 3
---@param options? fed.attacks.updates.ipm.Options What it may be told.
---@return fed.Attack
function updates.ipm(options) end

---@class fed.attacks.updates.mimic.Options
---@field client? integer Id of the client to mimic; without it the attack finds one. It rests where it is not asked. Must be at least 1.
---@field seed? integer Seed of the direction to start with. Must be at least 0. (default `1`)
---@field warm_up? integer Rounds in which the direction is learned and the victim may change. Must be at least 1. (default `10`)

---Sends what one honest client sends: the one that goes farthest along where honest clients differ most.
---
---Returns: The attack, which remembers the direction and the victim.
---
---Source: Karimireddy et al., ICLR 2022, https://arxiv.org/abs/2006.09365, section 3.2 and appendix B
---
---Deviation: Where the victim is not asked in a round, the client farthest along the direction stands in.
---@param options? fed.attacks.updates.mimic.Options What it may be told.
---@return fed.Attack
function updates.mimic(options) end

---@class fed.attacks.updates.min_max.Options
---@field direction? string Where to: the reversed mean, minus the deviations, or its reversed signs. Must be one of "unit", "std", "sign". (default `"std"`)
---@field jitter? number Noise of each attacker's own, in standard deviations of the honest. Must be at least 0. (default `0`)
---@field strength? number|function Share of the way to go. (default `1`)

---Goes from the honest mean until the farthest honest update is as far away as the two farthest are from each other.
---
---Returns: The attack.
---
---Source: Shejwalkar and Houmansadr, NDSS 2021, https://doi.org/10.14722/ndss.2021.24498, equation 8
---
---Deviation: The step is the root of a quadratic, where the paper halves its way to it. Noise is added last, so with it the bound holds no more.
---@param options? fed.attacks.updates.min_max.Options What it may be told.
---@return fed.Attack
function updates.min_max(options) end

---Goes from the honest mean until its squared distances to all honest add up to the largest such sum among them.
---
---Returns: The attack.
---
---Source: Shejwalkar and Houmansadr, NDSS 2021, https://doi.org/10.14722/ndss.2021.24498, equation 9
---
---Deviation: The step is the root of a quadratic, where the paper halves its way to it. Noise is added last, so with it the bound holds no more.
---@param options? fed.attacks.updates.min_max.Options What it may be told.
---@return fed.Attack
function updates.min_sum(options) end

---@class fed.attacks.updates.model_replacement.Options
---@field boost? number|function Share of the replacement; 1 replaces the whole model. (default `1`)
---@field bound? number Largest norm to send, to pass under a limit. Must be above 0.
---@field weights? string How the mean under attack weighs clients: by samples, or each the same. Must be one of "samples", "equal". (default `"samples"`)

---Sends the client's own update times all clients over the attackers, so that a mean becomes the attackers' model.
---
---Returns: The attack; join it with a backdoor by fed.attacks.all.
---
---Source: Bagdasaryan et al., AISTATS 2020, https://arxiv.org/abs/1807.00459, equation 3
---
---Deviation: The updates of honest clients are taken for near 0, as in the paper once the model has converged; several attackers share the boost.
---@param options? fed.attacks.updates.model_replacement.Options What it may be told.
---@return fed.Attack
function updates.model_replacement(options) end

---@class fed.attacks.updates.mpaf.Options
---@field base? fed.Tensor The base model's parameters that travel; random ones without it.
---@field deviation? number Standard deviation of random base parameters. Must be at least 0. (default `0.1`)
---@field scale? number|function How far along that way. (default `1000000`)
---@field seed? integer Seed of random base parameters. Must be at least 0. (default `1`)

---Sends the way from the global model to a fixed base model, stretched: every round, every fake client the same.
---
---Returns: The attack, which knows the global model alone.
---
---Source: Cao and Gong, CVPR Workshops 2022, https://arxiv.org/abs/2203.08669, section 4
---@param options? fed.attacks.updates.mpaf.Options What it may be told.
---@return fed.Attack
function updates.mpaf(options) end

---@class fed.attacks.updates.neurotoxin.Options
---@field attack? fed.Attack Gives what is hidden; the client's own update without it.
---@field bound? number Largest norm to send. Must be above 0.
---@field keep? number Share of the coordinates that carry the attack; that of the preset without it. Must be above 0 and at most 1.
---@field preset? string paper: all but the 5 % most used coordinates; backfed: all but 1 %; flpoison: a tenth of them, the lowest by sign and not by size. Must be one of "paper", "backfed", "flpoison". (default `"paper"`)

---Sends the client's own update, or what another attack would send, where the last round changed the model least.
---
---Returns: The attack; join it with a backdoor by fed.attacks.all.
---
---Source: Zhang et al., ICML 2022, https://arxiv.org/abs/2206.10341, algorithm 1
---
---Deviation: The finished update is projected; the paper projects the gradient of each local step. What the server added last stands for the gradient of the honest. In round 1 nothing is known, and nothing is masked.
---@param options? fed.attacks.updates.neurotoxin.Options What it may be told.
---@return fed.Attack
function updates.neurotoxin(options) end

---@class fed.attacks.updates.optimal_alie.Options
---@field evaluations? integer How often the rule is asked. Must be at least 1. (default `20`)
---@field ratio? number What each later step is of the one before. Must be above 0 and below 1. (default `0.8`)
---@field start? number Standard deviations to begin with. (default `0`)
---@field step? number The first step of the search. (default `10`)

---Sends the honest mean plus as many standard deviations as take the run's own rule farthest from that mean.
---
---Returns: The attack, which knows the rule.
---
---Fails: There is no rule to ask: at a prompt, pass `rule`.
---
---Fails: There are fewer than two honest updates.
---
---Source: ByzFL 2025, https://byzfl.epfl.ch, Optimal ALIE; Allouah et al., AISTATS 2023, https://arxiv.org/abs/2302.01772, appendix
---@param options? fed.attacks.updates.optimal_alie.Options What it may be told.
---@return fed.Attack
function updates.optimal_alie(options) end

---@class fed.attacks.updates.optimal_ipm.Options
---@field evaluations? integer How often the rule is asked. Must be at least 1. (default `20`)
---@field ratio? number What each later step is of the one before. Must be above 0 and below 1. (default `0.8`)
---@field start? number The factor to begin with; the mean is multiplied by minus this. (default `0`)
---@field step? number The first step of the search. (default `10`)

---Sends the honest mean times the factor that takes the run's own rule farthest from that mean.
---
---Returns: The attack, which knows the rule.
---
---Fails: There is no rule to ask: at a prompt, pass `rule`.
---
---Source: ByzFL 2025, https://byzfl.epfl.ch, Optimal IPM; Allouah et al., AISTATS 2023, https://arxiv.org/abs/2302.01772, appendix
---@param options? fed.attacks.updates.optimal_ipm.Options What it may be told.
---@return fed.Attack
function updates.optimal_ipm(options) end

---@class fed.attacks.updates.partial_scale.Options
---@field factor? number|function These are multiplied by this. (default `5`)
---@field share? number Share of the numbers that are stretched. Must be from 0 to 1. (default `0.5`)

---Sends the client's own update with a share of its numbers stretched, other ones for each client and round.
---
---Returns: The attack.
---
---Source: Karami et al. 2025, https://arxiv.org/abs/2507.23638, section IV-A
---
---Deviation: The share is met exactly where no two draws of a uniform number are equal.
---@param options? fed.attacks.updates.partial_scale.Options What it may be told.
---@return fed.Attack
function updates.partial_scale(options) end

---@class fed.attacks.updates.poisoned_fl.Options
---@field decay? number What the scale is multiplied by where it did not. Must be above 0 and below 1. (default `0.7`)
---@field scale? number Norm of what is sent, as a multiple of the model's last step. Must be above 0. (default `8`)
---@field seed? integer Seed of the direction. Must be at least 0. (default `1`)
---@field smallest? number Scale below which the attack never goes. Must be above 0. (default `0.5`)
---@field window? integer Rounds after which the attack looks whether the model followed. Must be at least 1. (default `50`)

---Pushes every coordinate in one random direction for the whole run, as strongly as the model keeps following.
---
---Returns: The attack, which knows the global model alone and remembers what it sent.
---
---Source: Xie et al., CVPR 2025, https://arxiv.org/abs/2404.15611, section 4
---
---Deviation: The test of whether the model followed uses the normal approximation of the binomial for every d; the published code has constants for four values of d. It rests in round 1, where there is no step yet.
---@param options? fed.attacks.updates.poisoned_fl.Options What it may be told.
---@return fed.Attack
function updates.poisoned_fl(options) end

---@class fed.attacks.updates.rop.Options
---@field angle? number Angle of the step to the last decision, in degrees; 180 is against it. Must be from 0 to 180. (default `90`)
---@field location? number Where the step starts: 1 at the honest mean, 0 at the last decision. Must be from 0 to 1. (default `1`)
---@field z? number|function Length of the step, as a multiple of the norm of the last decision. (default `1`)

---Sends a point near the honest mean, moved at an angle to what the server did last: unseen by centred clipping.
---
---Returns: The attack.
---
---Source: Özfatura et al., IEEE TIFS 2023, https://arxiv.org/abs/2208.09894, section IV
---
---Deviation: The step is measured by the last decision, not by a clipping radius that the attacker would have to know; in round 1 the honest mean stands for it. The direction starts as ones.
---@param options? fed.attacks.updates.rop.Options What it may be told.
---@return fed.Attack
function updates.rop(options) end

---@class fed.attacks.updates.rule_aware.Options
---@field evaluations? integer Moves that are tried in each of two directions and at two lengths, the honest and any: the rule is asked four times as often. Must be at least 1. (default `6`)
---@field longest? number The farthest move that is tried, in median lengths of the honest updates. Must be above 0. (default `4`)
---@field ratio? number What each shorter move is of the one before. Must be above 0 and below 1. (default `0.5`)
---@field refinements? integer Moves that are tried between the best and the next longer one. Must be at least 0. (default `3`)

---Moves each attacker's own honest update against the honest, in the way and as far as takes most of the round's progress from what the run's own rule decides.
---
---Returns: The attack, which knows the rule, and with it all that the rule remembers and would flag.
---
---Fails: There is no rule to ask: at a prompt, pass `rule`.
---
---Source: Athalye et al., ICML 2018, https://arxiv.org/abs/1802.00420, on attackers who know the defense
---
---Deviation: An attack of our own. Where nothing that harms gets past the rule it sends honest updates, so that what is held against it fades. It looks one round ahead, and all attackers move in one direction.
---@param options? fed.attacks.updates.rule_aware.Options What it may be told.
---@return fed.Attack
function updates.rule_aware(options) end

---@class fed.attacks.updates.scale.Options
---@field factor number|function The update is multiplied by this.

---Sends the client's own update, stretched, so that it outweighs the others.
---
---Returns: The attack.
---
---Source: Bagdasaryan et al., AISTATS 2020, https://arxiv.org/abs/1807.00459, section 4
---@param options fed.attacks.updates.scale.Options How strong.
---@return fed.Attack
function updates.scale(options) end

---@class fed.attacks.updates.sign_flip.Options
---@field scale? number|function The update is multiplied by minus this. (default `1`)

---Sends the client's own update, reversed and stretched.
---
---Returns: The attack.
---
---Source: Li et al., AAAI 2019, https://arxiv.org/abs/1811.03761, section 5
---@param options? fed.attacks.updates.sign_flip.Options How strong.
---@return fed.Attack
function updates.sign_flip(options) end

---@class fed.attacks.updates.small_perturbation.Options
---@field coordinate? integer Which coordinate; without it another one each round. Must be at least 1.
---@field evaluations? integer How often the rule is asked for how far it follows. Must be at least 1. (default `20`)
---@field spread? string one: along a single coordinate; all: the same along each. Must be one of "one", "all". (default `"one"`)

---Sends the honest mean moved along one coordinate, or along all, as far as the run's own rule still follows.
---
---Returns: The attack, which knows the rule.
---
---Fails: There is no rule to ask: at a prompt, pass `rule`.
---
---Source: El Mhamdi et al., ICML 2018, https://arxiv.org/abs/1802.07927, section 3
---
---Deviation: Following means 99 % of the answer to a tiny step, so that the attack is defined for every rule; for one that picks an update it is the paper's: still picked. Doubling ends with the evaluations.
---@param options? fed.attacks.updates.small_perturbation.Options What it may be told.
---@return fed.Attack
function updates.small_perturbation(options) end

---@class fed.attacks.updates.vae_aware.Options
---@field reach? number|function How far, as a multiple of the farthest honest update that way. (default `1`)

---Goes from the honest mean back along the directions in which honest updates vary, no farther than one of them does.
---
---Returns: The attack.
---
---Deviation: An attack of our own against detectors by reconstruction: it needs no copy of the detector, since it never leaves the span of the honest.
---@param options? fed.attacks.updates.vae_aware.Options What it may be told.
---@return fed.Attack
function updates.vae_aware(options) end

return updates
