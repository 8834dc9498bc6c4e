---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---A federated run between two of its rounds.
---@class fed.Run
---@field defense any How updates become one; may be exchanged between two rounds, and nil averages by samples.
---@field attack any What the Byzantine clients do; may be exchanged between two rounds.
---@field local_training any How clients train; may be exchanged between two rounds. nil until then.
---@field total integer Rounds in all; may be changed between two rounds.
---@field is_stopped boolean Whether a policy stopped the run; set it to false to go on.
---@field history fed.History Records of the finished rounds.
---@field settings table The options of the run as texts by their names, such as defense.
---@field completed integer Number of finished rounds.
---@field seed integer Seed of all randomness.
---@field byzantine integer[] Ids of the clients that attack.
---@field data_audit? string What an audit says of the run's data in one line; nil for data without pictures.
---@field d integer Length of an update.
---@field layers string[] Names of the parameters that an update carries.
---@field model fed.Model A copy of the global model.
---@field digest string SHA-256 of the global model's values: equal digests mean equal bits.
local Run = {}

---Walks over the rounds that are left; between two of them everything may be looked at and exchanged.
---
---Returns: An iterator over the records of the rounds.
---
---Fails: A policy, a client or the data failed; the run is as it was before the round.
---@return fun(): fed.RoundRecord?
function Run:rounds() end

---Runs one round.
---
---Returns: Its record, or nil when all are done or the run is stopped.
---@return fed.RoundRecord?
function Run:next_round() end

---Measures the global model, or the one that a client uses, through `inspect` and `purify` of the defense.
---
---Returns: Share of samples classified right, and mean loss.
---@param data fed.Dataset A data set.
---@param client? integer Id of a client, whose own parameters, such as local batch normalization, take part.
---@return number
---@return number
function Run:evaluate(data, client) end

---Copies the model that a client uses: the global one with the client's own parameters in it.
---
---Returns: The model.
---@param client integer Id of a client.
---@return fed.Model
function Run:client_model(client) end

---Tells of each client in each round what it sent and what the defense found, as columns of equal length: round, client, samples, norm, training_loss, weight, flagged, reason, and the named numbers of the defense. What a client has not is NaN, or an empty word.
---
---Returns: A table of lists.
---@return fed.LedgerColumns
function Run:ledger() end

---Answers for inputs with the global model, through `inspect` and `purify` of the defense.
---
---Returns: Labels from 0, an int64 tensor [b], and { score = tensor [b] or nil, inputs = what the model saw }.
---
---Fails: A hook failed, or returned scores or inputs of another shape, or NaN.
---@param inputs fed.Tensor A tensor [b, …].
---@return fed.Tensor
---@return fed.AnswerInfo
function Run:predict(inputs) end

---Writes a checkpoint: model, clients' states, history and what policies remember.
---
---Returns: true.
---
---Fails: The file cannot be written; pcall catches it.
---@param path string A .safetensors file; replaced as a whole.
---@return boolean
function Run:save(path) end

---@class Run.load.Options
---@field allow? string[] Names of options of fed.simulation in which the file's run may differ, beside defense and attack. (default `{}`)
---@field allow_changes? boolean Whether the file may be of a run with other data and options, whatever they are. (default `false`)

---Brings back what save wrote; the run goes on with the same bits.
---
---Returns: true.
---
---Fails: The file cannot be read, is no checkpoint, or one of another run; pcall or fed.try catches it.
---@param path string A file written by save.
---@param options? Run.load.Options What may differ.
---@return boolean
function Run:load(path, options) end

---@class Run.fork.Options
---@field defense? any Another defense for the new run; the same without it.
---@field attack? any Another attack for the new run; the same without it.
---@field run_dir? string Folder for the new run's own records; none without it.

---Makes a second run that goes on from here: the same model, clients, history and random streams, and the rules' memories copied by on_save and on_load. Each may then be changed; one that is not ends as an undisturbed run.
---
---Returns: The new run.
---
---Fails: A round is under way.
---@param options? Run.fork.Options What is different in the new run.
---@return fed.Run
function Run:fork(options) end

return Run
