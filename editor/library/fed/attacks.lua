---@meta fed.attacks
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---What Byzantine clients do. Wherever an attack is taken it may be one of these, a function of an AttackContext, or a table of hooks.
---@class fed.attacks
---@field data fed.attacks.data Attacks on what clients train with; training itself is honest.
---@field inputs fed.attacks.inputs Attacks on what a trained model is shown.
---@field updates fed.attacks.updates Attacks on what clients send. Strengths are numbers or functions of the round, such as fed.schedules give.
---@field views fed.attacks.views What an attack on inputs optimizes where the model has more parts than a classifier.
local attacks = {}

---Joins attacks: each starts from what the one before it made of labels and updates.
---
---Returns: The attack.
---@param attacks any[] A list of attacks, functions or tables of hooks.
---@return fed.Attack
function attacks.all(attacks) end

---Lets only some of the attackers act in each round; the others are honest then, and the attack sees them so.
---
---Returns: The attack.
---@param who function Called with the round's number, gives the ids of those that act, such as fed.schedules.groups.
---@param attack any An attack, a function or a table of hooks.
---@return fed.Attack
function attacks.by(who, attack) end

---@class fed.attacks.direction.Options
---@field honest fed.Updates What the honest clients send.
---@field kind? string unit: the reversed mean at norm 1; std: minus the deviations; sign: the reversed signs of the mean. Must be one of "unit", "std", "sign". (default `"std"`)

---Gives a direction of harm: against the honest mean, its signs, or down by each coordinate's deviation.
---
---Returns: The direction [d].
---
---Source: Shejwalkar and Houmansadr, NDSS 2021, https://doi.org/10.14722/ndss.2021.24498, section IV-B
---@param options fed.attacks.direction.Options What it may be told.
---@return fed.Tensor
function attacks.direction(options) end

---Lets an attack act in the rounds for which a schedule has a value, and rest in the others.
---
---Returns: The attack.
---@param schedule number|function A function of the round's number, such as fed.schedules give; nil is rest.
---@param attack any An attack, a function or a table of hooks.
---@return fed.Attack
function attacks.during(schedule, attack) end

---@class fed.attacks.input_attack.Options
---@field admit? function A function of points that marks by 1 what may be kept.
---@field budget? integer Forwards and backwards that each sample may ask for. Must be at least 1.
---@field confidence? number Margin by which a wrong answer has to lead to be kept as one. Must be at least 0. (default `0`)
---@field epsilon? number|table Radius, or a list of radii: then the attack returns a list of batches and one of infos. Must be at least 0.
---@field keep? string Which point is best: the one that misleads most, or the nearest that misleads. Must be one of "strongest", "nearest". (default `"strongest"`)
---@field mode? string Way of the gradient through a pipeline.
---@field name? string Its path in messages.
---@field norm? string What distances are measured by. Must be one of "linf", "l2", "l1". (default `"linf"`)
---@field search function Called with a fed.attacks.tracked; asks it at points, and returns nothing.

---Makes an attack on inputs of a search: a function of a tracked model, which keeps all books.
---
---Returns: Called as attack(model, x, labels, { stream =, targets =, mask =, ids =, mode =, budget = }), gives x_adv and info: success [b], margin, loss [steps, b], distance, forwards, backwards, queries and indicators.
---@param options fed.attacks.input_attack.Options What it may be told.
---@return function
function attacks.input_attack(options) end

---@class fed.attacks.jitter.Options
---@field context fed.AttackContext The round as the attacker sees it.
---@field deviations? number Noise, in the honest updates' standard deviations of each coordinate. Must be at least 0. (default `1`)
---@field sent fed.Tensor What all of them would send: [d].

---Adds noise of each attacker's own to what all of them would send, in standard deviations of the honest.
---
---Returns: A row for each attacker [m, d].
---@param options fed.attacks.jitter.Options What it may be told.
---@return fed.Tensor
function attacks.jitter(options) end

---Limits what an attack sees. global: the global model alone, its own updates are zeros; own: also its own updates, which stand for the honest ones; cohort: also the honest updates of the round; everything: also the root update, the rounds before and the run's rule.
---
---Returns: The attack.
---@param knowledge string How much: global, own, cohort or everything.
---@param attack any An attack, a function or a table of hooks.
---@return fed.Attack
function attacks.knowing(knowledge, attack) end

---@class fed.attacks.line_search.Options
---@field evaluations? integer How often the score is asked for. Must be at least 1. (default `20`)
---@field ratio? number What each later step is of the one before, once a step did not pay. Must be above 0 and below 1. (default `0.8`)
---@field score function Called with a number, gives what is to be as large as can be.
---@field start? number The number to begin with. (default `0`)
---@field step? number The first step. (default `10`)

---Looks for the number with the highest score: steps that double as long as they pay, then ever smaller ones.
---
---Returns: The best of the numbers that were tried.
---
---Source: ByzFL 2025, https://byzfl.epfl.ch, Optimal ALIE and Optimal IPM
---
---Deviation: A score that is no number never wins.
---@param options fed.attacks.line_search.Options What it may be told.
---@return number
function attacks.line_search(options) end

---@class fed.attacks.pipeline_matrix.Options
---@field always? any The same pipeline, purifying everything.
---@field classifier any Its classifier.
---@field detector? any The detector; the pipeline's own method `score` without it.
---@field draws? integer Draws that a gradient is a mean over; places that noise tries. Must be at least 1. (default `10`)
---@field epsilon? number Radius. Must be at least 0. (default `0.03137254901960784`)
---@field is_smooth? boolean Whether the low-frequency attack is among them without a radius, too. (default `false`)
---@field modes? table Ways of the gradient; full and bpda without it.
---@field others? table Other clients' models, for transfer.
---@field pipeline any What is defended, with a gradient.
---@field queries? integer Questions of the square attack. Must be at least 1. (default `500`)
---@field steps? integer Steps of each ascent. Must be at least 1. (default `40`)
---@field threshold? number Scores above it are suspicious; without it nothing looks at the detector.

---Lists the attacks A1 to A8 on a pipeline of detector, purifier and classifier for fed.evaluate.robustness: stay under the threshold, break the purifier, break both, hug the threshold, transfer, ask only, know the classifier alone, raise false alarms.
---
---Returns: The list.
---@param options fed.attacks.pipeline_matrix.Options What it may be told.
---@return table
function attacks.pipeline_matrix(options) end

---@class fed.attacks.tracked.Options
---@field admit? function A function of points that marks by 1 what may be kept, such as what no detector sees.
---@field budget? integer Forwards and backwards that each sample may ask for. Must be at least 1.
---@field confidence? number Margin by which a wrong answer has to lead to be kept as one. Must be at least 0. (default `0`)
---@field epsilon? number Radius of the ball; the box alone without it. Must be at least 0.
---@field ids? table Numbers by which samples draw, so that a batch draws like its parts; 1 to n without it.
---@field inputs fed.Tensor Batch of pixels from 0 to 1.
---@field keep? string Which point is best: the one that misleads most, or the nearest that misleads. Must be one of "strongest", "nearest". (default `"strongest"`)
---@field labels fed.Tensor|table The labels, from 0.
---@field mask? fed.Tensor Zeros where pixels have to stay, ones elsewhere.
---@field mode? string Way of the gradient through a pipeline, which knows its names.
---@field model any A Model, a FrozenModel, a function, or a pipeline.
---@field norm? string What distances are measured by. Must be one of "linf", "l2", "l1". (default `"linf"`)
---@field stream? fed.Stream Randomness of starts and of a random model.
---@field targets? fed.Tensor|table The labels that the answers are to become; any wrong one without it.

---Wraps a model for one attack on a batch: it is called like the model, counts what each sample asks, ends at a budget, brings all points into box and ball, and keeps the best adversarial point that it sees.
---
---Returns: Called with points, gives scores; has methods gradient, step, start, project and result.
---
---Source: Cinà et al., AAAI 2025, https://arxiv.org/abs/2404.19460, section 3
---@param options fed.attacks.tracked.Options What it may be told.
---@return table
function attacks.tracked(options) end

return attacks
