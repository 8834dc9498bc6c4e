---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---A defense as a table of hooks, each optional; at least one of weigh, aggregate, inspect, purify and before_broadcast is there.
---@class fed.DefenseHooks
---@field weigh? (fun(round: fed.Round, updates: fed.Updates|fed.UpdateGram): fed.Tensor|number[]) Returns the clients' weights: a tensor [n] by row, or a table by client id. In the mean each multiplies the client's samples, so that 1 for all is FedAvg.
---@field aggregate? fed.Aggregator|(fun(round: fed.Round, updates: fed.Updates|fed.UpdateMean, weights: fed.Tensor?): fed.Tensor|fed.Decision) Makes one update of all: a function, or an aggregator. Weights are those of weigh.
---@field needs? string What it must see: "rows", which is the default, "sum" (aggregate gets an UpdateMean) or "gram" (weigh gets an UpdateGram).
---@field weighting? string With needs = "sum": "samples", which is the default, or "equal".
---@field before_broadcast? (fun(round: fed.Round)) Called before clients get the model; changes nothing of it.
---@field inspect? (fun(inputs: fed.Tensor, stream: fed.Stream): fed.Tensor) Returns a score for each input, [b].
---@field purify? (fun(inputs: fed.Tensor, score: fed.Tensor?, stream: fed.Stream): fed.Tensor) Returns what the model gets in place of the inputs.
---@field name? string What messages and records call it.
---@field on_round_start? (fun(round: fed.Round): boolean?) Called before a round; true stops the run.
---@field on_round_end? (fun(round: fed.Round, record: fed.RoundRecord): boolean?) Called after a round with its record, without `detection`; true stops the run.
---@field on_save? (fun(): fed.Memory) Returns what is remembered, for a checkpoint; needs on_load.
---@field on_load? (fun(memory: fed.Memory)) Takes back what on_save returned; needs on_save.
---@field on_reload? (fun(old: table)) Called with a copy of the old table where the table is a module's and that was reloaded.
---@field [string|integer] any Whatever the defense keeps for itself.

---An attack as a table of hooks, each optional; at least one of attack, labels, data, vote and local_training is there.
---@class fed.AttackHooks
---@field attack? fed.Attack|(fun(context: fed.AttackContext, honest: fed.Updates, own: fed.Updates): fed.Tensor|fed.Updates|nil) Returns what the Byzantine clients send: one [d] for all of them or a row for each [m, d]; nil to be honest.
---@field labels? fed.Attack|(fun(labels: integer[], classes: integer, round: integer, stream: fed.Stream): integer[]?) Returns the labels that a Byzantine client trains on, from 0; nil to leave them.
---@field data? fed.Attack|(fun(data: fed.Dataset, client: integer, round: integer, stream: fed.Stream, colluders: integer[]): fed.Dataset?) Returns the data that a Byzantine client trains on; nil to leave them.
---@field triggered? (fun(data: fed.Dataset): fed.Dataset) Returns test data with the trigger, to measure a backdoor.
---@field vote? (fun(context: fed.AttackContext, losses: fed.Tensor): fed.Tensor?) Returns the losses that a Byzantine client reports to round:validate; nil to be honest.
---@field local_training? fed.LocalTraining|table How Byzantine clients train, if in their own way.
---@field knowledge? string The most that is shown: "global", "own", "cohort" or "everything".
---@field name? string What messages and records call it.
---@field on_round_start? (fun(round: fed.Round): boolean?) Called before a round; true stops the run.
---@field on_round_end? (fun(round: fed.Round, record: fed.RoundRecord): boolean?) Called after a round with its record, without `detection`; true stops the run.
---@field on_save? (fun(): fed.Memory) Returns what is remembered, for a checkpoint; needs on_load.
---@field on_load? (fun(memory: fed.Memory)) Takes back what on_save returned; needs on_save.
---@field on_reload? (fun(old: table)) Called with a copy of the old table where the table is a module's and that was reloaded.
---@field [string|integer] any Whatever the attack keeps for itself.

---What on_save returns and on_load gets back, from a checkpoint with the same bits: a number, a string, a boolean, a tensor, a model, a trainer, a stream, or a table of such values. What the policy would save now has the models and trainers that the saved values go into.
---@class fed.Memory
---@field [string|integer] any Any name or position that the policy chooses.

---A batch as a loss function gets it.
---@class fed.TrainingBatch
---@field inputs fed.Tensor The samples, [b, …].
---@field labels? fed.Tensor Their classes from 0, int64 [b], or the numbers to be met.
---@field [string|integer] any Further tensors, where `fit_batch` or a script gave the batch under names of its own.

---What the functions of fed.local_training.define see: vectors of the trained parameters, and numbers.
---@class fed.AlgorithmState
---@field weights fed.Tensor The client's parameters now.
---@field global fed.Tensor The global parameters of the round.
---@field steps fed.Tensor Steps so far, a tensor of one number.
---@field lr fed.Tensor The learning rate, a tensor of one number.
---@field gradient_weight fed.Tensor The sum of what gradients were multiplied by, a tensor of one number.
---@field client table<string, fed.Tensor> The vectors that the client keeps, by name.
---@field server table<string, fed.Tensor> The vectors of the server, by name.

---What finish of fed.local_training.define returns.
---@class fed.FinishedWork
---@field client? table<string, fed.Tensor> New values of the vectors that the client keeps.
---@field send? table<string, fed.Tensor> The vectors that it sends beside its update.

---What happened in one round: what `run:rounds()` and `run.history` give and `on_round_end` gets.
---@class fed.RoundRecord
---@field number integer Number of the round, from 1.
---@field cohort integer[] Ids of the clients asked, rising.
---@field accuracy? number Share of the test data classified right; nil without test data, or if not measured.
---@field loss? number Mean loss on the test data; nil as accuracy is.
---@field training_loss number Mean of the clients' losses while training, weighted by samples.
---@field update_norm number Norm of what the server added.
---@field seconds number Wall time of the round; no result depends on it.
---@field quarantined integer[] Clients whose update held NaN or an infinity and was left out.
---@field flagged integer[] Clients that the rule holds to be Byzantine.
---@field info any What the rule tells about its decision; nil if nothing.
---@field detection? fed.DetectionRecord How well the flags tell who attacks; nil where nobody does, and for on_round_end.
---@field cost fed.CostRecord What was asked of the clients.
---@field failures fed.FailureRecord[] Clients that sent nothing.
---@field clients fed.ClientRecord[] One for each update that arrived whole, by rising id.

---What one client sent in a round, in numbers.
---@class fed.ClientRecord
---@field id integer Id of the client.
---@field samples integer Samples that it says it has.
---@field training_loss number Mean loss over its local steps; 0 for one that did not train.
---@field norm number Norm of its update as it arrived.
---@field weight? number Share in the aggregate; nil where the rule gives no weights.
---@field flagged boolean Whether the rule holds it to be Byzantine.
---@field reason? string Why the rule decided so, in words.
---@field ledger table<string, number> Named numbers of the rule about the client.

---How well a rule tells who attacks, and what that costs; only the run knows. A measure is nil where there is nothing to measure.
---@class fed.DetectionRecord
---@field precision? number Byzantine clients among the flagged.
---@field recall? number Flagged clients among the Byzantine.
---@field false_positive_rate? number Flagged clients among the honest.
---@field f1? number Harmonic mean of precision and recall.
---@field auroc? number How likely a Byzantine client has more of the ledger's `score` than an honest one.
---@field byzantine_weight? number Share of the aggregate that Byzantine clients have.
---@field byzantine_samples? number Share of the samples that Byzantine clients say they have.
---@field honest_dropped? number Honest clients that take no part in the aggregate.
---@field distance_to_honest? number Distance from the rule's update to the mean of the honest ones, divided by the norm of that mean.

---What was asked of the clients in a round.
---@class fed.CostRecord
---@field exchanges integer How often clients were asked: 1, and 1 more for each `round:ask`.
---@field downloads integer Vectors of parameters sent to clients.
---@field uploads integer Updates that clients sent.

---A client that sent nothing, and why.
---@class fed.FailureRecord
---@field client integer Id of the client.
---@field message string What went wrong.
---@field traceback? string Where, if a script failed.

---What a rule decided: what it may return in place of the update alone, and what calling an aggregator tells.
---@class fed.Decision
---@field update? fed.Tensor The update that the server adds, [d]; a rule must give it.
---@field weights? fed.Tensor|number[] Share of each client: a tensor [n] by row, or a table by client id.
---@field flagged? integer[] Ids of the clients held to be Byzantine.
---@field ledger? table<string, fed.Tensor|number[]> Named numbers, one a client, as a tensor [n] or a table by client id; `score` is what `auroc` is made of.
---@field reasons? table<integer, string> Why, in words, by client id.
---@field info any Anything else to keep in the round's record: numbers, strings and tables of them.

---What stood behind the answers of a run.
---@class fed.AnswerInfo
---@field score? fed.Tensor What `inspect` of the defense returned, [b]; nil without such a hook.
---@field inputs fed.Tensor What the model saw, after `purify`.

---The clients of all rounds as columns of equal length.
---@class fed.LedgerColumns
---@field round integer[] Number of the round.
---@field client integer[] Id of the client.
---@field samples integer[] Samples that it says it has.
---@field norm number[] Norm of its update.
---@field training_loss number[] Mean loss over its local steps.
---@field weight number[] Share in the aggregate; NaN where the rule gives none.
---@field flagged boolean[] Whether the rule flagged it.
---@field reason string[] Why, in words; empty without.
---@field [string|integer] any A list of numbers for each named number of the rule's ledger; NaN where a client has none.

---One recorded round of a run.
---@class fed.ReplayRound
---@field updates fed.Updates What arrived at the server.
---@field round fed.Round The round as the rule knew it.
---@field record fed.RoundRecord What happened.
---@field byzantine integer[] Ids of those who attacked.
---@field honest fed.Updates What would have arrived if nobody attacked.

---What a rule says of a recorded round.
---@class fed.ReplayTrial
---@field number integer Number of the round.
---@field update fed.Tensor What the rule made of it, [d].
---@field record fed.RoundRecord The round with that rule.
---@field decision fed.Decision What the rule decided.
