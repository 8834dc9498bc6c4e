import LuaRuntime

/// The tables of hooks that scripts hand over, and what their functions get and return.
enum HookTables {
  /// The hooks that defenses and attacks share.
  private static func addEvents(_ field: inout TableShape.Builder) {
    field.add("name", "string?", "What messages and records call it.")
    field.add("on_round_start", "(fun(round: Round): boolean?)?", "Called before a round; true stops the run.")
    field.add(
      "on_round_end", "(fun(round: Round, record: RoundRecord): boolean?)?",
      "Called after a round with its record, without `detection`; true stops the run.")
    field.add("on_save", "(fun(): Memory)?", "Returns what is remembered, for a checkpoint; needs on_load.")
    field.add("on_load", "(fun(memory: Memory))?", "Takes back what on_save returned; needs on_save.")
    field.add(
      "on_reload", "(fun(old: table))?",
      "Called with a copy of the old table where the table is a module's and that was reloaded.")
  }

  static let defense = TableShape(
    "DefenseHooks",
    "A defense as a table of hooks, each optional; at least one of weigh, aggregate, inspect, purify and "
      + "before_broadcast is there.", others: "Whatever the defense keeps for itself."
  ) { field in
    field.add(
      "weigh", "(fun(round: Round, updates: Updates|UpdateGram): Tensor|number[])?",
      "Returns the clients' weights: a tensor [n] by row, or a table by client id. In the mean each multiplies the "
        + "client's samples, so that 1 for all is FedAvg.")
    field.add(
      "aggregate",
      "Aggregator|(fun(round: Round, updates: Updates|UpdateMean, weights: Tensor?): Tensor|Decision)|nil",
      "Makes one update of all: a function, or an aggregator. Weights are those of weigh.")
    field.add(
      "needs", "string?",
      "What it must see: \"rows\", which is the default, \"sum\" (aggregate gets an UpdateMean) or "
        + "\"gram\" (weigh gets an UpdateGram).")
    field.add("weighting", "string?", "With needs = \"sum\": \"samples\", which is the default, or \"equal\".")
    field.add("before_broadcast", "(fun(round: Round))?", "Called before clients get the model; changes nothing of it.")
    field.add("inspect", "(fun(inputs: Tensor, stream: Stream): Tensor)?", "Returns a score for each input, [b].")
    field.add(
      "purify", "(fun(inputs: Tensor, score: Tensor?, stream: Stream): Tensor)?",
      "Returns what the model gets in place of the inputs.")
    addEvents(&field)
  }

  static let attack = TableShape(
    "AttackHooks",
    "An attack as a table of hooks, each optional; at least one of attack, labels, data, vote and "
      + "local_training is there.", others: "Whatever the attack keeps for itself."
  ) { field in
    field.add(
      "attack", "Attack|(fun(context: AttackContext, honest: Updates, own: Updates): Tensor|Updates|nil)|nil",
      "Returns what the Byzantine clients send: one [d] for all of them or a row for each [m, d]; nil to be honest.")
    field.add(
      "labels", "Attack|(fun(labels: integer[], classes: integer, round: integer, stream: Stream): integer[]?)|nil",
      "Returns the labels that a Byzantine client trains on, from 0; nil to leave them.")
    field.add(
      "data",
      "Attack|(fun(data: Dataset, client: integer, round: integer, stream: Stream, colluders: integer[]): Dataset?)|nil",
      "Returns the data that a Byzantine client trains on; nil to leave them.")
    field.add(
      "triggered", "(fun(data: Dataset): Dataset)?", "Returns test data with the trigger, to measure a backdoor.")
    field.add(
      "vote", "(fun(context: AttackContext, losses: Tensor): Tensor?)?",
      "Returns the losses that a Byzantine client reports to round:validate; nil to be honest.")
    field.add("local_training", "LocalTraining|table|nil", "How Byzantine clients train, if in their own way.")
    field.add("knowledge", "string?", "The most that is shown: \"global\", \"own\", \"cohort\" or \"everything\".")
    addEvents(&field)
  }

  static let memory = TableShape(
    "Memory",
    "What on_save returns and on_load gets back, from a checkpoint with the same bits: a number, a string, a "
      + "boolean, a tensor, a model, a trainer, a stream, or a table of such values. What the policy would save now has "
      + "the models and trainers that the saved values go into.",
    others: "Any name or position that the policy chooses.")

  static let batch = TableShape(
    "TrainingBatch", "A batch as a loss function gets it.",
    others: "Further tensors, where `fit_batch` or a script gave the batch under names of its own."
  ) { field in
    field.add("inputs", "Tensor", "The samples, [b, …].")
    field.add("labels", "Tensor?", "Their classes from 0, int64 [b], or the numbers to be met.")
  }

  static let algorithmState = TableShape(
    "AlgorithmState",
    "What the functions of fed.local_training.define see: vectors of the trained parameters, and numbers."
  ) { field in
    field.add("weights", "Tensor", "The client's parameters now.")
    field.add("global", "Tensor", "The global parameters of the round.")
    field.add("steps", "Tensor", "Steps so far, a tensor of one number.")
    field.add("lr", "Tensor", "The learning rate, a tensor of one number.")
    field.add("gradient_weight", "Tensor", "The sum of what gradients were multiplied by, a tensor of one number.")
    field.add("client", "table<string, Tensor>", "The vectors that the client keeps, by name.")
    field.add("server", "table<string, Tensor>", "The vectors of the server, by name.")
  }

  static let finished = TableShape(
    "FinishedWork", "What finish of fed.local_training.define returns."
  ) { field in
    field.add("client", "table<string, Tensor>?", "New values of the vectors that the client keeps.")
    field.add("send", "table<string, Tensor>?", "The vectors that it sends beside its update.")
  }

  static let all = [
    defense, attack, memory, batch, algorithmState, finished, RoundRecordTable.shape, ClientTable.shape,
    DetectionTable.shape, CostTable.shape, FailureTable.shape, DecisionTable.shape, AnswerTable.shape,
    LedgerTable.shape, ReplayRoundTable.shape, ReplayTrialTable.shape,
  ]
}
