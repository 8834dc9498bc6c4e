---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---One round as the server knows it; read-only.
---@class fed.Round
---@field number integer Number of the round, from 1.
---@field cohort integer[] Ids of the clients asked this round, rising; for a defense, of those whose updates it gets, row by row.
---@field n integer How many clients are asked this round.
---@field clients integer How many clients there are in all.
---@field f integer Byzantine clients that the server expects at most.
---@field global fed.Tensor The global parameters that updates are about, before this round: [d].
---@field root_update fed.Tensor What the server's root data would send, an update like the clients': [d]. Trained on first use.
---@field has_root boolean Whether the run has root data.
---@field has_validation boolean Whether the run has validation data.
---@field previous_update? fed.Tensor What the rule decided in the round before: [d]; nil in round 1.
---@field history fed.History The rounds before this one.
---@field stream fed.Stream Random numbers of this round and hook.
local Round = {}

---@class Round.train.Options
---@field data? fed.Dataset|string "root", "validation", or a data set; root without it.
---@field labels? fed.Tensor Labels to train on in place of the true ones: int64 [samples].
---@field mix? number[]|fed.Tensor Draws samples so that the classes have these shares, from class 0 on: { p0, p1, … }, divided by their sum.
---@field samples? integer How many samples to draw; with a mix, as many as the data have without it. Must be at least 1.
---@field replace? boolean Whether a sample may be drawn again; true without it.
---@field steps? integer Steps to take; as many as local training takes on these data, without it. Must be at least 1.
---@field seed? integer Keys what is drawn, the order of the batches and all that is random. Without it, the order of round.root_update for a single question, and its position among several.

---What data would send, trained as a client of this round would be: from the same global parameters, with the run's own local training, as in a client's first round.
---
---Returns: An update [d].
---
---Fails: The run has no such data, or training failed.
---
---Fails: A class of the mix has no sample.
---
---Fails: The round belongs to no run.
---@param question? Round.train.Options Data, what to draw of them, labels and steps.
---@return fed.Tensor
function Round:train(question) end

---As train, for many questions at once on all threads of the run.
---
---Returns: Updates, one a question in their order; their ids count from 1.
---
---Fails: The run has no such data, or training failed.
---
---Fails: The round belongs to no run.
---@param questions table[] A list of tables as train takes them.
---@return fed.Updates
function Round:train_all(questions) end

---@class Round.virtual_round.Options
---@field data? fed.Dataset|string "root", "validation", or a data set; root without it.
---@field clients? integer How many virtual clients. Must be from 1 to 10000. (default `10`)
---@field concentration? number Of the Dirichlet draw that deals each class among them, as fed.partition.dirichlet has it; above 0. Must be above 0. (default `0.5`)
---@field holdout? number Share of the data that no client gets, between 0 and 1. Must be between 0 and 1. (default `0.5`)
---@field samples? integer Samples of each client; as many as there are to draw from, without it. Must be at least 1.
---@field steps? integer Steps that everybody takes; as many as local training takes, without it. Must be at least 1.
---@field seed? integer Tells one virtual round from another. (default `0`)

---Plays a round with honest clients made of the server's own data: a part is held out, of the rest each class is dealt among the clients in shares drawn from a Dirichlet distribution, and each client draws samples in its mix, with repeats.
---
---Returns: Updates of the virtual clients, and { mixes = shares of the classes at each client [clients, k], root_update = what the held-out part sends [d] }.
---
---Fails: The run has no such data, or too few of them.
---
---Fails: The round belongs to no run.
---@param options? Round.virtual_round.Options How many clients, how unlike, and for how long they train.
---@return fed.Updates
---@return table
function Round:virtual_round(options) end

---@class Round.evaluate.Options
---@field data? fed.Dataset|string "validation", "root", or a data set; validation without it.
---@field by_class? boolean Whether the samples of each class are measured by themselves. (default `false`)

---Measures many parameter vectors on data, at once on all threads of the run; no hook on inputs takes part.
---
---Returns: Accuracies and mean losses: two tensors [m]; with by_class two tensors [m, k], NaN where a class has no sample.
---
---Fails: The run has no such data, or they do not fit the model.
---
---Fails: The round belongs to no run.
---@param vectors fed.Updates|fed.Tensor|number|table Updates, each of which is added to round.global; or a tensor [m, d] of vectors in its place.
---@param data? fed.Dataset|string|Round.evaluate.Options "validation", "root", or a data set; or a table that says so and how. Validation without it.
---@return fed.Tensor
---@return fed.Tensor
function Round:evaluate(vectors, data) end

---Tells what the model at many parameter vectors holds likely: the mean of its softmax over the data. On data in which all classes are alike frequent it tells the mix of labels that an update was trained on.
---
---Returns: A tensor [m, k]; each row sums to 1.
---
---Fails: The run has no such data, or they do not fit the model.
---
---Fails: The model gives no score for each class.
---
---Fails: The round belongs to no run.
---@param vectors fed.Updates|fed.Tensor|number|table Updates, each of which is added to round.global; or a tensor [m, d] of vectors in its place.
---@param data? fed.Dataset|string "validation", "root", or a data set; validation without it.
---@return fed.Tensor
function Round:predictions(vectors, data) end

---The gradient of the mean loss on data with respect to the parameters that travel, in training mode; 0 for running statistics.
---
---Returns: A tensor [d].
---
---Fails: The run has no such data, or they do not fit the model.
---
---Fails: The round belongs to no run.
---@param vector? fed.Tensor Where: a vector [d] in the place of round.global, which it is without it.
---@param data? fed.Dataset|string "validation", "root", or a data set; validation without it.
---@return fed.Tensor
function Round:gradient(vector, data) end

---@class Round.gradients.Options
---@field at? fed.Tensor A vector [d] in the place of round.global, which it is without it.
---@field data? fed.Dataset|string "validation", "root", or a data set; validation without it.
---@field by_class? boolean Whether each class has a row of its own. (default `true`)

---The gradients of the mean loss on the samples of each class, at once on all threads of the run. They point where the loss rises: an update points the other way.
---
---Returns: Updates [k, d], a row a class: its id is the class counted from 1, its samples are those of the class; zeros for a class without samples. With by_class = false one row for all data.
---
---Fails: The run has no such data, or they do not fit the model.
---
---Fails: The round belongs to no run.
---@param options? Round.gradients.Options Where, and on which data.
---@return fed.Updates
function Round:gradients(options) end

---Tells what the model's last layer is given for each sample, and what it makes of it: what a class looks like to the model. Samples are normalized with the statistics of up to 250 at a time, as in training, and nothing is dropped.
---
---Returns: { inputs = [samples, width], outputs = the scores [samples, k], labels = the class of each sample, from 0, weight and bias = names of the layer's parameters, as layers of updates have them }; nil if the model does not end in a linear layer that gives scores [b, k].
---
---Fails: The run has no such data, or they do not fit the model.
---
---Fails: The round belongs to no run.
---@param vector? fed.Tensor Where: a vector [d] in the place of round.global, which it is without it.
---@param data? fed.Dataset|string|(fed.Dataset|string)[] "validation", "root", a data set, or a list of these one after the other; validation without it.
---@return table?
function Round:last_layer(vector, data) end

---@class Round.shapley.Options
---@field method? string aumann: one gradient in the middle of the step; permutations: random orders of joining; leave_one_out. Must be one of "aumann", "permutations", "leave_one_out". (default `"aumann"`)
---@field permutations? integer Random orders. Must be from 1 to 100000. (default `50`)
---@field antithetic? boolean Whether each order counts backwards, too. (default `false`)
---@field weights? table|fed.Tensor Weights in the mean: a table by client id or a tensor by row; samples without it.
---@field data? fed.Dataset|string "validation", "root", or a data set; validation without it.

---Tells what each update took off the loss on data: its Shapley value; above 0 helped.
---
---Returns: A tensor [n], and { evaluations = how many losses or gradients that took }.
---
---Fails: The run has no such data, or they do not fit the model.
---
---Fails: The round belongs to no run.
---
---Source: Shapley, 1953; orders: Ghorbani and Zou, ICML 2019, https://arxiv.org/abs/1904.02868; Aumann and Shapley, 1974
---@param updates fed.Updates Updates.
---@param options? Round.shapley.Options Method and data.
---@return fed.Tensor
---@return table
function Round:shapley(updates, options) end

---@class Round.ask.Options
---@field clients? integer[] Ids of clients of the cohort; all of it without it.
---@field global? fed.Tensor Where they start: a vector [d] in the place of round.global.
---@field steps? integer Steps to take; as many as local training takes, without it. Must be at least 1.
---@field seed? integer Keys the order of the batches and all that is random; without it, each exchange of a round has another order.

---Asks clients of the cohort to train once more inside the round: from the same parameters or from others, for more or fewer steps. What clients keep from round to round stays as it was. Byzantine clients answer as their attack says, whose context.exchange is then above 1. Clients that fail, where the round goes on without them, and answers with NaN are left out. The record counts it in cost.
---
---Returns: Updates, minus the parameters where the clients started; their ids rise.
---
---Fails: A client is not in the cohort, or failed.
---
---Fails: The round belongs to no run.
---@param options? Round.ask.Options Whom to ask, and for what.
---@return fed.Updates
function Round:ask(options) end

---@class Round.validate.Options
---@field by? string Who measures: clients on their own data, or the server on the validation data. Must be one of "clients", "server". (default `"clients"`)
---@field clients? integer[] Ids of clients of the cohort; all of it without it.
---@field per_class? boolean Whether the loss of each class is wanted. (default `false`)

---Measures parameter vectors on the data of clients, by the clients themselves, each with what it keeps for itself in the model. Byzantine clients report what the hook vote(context, losses) of their attack returns.
---
---Returns: Mean losses [clients, m], with per_class [clients, m, k], and the ids of the rows; by the server one row and no id.
---
---Fails: A client is not in the cohort.
---
---Fails: The round belongs to no run.
---@param vectors fed.Updates|fed.Tensor|number|table Updates, each of which is added to round.global; or a tensor [m, d] of vectors in its place.
---@param options? Round.validate.Options Who measures.
---@return fed.Tensor
---@return integer[]
function Round:validate(vectors, options) end

return Round
