---@meta fed.local_training
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Ways for a client to train between receiving the global model and sending its update.
---@class fed.local_training
local local_training = {}

---@class fed.local_training.apfl.Options
---@field optimizer? fed.Optimizer From fed.optim. (default `fed.optim.sgd { lr = 0.01, momentum = 0.9 }`)
---@field epochs? integer Passes over the client's samples a round: one, or as many as steps take, without it.
---@field steps? integer Batches a round, at most where there are epochs too; all of the epochs without it.
---@field batch? integer Samples in a batch. Must be at least 1. (default `32`)
---@field local_parameters? string|string[]|function What never leaves the client: "batch_norm", "head" (the last layer), "none", names of parameters or layers, or a function of a parameter's name; without it, as the algorithm has it.
---@field keep_optimizer? boolean Whether momentum lives on from round to round. (default `false`)
---@field loss? string|(fun(model: fed.Model, batch: fed.TrainingBatch, draw: fed.Draws): fed.Tensor) "cross_entropy", "mse" or "binary_cross_entropy" of the model's output; or a function of (model, batch, draw) that returns a tensor of one number: batch has inputs and labels, draw gives random tensors. It is traced as a module's `forward` is, see fed.nn.module. (default `"cross_entropy"`)
---@field traced? boolean Whether models run by plans, on all threads; off, everything runs operation by operation, a script's on one. (default `true`)
---@field label_smoothing? number Share of the target spread over all classes. Must be from 0 to 1. (default `0`)
---@field augment? fed.Augmentation Random changes of pictures, from fed.images.augment.
---@field alpha? number Share of a client's own model in the mixture, at first. Must be from 0 to 1. (default `0.5`)
---@field adapt? boolean Whether the share follows its gradient, once a round. (default `true`)

---A model of each client's own, mixed with the global one; run:client_model(id) is the mixture.
---
---Returns: The way to train.
---
---Source: Deng et al., 2020, https://arxiv.org/abs/2003.13461, algorithm 1
---@param options? fed.local_training.apfl.Options Optimizer, epochs and batches, and what is the algorithm's own.
---@return fed.LocalTraining
function local_training.apfl(options) end

---@class fed.local_training.define.Options
---@field optimizer? fed.Optimizer From fed.optim. (default `fed.optim.sgd { lr = 0.01, momentum = 0.9 }`)
---@field epochs? integer Passes over the client's samples a round: one, or as many as steps take, without it.
---@field steps? integer Batches a round, at most where there are epochs too; all of the epochs without it.
---@field batch? integer Samples in a batch. Must be at least 1. (default `32`)
---@field local_parameters? string|string[]|function What never leaves the client: "batch_norm", "head" (the last layer), "none", names of parameters or layers, or a function of a parameter's name; without it, as the algorithm has it.
---@field keep_optimizer? boolean Whether momentum lives on from round to round. (default `false`)
---@field loss? string|(fun(model: fed.Model, batch: fed.TrainingBatch, draw: fed.Draws): fed.Tensor) "cross_entropy", "mse" or "binary_cross_entropy" of the model's output; or a function of (model, batch, draw) that returns a tensor of one number: batch has inputs and labels, draw gives random tensors. It is traced as a module's `forward` is, see fed.nn.module. (default `"cross_entropy"`)
---@field traced? boolean Whether models run by plans, on all threads; off, everything runs operation by operation, a script's on one. (default `true`)
---@field label_smoothing? number Share of the target spread over all classes. Must be from 0 to 1. (default `0`)
---@field augment? fed.Augmentation Random changes of pictures, from fed.images.augment.
---@field client? table Vectors that each client keeps: names, and the number that fills them at first.
---@field server? table The same for the server, which sends them along.
---@field send? string[] Names of the vectors that clients send beside their update. (default `{}`)
---@field correct? (fun(g: fed.Tensor, s: fed.AlgorithmState): fed.Tensor) Called as correct(g, s) for each gradient, returns the one that the optimizer takes. s has client, server, weights, global, and as tensors of one number steps, lr and gradient_weight, the sum of what gradients were multiplied by.
---@field after_step? (fun(weights: fed.Tensor, s: fed.AlgorithmState): fed.Tensor) Called as after_step(weights, s) after each step of the optimizer, returns the weights to go on with.
---@field finish? (fun(s: fed.AlgorithmState): fed.FinishedWork) Called as finish(s) after the last step; returns { client = { … }, send = { … } }.
---@field combine? (fun(server: table<string, fed.Tensor>, means: table<string, fed.Tensor|number>): table<string, fed.Tensor>) Called at the server as combine(server, means), with the means of what clients sent and their share of all; returns the server's new vectors.
---@field policy? fed.PolicyFile From fed.policy.file, in the place of the functions: a table of correct(g, s) and after_step(weights, s), which each client runs in a sandbox of its own, not traced, so it may branch on what it sees. s has weights, global, steps, lr, client and round; math.random is seeded by run, round and client.

---An algorithm of one's own: vectors that clients and server keep by name, and functions of them. The functions are run once before a round, without numbers, and replayed on the clients' threads.
---
---Returns: The way to train.
---
---Source: the form: Karimireddy et al., ICML 2020, https://arxiv.org/abs/1910.06378, algorithm 1
---@param options? fed.local_training.define.Options Optimizer, epochs and batches, and what is the algorithm's own.
---@return fed.LocalTraining
function local_training.define(options) end

---@class fed.local_training.ditto.Options
---@field optimizer? fed.Optimizer From fed.optim. (default `fed.optim.sgd { lr = 0.01, momentum = 0.9 }`)
---@field epochs? integer Passes over the client's samples a round: one, or as many as steps take, without it.
---@field steps? integer Batches a round, at most where there are epochs too; all of the epochs without it.
---@field batch? integer Samples in a batch. Must be at least 1. (default `32`)
---@field local_parameters? string|string[]|function What never leaves the client: "batch_norm", "head" (the last layer), "none", names of parameters or layers, or a function of a parameter's name; without it, as the algorithm has it.
---@field keep_optimizer? boolean Whether momentum lives on from round to round. (default `false`)
---@field loss? string|(fun(model: fed.Model, batch: fed.TrainingBatch, draw: fed.Draws): fed.Tensor) "cross_entropy", "mse" or "binary_cross_entropy" of the model's output; or a function of (model, batch, draw) that returns a tensor of one number: batch has inputs and labels, draw gives random tensors. It is traced as a module's `forward` is, see fed.nn.module. (default `"cross_entropy"`)
---@field traced? boolean Whether models run by plans, on all threads; off, everything runs operation by operation, a script's on one. (default `true`)
---@field label_smoothing? number Share of the target spread over all classes. Must be from 0 to 1. (default `0`)
---@field augment? fed.Augmentation Random changes of pictures, from fed.images.augment.
---@field lambda? number How strongly a client's own model is pulled to the global one. Must be at least 0. (default `0.1`)

---A model of each client's own beside the global one, pulled towards it; run:client_model(id) is that model.
---
---Returns: The way to train.
---
---Source: Li et al., ICML 2021, https://arxiv.org/abs/2012.04221, algorithm 1
---@param options? fed.local_training.ditto.Options Optimizer, epochs and batches, and what is the algorithm's own.
---@return fed.LocalTraining
function local_training.ditto(options) end

---@class fed.local_training.fedavg.Options
---@field optimizer? fed.Optimizer From fed.optim. (default `fed.optim.sgd { lr = 0.01, momentum = 0.9 }`)
---@field epochs? integer Passes over the client's samples a round: one, or as many as steps take, without it.
---@field steps? integer Batches a round, at most where there are epochs too; all of the epochs without it.
---@field batch? integer Samples in a batch. Must be at least 1. (default `32`)
---@field local_parameters? string|string[]|function What never leaves the client: "batch_norm", "head" (the last layer), "none", names of parameters or layers, or a function of a parameter's name; without it, as the algorithm has it.
---@field keep_optimizer? boolean Whether momentum lives on from round to round. (default `false`)
---@field loss? string|(fun(model: fed.Model, batch: fed.TrainingBatch, draw: fed.Draws): fed.Tensor) "cross_entropy", "mse" or "binary_cross_entropy" of the model's output; or a function of (model, batch, draw) that returns a tensor of one number: batch has inputs and labels, draw gives random tensors. It is traced as a module's `forward` is, see fed.nn.module. (default `"cross_entropy"`)
---@field traced? boolean Whether models run by plans, on all threads; off, everything runs operation by operation, a script's on one. (default `true`)
---@field label_smoothing? number Share of the target spread over all classes. Must be from 0 to 1. (default `0`)
---@field augment? fed.Augmentation Random changes of pictures, from fed.images.augment.
---@field mu? number Weight of the proximal term, which holds clients near the global model. Must be at least 0. (default `0`)
---@field local_batch_norm? boolean The same as local_parameters = "batch_norm". (default `false`)

---Plain local training.
---
---Returns: The way to train.
---
---Source: McMahan et al., AISTATS 2017, https://arxiv.org/abs/1602.05629
---@param options? fed.local_training.fedavg.Options Optimizer, epochs and batches, and what is the algorithm's own.
---@return fed.LocalTraining
function local_training.fedavg(options) end

---Local training with batch normalization that never leaves the client.
---
---Returns: The way to train.
---
---Source: Li et al., ICLR 2021, https://arxiv.org/abs/2102.07623
---@param options? fed.local_training.fedavg.Options Optimizer, epochs and batches, and what is the algorithm's own.
---@return fed.LocalTraining
function local_training.fedbn(options) end

---@class fed.local_training.fedbn_prox.Options
---@field optimizer? fed.Optimizer From fed.optim. (default `fed.optim.sgd { lr = 0.01, momentum = 0.9 }`)
---@field epochs? integer Passes over the client's samples a round: one, or as many as steps take, without it.
---@field steps? integer Batches a round, at most where there are epochs too; all of the epochs without it.
---@field batch? integer Samples in a batch. Must be at least 1. (default `32`)
---@field local_parameters? string|string[]|function What never leaves the client: "batch_norm", "head" (the last layer), "none", names of parameters or layers, or a function of a parameter's name; without it, as the algorithm has it.
---@field keep_optimizer? boolean Whether momentum lives on from round to round. (default `false`)
---@field loss? string|(fun(model: fed.Model, batch: fed.TrainingBatch, draw: fed.Draws): fed.Tensor) "cross_entropy", "mse" or "binary_cross_entropy" of the model's output; or a function of (model, batch, draw) that returns a tensor of one number: batch has inputs and labels, draw gives random tensors. It is traced as a module's `forward` is, see fed.nn.module. (default `"cross_entropy"`)
---@field traced? boolean Whether models run by plans, on all threads; off, everything runs operation by operation, a script's on one. (default `true`)
---@field label_smoothing? number Share of the target spread over all classes. Must be from 0 to 1. (default `0`)
---@field augment? fed.Augmentation Random changes of pictures, from fed.images.augment.
---@field mu? number Weight of the proximal term, which holds clients near the global model. Must be at least 0. (default `0.01`)
---@field local_batch_norm? boolean The same as local_parameters = "batch_norm". (default `false`)

---Local batch normalization and a proximal term together.
---
---Returns: The way to train.
---
---Source: Karami et al., 2025, https://arxiv.org/abs/2507.23638, section III-A
---@param options? fed.local_training.fedbn_prox.Options Optimizer, epochs and batches, and what is the algorithm's own.
---@return fed.LocalTraining
function local_training.fedbn_prox(options) end

---@class fed.local_training.feddyn.Options
---@field optimizer? fed.Optimizer From fed.optim. (default `fed.optim.sgd { lr = 0.01, momentum = 0.9 }`)
---@field epochs? integer Passes over the client's samples a round: one, or as many as steps take, without it.
---@field steps? integer Batches a round, at most where there are epochs too; all of the epochs without it.
---@field batch? integer Samples in a batch. Must be at least 1. (default `32`)
---@field local_parameters? string|string[]|function What never leaves the client: "batch_norm", "head" (the last layer), "none", names of parameters or layers, or a function of a parameter's name; without it, as the algorithm has it.
---@field keep_optimizer? boolean Whether momentum lives on from round to round. (default `false`)
---@field loss? string|(fun(model: fed.Model, batch: fed.TrainingBatch, draw: fed.Draws): fed.Tensor) "cross_entropy", "mse" or "binary_cross_entropy" of the model's output; or a function of (model, batch, draw) that returns a tensor of one number: batch has inputs and labels, draw gives random tensors. It is traced as a module's `forward` is, see fed.nn.module. (default `"cross_entropy"`)
---@field traced? boolean Whether models run by plans, on all threads; off, everything runs operation by operation, a script's on one. (default `true`)
---@field label_smoothing? number Share of the target spread over all classes. Must be from 0 to 1. (default `0`)
---@field augment? fed.Augmentation Random changes of pictures, from fed.images.augment.
---@field alpha? number Weight of the dynamic term. Must be above 0. (default `0.01`)

---A term of each client's own, which makes their optima meet at that of the sum.
---
---Returns: The way to train.
---
---Source: Acar et al., ICLR 2021, https://arxiv.org/abs/2111.04263, algorithm 1
---@param options? fed.local_training.feddyn.Options Optimizer, epochs and batches, and what is the algorithm's own.
---@return fed.LocalTraining
function local_training.feddyn(options) end

---@class fed.local_training.fednova.Options
---@field optimizer? fed.Optimizer From fed.optim. (default `fed.optim.sgd { lr = 0.01, momentum = 0.9 }`)
---@field epochs? integer Passes over the client's samples a round: one, or as many as steps take, without it.
---@field steps? integer Batches a round, at most where there are epochs too; all of the epochs without it.
---@field batch? integer Samples in a batch. Must be at least 1. (default `32`)
---@field local_parameters? string|string[]|function What never leaves the client: "batch_norm", "head" (the last layer), "none", names of parameters or layers, or a function of a parameter's name; without it, as the algorithm has it.
---@field keep_optimizer? boolean Whether momentum lives on from round to round. (default `false`)
---@field loss? string|(fun(model: fed.Model, batch: fed.TrainingBatch, draw: fed.Draws): fed.Tensor) "cross_entropy", "mse" or "binary_cross_entropy" of the model's output; or a function of (model, batch, draw) that returns a tensor of one number: batch has inputs and labels, draw gives random tensors. It is traced as a module's `forward` is, see fed.nn.module. (default `"cross_entropy"`)
---@field traced? boolean Whether models run by plans, on all threads; off, everything runs operation by operation, a script's on one. (default `true`)
---@field label_smoothing? number Share of the target spread over all classes. Must be from 0 to 1. (default `0`)
---@field augment? fed.Augmentation Random changes of pictures, from fed.images.augment.

---Updates divided by the work done, so that clients with more steps do not pull the model to themselves. Needs an optimizer of fed.optim.sgd.
---
---Returns: The way to train.
---
---Source: Wang et al., NeurIPS 2020, https://arxiv.org/abs/2007.07481, equations 6 and 7
---@param options? fed.local_training.fednova.Options Optimizer, epochs and batches, and what is the algorithm's own.
---@return fed.LocalTraining
function local_training.fednova(options) end

---The last layer never leaves the client, or what local_parameters says.
---
---Returns: The way to train.
---
---Source: Arivazhagan et al., 2019, https://arxiv.org/abs/1912.00818
---@param options? fed.local_training.fednova.Options Optimizer, epochs and batches, and what is the algorithm's own.
---@return fed.LocalTraining
function local_training.fedper(options) end

---Local training with a proximal term: mu holds clients near the global model.
---
---Returns: The way to train.
---
---Source: Li et al., MLSys 2020, https://arxiv.org/abs/1812.06127
---@param options? fed.local_training.fedbn_prox.Options Optimizer, epochs and batches, and what is the algorithm's own.
---@return fed.LocalTraining
function local_training.fedprox(options) end

---@class fed.local_training.fedrep.Options
---@field optimizer? fed.Optimizer From fed.optim. (default `fed.optim.sgd { lr = 0.01, momentum = 0.9 }`)
---@field epochs? integer Passes over the client's samples a round: one, or as many as steps take, without it.
---@field steps? integer Batches a round, at most where there are epochs too; all of the epochs without it.
---@field batch? integer Samples in a batch. Must be at least 1. (default `32`)
---@field local_parameters? string|string[]|function What never leaves the client: "batch_norm", "head" (the last layer), "none", names of parameters or layers, or a function of a parameter's name; without it, as the algorithm has it.
---@field keep_optimizer? boolean Whether momentum lives on from round to round. (default `false`)
---@field loss? string|(fun(model: fed.Model, batch: fed.TrainingBatch, draw: fed.Draws): fed.Tensor) "cross_entropy", "mse" or "binary_cross_entropy" of the model's output; or a function of (model, batch, draw) that returns a tensor of one number: batch has inputs and labels, draw gives random tensors. It is traced as a module's `forward` is, see fed.nn.module. (default `"cross_entropy"`)
---@field traced? boolean Whether models run by plans, on all threads; off, everything runs operation by operation, a script's on one. (default `true`)
---@field label_smoothing? number Share of the target spread over all classes. Must be from 0 to 1. (default `0`)
---@field augment? fed.Augmentation Random changes of pictures, from fed.images.augment.
---@field head_epochs? integer Passes in which what stays at the client is fitted, before the rest. Must be at least 1. (default `1`)

---As fedper; what stays is fitted first while the rest stands still, then the rest while it does.
---
---Returns: The way to train.
---
---Source: Collins et al., ICML 2021, https://arxiv.org/abs/2102.07078, algorithm 1
---@param options? fed.local_training.fedrep.Options Optimizer, epochs and batches, and what is the algorithm's own.
---@return fed.LocalTraining
function local_training.fedrep(options) end

---Steps corrected by what a client's gradients differ from everybody's. Needs an optimizer of fed.optim.sgd.
---
---Returns: The way to train.
---
---Source: Karimireddy et al., ICML 2020, https://arxiv.org/abs/1910.06378, algorithm 1, option II
---@param options? fed.local_training.fednova.Options Optimizer, epochs and batches, and what is the algorithm's own.
---@return fed.LocalTraining
function local_training.scaffold(options) end

return local_training
