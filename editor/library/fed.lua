---@meta fed
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Federated learning under attack.
---@class fed
---@field aggregators fed.aggregators Rules that turn many updates into one. Each makes an aggregator from its options.
---@field attacks fed.attacks What Byzantine clients do. Wherever an attack is taken it may be one of these, a function of an AttackContext, or a table of hooks.
---@field data fed.data Data sets: labelled samples, read from files or made up.
---@field debug fed.debug A look inside of scripts that run.
---@field detection fed.detection Scores that tell attacked inputs from others, and thresholds for them.
---@field diffusion fed.diffusion Diffusion models: schedules, denoisers, losses and samplers.
---@field evaluate fed.evaluate Measures robustness, and looks for what makes such measures worthless.
---@field images fed.images Pictures as tensors: reading, writing, resizing, cropping and random changes.
---@field linalg fed.linalg Eigenvalues and least squares of small matrices.
---@field local_training fed.local_training Ways for a client to train between receiving the global model and sending its update.
---@field math fed.math Clustering and statistics on a few numbers a client.
---@field metrics fed.metrics Measures of models and detectors.
---@field models fed.models Networks by name; all return logits.
---@field nn fed.nn Layers, and models made of them.
---@field objectives fed.objectives Losses beyond the usual ones.
---@field optim fed.optim Optimizers, learning-rate schedules and averages of weights.
---@field partition fed.partition Ways to deal a data set out to clients.
---@field personalization fed.personalization Models of which each client keeps a part.
---@field plot fed.plot Written in Lua.
---@field policy fed.policy Rules and attacks of others, run with limits.
---@field preaggregators fed.preaggregators What changes updates before a rule combines them.
---@field purification fed.purification Cleans inputs before the model answers.
---@field recipes fed.recipes Published systems, each of parts that can be exchanged.
---@field schedules fed.schedules When and how strong something acts: functions of the round.
---@field server fed.server How the server moves the global model by what its rule decided: server_optimizer of fed.simulation. Running statistics are added as they are.
---@field spec fed.spec Describes what scripts should do and checks it.
---@field util fed.util Small helpers for rules, whose cost grows with the clients alone.
---@field smoke boolean Whether --smoke asked for tiny sizes.
local fed = {}

---@class fed.aggregator.Options
---@field f? integer Byzantine clients that the rule claims to bear.
---@field on_save? (fun(): fed.Memory) Returns what the rule remembers, for a checkpoint.
---@field on_load? (fun(memory: fed.Memory)) Takes back what `on_save` returned.
---@field unchecked? boolean Whether the rule is called before anybody looked for what is not finite, since its own functions of updates do: that saves a pass over them. The error is the same. (default `false`)

---Makes an aggregator of a function, to be called like any of `fed.aggregators`.
---
---Returns: The aggregator.
---@param name string What messages call it; of a path with dots, the last word is the rule's name.
---@param rule function Called with a round or nil, the updates, and weights or nil; returns an update [d], or a table of update, weights, flagged and info.
---@param options? fed.aggregator.Options What it claims, and how its memory is saved.
---@return fed.Aggregator
function fed.aggregator(name, rule, options) end

---Makes a vector of evenly spaced numbers.
---
---Returns: The vector.
---@param first number First number.
---@param last number Last number, if a step leads there.
---@param step? number Distance between neighbours. (default `1`)
---@return fed.Tensor
function fed.arange(first, last, step) end

---Calls a function that reads what only the server has, such as test and root data; not at a site.
---
---Returns: What the function returns; nothing at a site of Flower, where its part of the run needs none.
---@param body function The function.
---@return any...
function fed.at_server(body) end

---Makes an attack of a function or of hooks, to be called and joined like any of `fed.attacks`.
---
---Returns: The attack.
---@param name string What messages call it; of a path with dots, the last word is the attack's name.
---@param hooks any A function of an AttackContext, or a table: attack(context); labels(labels, classes, round, stream); data(dataset, client, round, stream, colluders), which returns the samples to train on; triggered(dataset); knowledge; on_save and on_load for what it remembers.
---@return fed.Attack
function fed.attack(name, hooks) end

---Puts tensors one after the other along an axis.
---
---Returns: The tensor.
---@param tensors fed.Tensor[] Tensors whose other sizes are equal.
---@param axis? integer The axis that grows. (default `1`)
---@return fed.Tensor
function fed.concatenate(tensors, axis) end

---Returns how convolutions are computed here.
---
---Returns: `auto`, the fastest way for each shape, or `direct`, the definition's sums alone.
---@return string
function fed.conv() end

---@class fed.define.Options
---@field name? string Its path; without it, the name by which `require` finds the script.
---@field options? table By name: `{ default, sentence }`, or `{ sentence, type = … }` for one that must be given; beside them `type`, `above`, `at_least`, `below`, `at_most`, `one_of`. A nil default with a type stands for an option that may be left out. What stands at the key 1 is about the elements of the table's array part.
---@field returns? string[] Type and sentence of the result: `{ "Aggregator", "The rule." }`. (default `{}`)
---@field errors? string[] When it fails, one sentence each. (default `{}`)
---@field source? string Where it was published.
---@field deviation? string Where it departs from its source.
---@field example? table Code and what it prints: `{ [[print(1)]], prints = "1" }`.
---@field make function Called with the options, checked and filled up, and the function's path; returns the result.
---@field [integer] string What the function does, in one sentence.

---Defines a function with options: checked, explained and completed like those of the host. A script in `fed/aggregators/` or anywhere else returns it.
---
---Returns: The function.
---
---Fails: the definition contradicts itself, such as by a default that it does not allow
---@param definition fed.define.Options What it is, what it takes, and how it is made.
---@return function
function fed.define(definition) end

---@class fed.diff.Options
---@field all? boolean Whether to tell of data, script, arguments, program and result, too, where options differ. (default `false`)

---Tells in what two runs differ: their options, and where these are equal, data, script and program.
---
---Returns: A list of tables: option, such as defense.f, from and to.
---
---Fails: A folder holds no run.
---@param old fed.RecordedRun|string A folder, or one of fed.runs.
---@param new fed.RecordedRun|string Another.
---@param options? fed.diff.Options What to tell.
---@return table[]
function fed.diff(old, new, options) end

---@class fed.evaluate_many.Options
---@field threads? integer Replicas of the model at work; as many as the program may use without it. Must be at least 1.

---Measures many parameter vectors of a model on data, several at once on replicas of the model.
---
---Returns: Accuracies and mean losses: two tensors [m].
---
---Fails: Vectors or data do not fit the model.
---@param model fed.Model The model; its own values stay as they are.
---@param vectors fed.Tensor|number|table A tensor [m, d], one Model:vector a row.
---@param data fed.Dataset A data set.
---@param options? fed.evaluate_many.Options Threads.
---@return fed.Tensor
---@return fed.Tensor
function fed.evaluate_many(model, vectors, data, options) end

---Returns the example that `help` shows for a name.
---
---Returns: The code and what it prints; nil if there is none.
---@param name string Such as `fed.zeros`, `Tensor:matmul` or `fed.aggregators.krum`.
---@return string?
---@return string?
function fed.example(name) end

---Makes a matrix with ones on its diagonal and zeros elsewhere.
---
---Returns: The matrix.
---@param rows integer Rows.
---@param columns? integer Columns; as many as rows by default.
---@param type? string Kind of number. (default `"float32"`)
---@return fed.Tensor
function fed.eye(rows, columns, type) end

---Reads one tensor of a safetensors file.
---
---Returns: The tensor.
---
---Fails: The file is missing or broken; pcall or fed.try catches it.
---@param path string The file.
---@param name? string Its name; a file of one tensor needs none.
---@return fed.Tensor
function fed.from_file(path, name) end

---@class fed.full.Options
---@field type? string Kind of number: float32, float64, int64 or uint8. (default `"float32"`)
---@field [integer] integer Sizes of the axes.

---Makes a tensor of one repeated number.
---
---Returns: The tensor.
---@param sizes? fed.full.Options Sizes of the axes, and the type.
---@param value number The number.
---@return fed.Tensor
function fed.full(sizes, value) end

---Makes a tensor of class labels: whole numbers from 0, as they stand in files.
---
---Returns: The tensor, of type int64.
---@param values integer[] A table of labels.
---@return fed.Tensor
function fed.labels(values) end

---Makes a vector of evenly spaced numbers from one to another.
---
---Returns: The vector.
---@param first number First number.
---@param last number Last number.
---@param count integer How many.
---@return fed.Tensor
function fed.linspace(first, last, count) end

---Reads all tensors of a safetensors file, or of an archive of NumPy, .npz; F16 and BF16 become float32, I8 to I32 int64, BOOL uint8.
---
---Returns: A table from names to tensors and one from names to texts.
---
---Fails: The file is missing or broken; pcall or fed.try catches it.
---@param path string The file.
---@return table
---@return table
function fed.load(path) end

---Calls a function without recording anything for gradients: evaluation and statistics.
---
---Returns: What the function returns.
---@param body function The function.
---@return any...
function fed.no_grad(body) end

---Makes a tensor of ones.
---
---Returns: The tensor.
---@param ... fed.full.Options|integer Sizes of the axes, and the type.
---@return fed.Tensor
function fed.ones(...) end

---Measures how many floating-point operations per second one thread reaches at most, in registers alone.
---
---Returns: Operations per second, a multiplication with an addition counting as two.
---@return number
function fed.peak() end

---@class fed.plan.Options
---@field train? boolean Whether loss and gradient of a training step are planned, and not the output alone. (default `false`)
---@field loss? string|function What training makes small, as for `fit_batch`; cross-entropy without it. Implies `train`.
---@field label_smoothing? number Share of the target spread over all classes. Must be from 0 to 1. (default `0`)
---@field targets? integer[] Shape of targets that are no labels; that of the output for "mse".

---Shows how a model runs on batches of one shape: which operations are joined, what they cost, where they lie.
---
---Returns: The plan; nil and what stands in the way, with the script's line, for a model that runs operation by operation.
---@param model fed.Model The model.
---@param shape integer[] Shape of the batch, the number of samples first.
---@param options? fed.plan.Options What is planned.
---@return fed.Plan?
---@return string?
function fed.plan(model, shape, options) end

---@class fed.pretty.Options
---@field width? integer Columns to use; those of the terminal without it. Must be at least 20.
---@field depth? integer How many tables inside of each other are shown. Must be at least 1. (default `4`)
---@field items? integer Entries of a table that are shown; four times as many numbers. Must be at least 1. (default `50`)
---@field color? boolean Whether to use colors; only on a terminal without it.
---@field image? boolean Whether a tensor is shown as a picture: [h, w], [c, h, w] or [b, c, h, w] with 1 or 3 channels from 0 to 1. (default `false`)

---Returns the text that `fed.show` prints.
---
---Returns: The text.
---@param value any Anything.
---@param options? fed.pretty.Options How to lay it out.
---@return string
function fed.pretty(value, options) end

---@class fed.profile.Options
---@field quiet? boolean Whether to print nothing and only return the numbers. (default `false`)

---Runs a function and prints where its time went: by operations, with rates and memory.
---
---Returns: The numbers: `seconds`, `elsewhere` (outside of operations), and `groups`, the slowest first, each with `name`, `calls`, `seconds`, `flops` and `bytes`; blocks of memory as `fresh_blocks`, `fresh_bytes`, `reused_blocks` and `reused_bytes`. Seconds of several threads add up.
---@param work function Called once, without arguments.
---@param options? fed.profile.Options How to report.
---@return table
function fed.profile(work, options) end

---@class fed.progress.Options
---@field name string What the work is called: sweep.
---@field done integer Parts that are done. Must be at least 0.
---@field total integer Parts in all. Must be at least 1.
---@field note? string What the next part is. (default `""`)

---Tells how far work around runs is, such as a sweep: a bar above those of rounds and clients shows it.
---
---Returns: Nothing.
---@param options fed.progress.Options How far it is.
function fed.progress(options) end

---@class fed.randn.Options
---@field like? fed.Tensor A tensor whose sizes and type are taken; no sizes stand beside it.
---@field type? string float32 or float64; float32 by default, or that of the tensor in like.
---@field seed? integer The same seed gives the same numbers.
---@field stream? fed.Stream Stream to draw from, which moves on; without it and a seed, that of the script.
---@field low? number Smallest value of uniform numbers; the mean of normal ones must be added by hand. (default `0`)
---@field high? number Bound that uniform numbers stay below. (default `1`)
---@field [integer] integer Sizes of the axes.

---Makes a tensor of normal random numbers with mean 0 and deviation 1.
---
---Returns: The tensor.
---@param ... fed.randn.Options|integer Sizes of the axes, and the seed.
---@return fed.Tensor
function fed.randn(...) end

---Returns what `help` knows, as tables: the source of the editor's stubs and of the reference pages.
---
---Returns: { modules =, defined =, scripts = }: the native modules with name, sentence, functions, classes and tables; the functions that scripts defined, in the order of their names; and the source of each script of the library by its name. A function has name, full_name, kind, signature, sentence, parameters, type, returns, errors, source, deviation, code and output.
---@return table
function fed.reference() end

---Opens the folder that a run with record = "folder" left.
---
---Returns: The recorded rounds.
---
---Fails: The folder holds no recorded round.
---@param folder string The folder.
---@return fed.Replay
function fed.replay(folder) end

---@class fed.report.Options
---@field decisions? integer Decisions that are shown at most. Must be at least 0. (default `100`)
---@field lead? string A sentence below it.
---@field pitfalls? table What fed.evaluate.pitfalls found; without it, what it finds in the run.
---@field run? fed.Run|fed.RecordedRun A run, or the folder of one: fed.runs(folder)[1].
---@field sections? table More sections { title =, text =, table =, figures = }: a fed.table, and a list of figures of fed.plot.
---@field settings? table What made it: names and values; of a run, its options without it.
---@field sweep? table A sweep.
---@field title string What stands above.

---Makes one page of HTML about a run or a sweep: summary, curves, clients, decisions, tables with intervals, audit, pitfalls. The file needs nothing else: no scripts, no network.
---
---Returns: The report, with html() and save(path).
---@param options fed.report.Options What it may be told.
---@return table
function fed.report(options) end

---Finds the runs in a folder and in those below it: each folder that was a run_dir.
---
---Returns: The runs, by their paths.
---@param folder string The folder.
---@return fed.RecordedRun[]
function fed.runs(folder) end

---@class fed.save.Options
---@field half? boolean Whether float32 tensors are written in half precision; numbers beyond 65504 become infinite. (default `false`)

---Writes tensors to a safetensors file, replacing it at one stroke; to an archive of NumPy if it ends in .npz.
---
---Returns: true.
---
---Fails: The file cannot be written, as for all that saves; pcall(fed.save, path, tensors) catches it.
---@param path string The file.
---@param tensors fed.Tensor|table A table from names to tensors, or one tensor, which is named "tensor".
---@param metadata? table A table from names to texts, kept with them; an .npz has no place for it.
---@param options? fed.save.Options How numbers are kept.
---@return boolean
function fed.save(path, tensors, metadata, options) end

---@class fed.search_attack.Options
---@field broken? number Accuracy lost at a breakdown; 0 leaves breakdowns out. Must be from 0 to 1. (default `0.2`)
---@field budget? integer Runs of the search; measuring again takes some more. Must be at least 1. (default `80`)
---@field f? integer How many of them lie. Must be at least 1. (default `2`)
---@field fresh_seeds? integer Seeds on which the best are measured again. Must be at least 1. (default `3`)
---@field make? function In its place a function of f that returns a defense that bears so many.
---@field n? integer Clients. Must be at least 4. (default `10`)
---@field rounds? integer Rounds of a run, for the times at which attacks act. Must be at least 2. (default `12`)
---@field rule? any A defense, as of fed.simulation.
---@field seed? integer Seed of the search. Must be at least 0. (default `1`)
---@field simulate? function Called with { attack =, byzantine =, defense =, seed = }, returns a run; without it, small made-up data at n clients that differ.

---Searches the attack that harms a defense most: families of attacks, their strengths, and when they act. What was found is measured again on seeds that the search has not seen, and with fewer and more liars.
---
---Returns: `worst` with attack, strength, schedule, accuracy, its interval and harm; `clean`, the accuracy without an attack; `breakdown` with the fewest liars `f` that break it, nil where none do, their share, and the accuracy by_f; `rows`, all that was tried; `evaluations`. As text, a summary.
---
---Source: Shejwalkar et al., IEEE S&P 2022, https://arxiv.org/abs/2108.10241, on why one attack says little
---@param options? fed.search_attack.Options What it may be told.
---@return table
function fed.search_attack(options) end

---Returns the seed for scripts that choose none.
---
---Returns: The seed given by --seed, or 0.
---@return integer
function fed.seed() end

---Returns the settings of the script: the defaults, with what `--set name=value` says in their place. A value is a number, true or false where it reads like one, else a string.
---
---Returns: A table of values by name.
---
---Fails: A setting has no default, or one of another type.
---@param defaults? table By name; what is set must be one of them and of the same type. Without it, all that is set.
---@return table
function fed.settings(defaults) end

---Prints a value as the prompt shows it: tensors by the width of the terminal, tables sorted, lists of records and columns as tables of one line an entry.
---@param value any Anything.
---@param options? fed.pretty.Options How to lay it out.
function fed.show(value, options) end

---@class fed.simulation.Options
---@field clients fed.Partition|fed.Dataset[] Who takes part: a partition, or a list of data sets.
---@field model fed.Model The model; one made without a seed gets its first values from the run's seed.
---@field rounds integer Rounds to run. Must be at least 1.
---@field test? fed.Dataset Data that measure the model after each round.
---@field root? fed.Dataset Trusted data of the server, of which it makes the root update.
---@field validation? fed.Dataset Data on which rules may measure candidates: round:evaluate and round:shapley.
---@field allow_overlap? boolean Whether a sample may serve two of the roles client, test, root and validation; an error without it. (default `false`)
---@field server_optimizer? fed.ServerOptimizer From fed.server; without it the rule's decision is added as it is.
---@field local_training? fed.LocalTraining|table How clients train. (default `{}`)
---@field statistics? string Running means and variances: aggregated as part of the update, averaged beside it, or reestimated on the root data. Must be one of "aggregated", "averaged", "reestimated". (default `"aggregated"`)
---@field byzantine? integer[] Ids of the clients that attack; no defense can see them. (default `{}`)
---@field fake_clients? integer Byzantine clients without data, with the ids after those of the clients: they count in n, and send what the attack says or nothing. Where nobody else attacks, the attack knows 'global' at most. Must be from 0 to 100000. (default `0`)
---@field f? integer Byzantine clients that the server expects at most; 0 without it. Must be at least 0.
---@field attack? fed.Attack|fed.AttackHooks|(fun(context: fed.AttackContext, honest: fed.Updates, own: fed.Updates): fed.Tensor|fed.Updates|nil)|nil What they do: one of fed.attacks, a function of an AttackContext, or a table of hooks: attack(context), labels(labels, classes, round, stream), data(dataset, client, round, stream, colluders) and vote(context, losses) for round:validate, with knowledge, and local_training for clients that train in their own way.
---@field defense? fed.Aggregator|fed.DefenseHooks|(fun(round: fed.Round, updates: fed.Updates, weights: fed.Tensor?): fed.Tensor|fed.Decision)|nil How updates become one: an aggregator, a function (round, updates), or a table of hooks: before_broadcast(round) ahead of the clients, weigh and aggregate for updates, inspect(batch) -> scores [b] and purify(batch, score) -> inputs where the run answers; with needs = "sum" aggregate gets an UpdateMean in place of the updates, with needs = "gram" weigh gets an UpdateGram.
---@field select_clients? (fun(round: fed.Round): integer[]) Called with the round; returns the ids of its clients.
---@field on_round_start? (fun(round: fed.Round): boolean?) Called with the round before it; true stops the run.
---@field on_round_end? (fun(round: fed.Round, record: fed.RoundRecord): boolean?) Called with the round and its record after it; true stops the run.
---@field clients_per_round? integer How many clients are drawn each round; all without it.
---@field seed? integer Seed of all randomness; that of the program without it.
---@field threads? integer Clients that train at once; as many as the program may use without it.
---@field conv? string How convolutions are computed: auto, or direct for the definition's sums alone; that of the program without it. Must be one of "auto", "direct".
---@field on_failure? string What a failed client does to its round. Must be one of "fail", "skip". (default `"fail"`)
---@field evaluate_every? integer Rounds from one evaluation to the next. Must be at least 1. (default `1`)
---@field record? string|table Folder that keeps each round's updates for fed.replay, or { path =, type = "float16" } for half the room; none without it. Who is Byzantine stands apart, in its folder truth.
---@field run_dir? string Folder for manifest.json, metrics.jsonl, timing.jsonl and checkpoints, which fed.runs and the command `fedlua runs` read; none without it.
---@field checkpoint_every? integer Rounds from one checkpoint in run_dir to the next. Must be at least 1. (default `1`)
---@field resume? boolean|table Whether to go on from the checkpoint in run_dir, if there is one. What made its run is compared, named and refused; { allow = { "rounds", "defense" } } agrees to other options of these names. (default `false`)
---@field allow_changes? boolean Whether resume takes a checkpoint of a run with other data, options or rules, whatever they are. (default `false`)
---@field overwrite? boolean Whether a run in run_dir may be replaced by this one; an error without it. (default `false`)
---@field progress? boolean Whether to show progress on the error output. (default `true`)

---Makes a federated run: clients, a server, an attacker, and rounds one after the other.
---
---Returns: The run.
---
---Fails: Options do not fit together.
---
---Fails: The checkpoint to resume from belongs to another run.
---@param options fed.simulation.Options What makes the run.
---@return fed.Run
function fed.simulation(options) end

---@class fed.sites.Options
---@field names string[] What the sites are called: client 1 is the first of them.
---@field load function Called with a name, and with what the site's own file says of its data; nil where one machine plays all sites. Returns the set.

---Lists the data sets of sites for the clients of a run: on Flower each site loads its own, and no sample leaves it.
---
---Returns: Data sets in the order of the names. At the server they have the right sizes and no samples.
---
---Fails: A site is not connected.
---
---Fails: A set is not like the others.
---@param options fed.sites.Options Who they are, and what loads their data.
---@return fed.Dataset[]
function fed.sites(options) end

---Puts tensors of one shape side by side along a new axis.
---
---Returns: The tensor.
---@param tensors fed.Tensor[] Tensors of one shape.
---@param axis? integer The position of the new axis. (default `1`)
---@return fed.Tensor
function fed.stack(tensors, axis) end

---@class fed.stream.Options
---@field seed? integer Streams of different seeds are independent; without it, the seed of the run.
---@field purpose? string What the numbers are for; streams of different purposes are independent. (default `"script"`)
---@field round? integer Round the numbers are for. Must be at least 0. (default `0`)
---@field client? integer Client the numbers are for. Must be at least 0. (default `0`)

---Makes a stream of random numbers: the same seed and purpose give the same numbers on every machine.
---
---Returns: The stream.
---@param options? fed.stream.Options Where the stream starts.
---@return fed.Stream
function fed.stream(options) end

---@class fed.sweep.Options
---@field depends? string More that results depend on, such as a version: it is hashed as well. (default `""`)
---@field grid table Lists of values by their names, such as { defense = { "mean", "krum" } }; text, numbers or booleans.
---@field measures? string[] Names of the measures; without it, those of the first cell that is run.
---@field on_cell? function Called after each cell with its settings and measures, and { index =, count =, finished =, seconds = }.
---@field order? string[] Names of the grid, slowest first; without it by the alphabet, seeds last.
---@field out string The CSV file.
---@field part? string Which share of the cells this process runs, such as 2/5 for the second of five. (default `"1/1"`)
---@field run function Called with the settings of a cell; returns a table of named measures.
---@field seeds? integer[] Seeds; the name `seed` of the grid.

---Runs an experiment for each combination of settings and each seed. A finished cell is a line of a CSV file under a hash of its settings and of the script's text: it is never run twice, so a sweep that was stopped goes on, a longer list adds what is missing, and several processes may fill one file.
---
---Returns: The sweep: run() runs what is missing and returns all rows, rows() those that are finished, and table(options) a fed.table of them.
---@param options fed.sweep.Options What it may be told.
---@return table
function fed.sweep(options) end

---@class fed.table.Options
---@field by string[] Names whose values stand at the left.
---@field columns? string A name; each of its values becomes a column.
---@field confidence? number How often the intervals are right. Must be above 0 and below 1. (default `0.95`)
---@field digits? integer Digits behind the point. Must be from 0 to 10. (default `2`)
---@field percent? boolean Whether numbers are shown times 100. (default `false`)
---@field rows table A table of named values for each measurement, such as { rule =, seed =, accuracy = }.
---@field values string[] Names of the measures.
---@field worst? string Adds the lowest or the highest mean of each line, such as the accuracy under the worst attack. Must be one of "lowest", "highest".

---Makes a table of means with intervals from rows of named values: those that agree in `by` are one line, and what else tells them apart, such as the seed, is averaged over.
---
---Returns: With `header` and `cells`, and the methods markdown(), latex(), csv() and save(path); as text, aligned.
---@param options fed.table.Options What it may be told.
---@return table
function fed.table(options) end

---Makes a tensor of the numbers in tables.
---
---Returns: The tensor.
---@param values fed.Tensor|number|table A number, or tables of numbers of one shape; the outermost may name a type.
---@param type? string Kind of number; float32 by default.
---@return fed.Tensor
function fed.tensor(values, type) end

---Returns how many columns the terminal has; 80 where there is none.
---
---Returns: Columns.
---@return integer
function fed.terminal_width() end

---Returns how many threads this run may use.
---
---Returns: The number of threads.
---@return integer
function fed.threads() end

---Calls a function and gives nil and a message where it raises an error, such as a file that is not there; an interrupt passes.
---
---Returns: What the function returns; nil and the message, without the script's line, where it fails.
---@param body function The function.
---@param ... any What it is called with.
---@return any...
function fed.try(body, ...) end

---Makes a tensor of uniform random numbers.
---
---Returns: The tensor.
---@param ... fed.randn.Options|integer Sizes of the axes, bounds, and the seed.
---@return fed.Tensor
function fed.uniform(...) end

---@class fed.updates.Options
---@field ids? integer[] Client of each row; those of `like`, or 1 to n.
---@field samples? integer[] Samples of each client; those of `like`, or 1 each.
---@field like? fed.Updates Updates whose layers these have if they are as long, and whose clients if they are as many.

---Makes a matrix of updates by hand, one update a row.
---
---Returns: The updates, as a rule sees them.
---@param rows fed.Updates|fed.Tensor|table A table of rows, or a tensor [n, d].
---@param options? fed.updates.Options Who sent them.
---@return fed.Updates
function fed.updates(rows, options) end

---Calls a function with another way of computing convolutions: direct agrees with exact results within 1e-5, auto within 1e-4.
---
---Returns: What the function returns.
---@param mode string `auto`, the fastest way for each shape, or `direct`, the definition's sums alone. Must be one of "auto", "direct".
---@param body function The function.
---@return any...
function fed.with_conv(mode, body) end

---Calls a function with plans on or off: off, every model runs operation by operation on the tape.
---
---Returns: What the function returns.
---@param on boolean Whether models run by plans where they can.
---@param body function The function; it takes nothing.
---@return any...
function fed.with_plans(on, body) end

---Makes a tensor of zeros.
---
---Returns: The tensor.
---@param ... fed.full.Options|integer Sizes of the axes, and the type.
---@return fed.Tensor
function fed.zeros(...) end

_G.fed = fed

return fed
