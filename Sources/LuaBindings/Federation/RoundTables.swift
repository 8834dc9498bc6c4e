import Federation
import LuaRuntime
import Tensors

/// What a round cost: `record.cost`.
enum CostTable: LuaTableShape {
  static let shape = TableShape("CostRecord", "What was asked of the clients in a round.") { field in
    field.add("exchanges", Int.self, "How often clients were asked: 1, and 1 more for each `round:ask`.")
    field.add("downloads", Int.self, "Vectors of parameters sent to clients.")
    field.add("uploads", Int.self, "Updates that clients sent.")
  }
}

/// A client that sent nothing: `record.failures[1]`.
enum FailureTable: LuaTableShape {
  static let shape = TableShape("FailureRecord", "A client that sent nothing, and why.") { field in
    field.add("client", Int.self, "Id of the client.")
    field.add("message", String.self, "What went wrong.")
    field.add("traceback", String?.self, "Where, if a script failed.")
  }
}

/// What one client sent: `record.clients[1]`.
enum ClientTable: LuaTableShape {
  static let shape = TableShape("ClientRecord", "What one client sent in a round, in numbers.") { field in
    field.add("id", Int.self, "Id of the client.")
    field.add("samples", Int.self, "Samples that it says it has.")
    field.add("training_loss", Double.self, "Mean loss over its local steps; 0 for one that did not train.")
    field.add("norm", Double.self, "Norm of its update as it arrived.")
    field.add("weight", Double?.self, "Share in the aggregate; nil where the rule gives no weights.")
    field.add("flagged", Bool.self, "Whether the rule holds it to be Byzantine.")
    field.add("reason", String?.self, "Why the rule decided so, in words.")
    field.add("ledger", "table<string, number>", "Named numbers of the rule about the client.")
  }
}

/// How well the flags tell who attacks: `record.detection`.
enum DetectionTable: LuaTableShape {
  static let shape = TableShape(
    "DetectionRecord",
    "How well a rule tells who attacks, and what that costs; only the run knows. A measure is nil where there is nothing "
      + "to measure."
  ) { field in
    field.add("precision", Double?.self, "Byzantine clients among the flagged.")
    field.add("recall", Double?.self, "Flagged clients among the Byzantine.")
    field.add("false_positive_rate", Double?.self, "Flagged clients among the honest.")
    field.add("f1", Double?.self, "Harmonic mean of precision and recall.")
    field.add(
      "auroc", Double?.self, "How likely a Byzantine client has more of the ledger's `score` than an honest one.")
    field.add("byzantine_weight", Double?.self, "Share of the aggregate that Byzantine clients have.")
    field.add("byzantine_samples", Double?.self, "Share of the samples that Byzantine clients say they have.")
    field.add("honest_dropped", Double?.self, "Honest clients that take no part in the aggregate.")
    field.add(
      "distance_to_honest", Double?.self,
      "Distance from the rule's update to the mean of the honest ones, divided by the norm of that mean.")
  }
}

/// What happened in one round: what `run:rounds()` gives and `on_round_end` gets.
enum RoundRecordTable: LuaTableShape {
  static let shape = TableShape(
    "RoundRecord", "What happened in one round: what `run:rounds()` and `run.history` give and `on_round_end` gets."
  ) { field in
    field.add("number", Int.self, "Number of the round, from 1.")
    field.add("cohort", [Int].self, "Ids of the clients asked, rising.")
    field.add(
      "accuracy", Double?.self, "Share of the test data classified right; nil without test data, or if not measured.")
    field.add("loss", Double?.self, "Mean loss on the test data; nil as accuracy is.")
    field.add("training_loss", Double.self, "Mean of the clients' losses while training, weighted by samples.")
    field.add("update_norm", Double.self, "Norm of what the server added.")
    field.add("seconds", Double.self, "Wall time of the round; no result depends on it.")
    field.add("quarantined", [Int].self, "Clients whose update held NaN or an infinity and was left out.")
    field.add("flagged", [Int].self, "Clients that the rule holds to be Byzantine.")
    field.add("info", "any", "What the rule tells about its decision; nil if nothing.")
    field.add(
      "detection", ShapedRecord<DetectionTable>?.self,
      "How well the flags tell who attacks; nil where nobody does, and for on_round_end.")
    field.add("cost", ShapedRecord<CostTable>.self, "What was asked of the clients.")
    field.add("failures", [ShapedRecord<FailureTable>].self, "Clients that sent nothing.")
    field.add("clients", [ShapedRecord<ClientTable>].self, "One for each update that arrived whole, by rising id.")
  }
}

/// What a rule decided, and what a rule of a script may return.
enum DecisionTable: LuaTableShape {
  static let shape = TableShape(
    "Decision",
    "What a rule decided: what it may return in place of the update alone, and what calling an aggregator tells."
  ) { field in
    field.add("update", Tensor?.self, "The update that the server adds, [d]; a rule must give it.")
    field.add("weights", "Tensor|number[]?", "Share of each client: a tensor [n] by row, or a table by client id.")
    field.add("flagged", [Int]?.self, "Ids of the clients held to be Byzantine.")
    field.add(
      "ledger", "table<string, Tensor|number[]>?",
      "Named numbers, one a client, as a tensor [n] or a table by client id; `score` is what `auroc` is made of.")
    field.add("reasons", "table<integer, string>?", "Why, in words, by client id.")
    field.add("info", "any", "Anything else to keep in the round's record: numbers, strings and tables of them.")
  }
}

/// `run:predict` beside the labels.
enum AnswerTable: LuaTableShape {
  static let shape = TableShape("AnswerInfo", "What stood behind the answers of a run.") { field in
    field.add("score", Tensor?.self, "What `inspect` of the defense returned, [b]; nil without such a hook.")
    field.add("inputs", Tensor.self, "What the model saw, after `purify`.")
  }
}

/// All ledgers of a run as columns.
enum LedgerTable: LuaTableShape {
  static let shape = TableShape(
    "LedgerColumns", "The clients of all rounds as columns of equal length.",
    others: "A list of numbers for each named number of the rule's ledger; NaN where a client has none."
  ) { field in
    field.add("round", [Int].self, "Number of the round.")
    field.add("client", [Int].self, "Id of the client.")
    field.add("samples", [Int].self, "Samples that it says it has.")
    field.add("norm", [Double].self, "Norm of its update.")
    field.add("training_loss", [Double].self, "Mean loss over its local steps.")
    field.add("weight", [Double].self, "Share in the aggregate; NaN where the rule gives none.")
    field.add("flagged", [Bool].self, "Whether the rule flagged it.")
    field.add("reason", [String].self, "Why, in words; empty without.")
  }
}

/// One round of a recording: `replay:round(1)`.
enum ReplayRoundTable: LuaTableShape {
  static let shape = TableShape("ReplayRound", "One recorded round of a run.") { field in
    field.add("updates", UpdateMatrix.self, "What arrived at the server.")
    field.add("round", LuaRound.self, "The round as the rule knew it.")
    field.add("record", ShapedRecord<RoundRecordTable>.self, "What happened.")
    field.add("byzantine", [Int].self, "Ids of those who attacked.")
    field.add("honest", UpdateMatrix.self, "What would have arrived if nobody attacked.")
  }
}

/// What another rule would have done in a recorded round.
enum ReplayTrialTable: LuaTableShape {
  static let shape = TableShape("ReplayTrial", "What a rule says of a recorded round.") { field in
    field.add("number", Int.self, "Number of the round.")
    field.add("update", Tensor.self, "What the rule made of it, [d].")
    field.add("record", ShapedRecord<RoundRecordTable>.self, "The round with that rule.")
    field.add("decision", ShapedRecord<DecisionTable>.self, "What the rule decided.")
  }
}
