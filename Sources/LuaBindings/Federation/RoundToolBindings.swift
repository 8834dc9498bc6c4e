import Datasets
import Federation
import LuaRuntime
import Networks
import Tensors

/// Data that a rule may ask about: `"root"`, `"validation"`, or a set.
struct RoundDataArgument: LuaReadable {
  static var luaType: String { "Dataset|string" }

  let data: RoundData

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> RoundDataArgument {
    guard frame.kind(index) == .string else {
      return RoundDataArgument(data: .set(try Dataset.read(frame, index)))
    }
    switch try String.read(frame, index) {
    case "root": return RoundDataArgument(data: .root)
    case "validation": return RoundDataArgument(data: .validation)
    case let name: throw LuaFailure("there are no data '\(name)'; \"root\", \"validation\" or a data set is allowed")
    }
  }

  static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    frame.kind(index) == .string || Dataset.matches(frame, index)
  }
}

/// What to measure: parameter vectors in the place of `round.global`, or updates to be added to it.
typealias VectorsArgument = Either<UpdateMatrix, TensorArgument>

/// What a rule wants trained.
struct TrainingQuestion: LuaOptions {
  var data: RoundDataArgument?
  var labels: Tensor?
  var steps: Int?
  var seed: Int?

  static let fields = Fields<TrainingQuestion> { field in
    field.option("data", \.data, "\"root\", \"validation\", or a data set; root without it.")
    field.option("labels", \.labels, "Labels to train on in place of the true ones: int64 [samples].")
    field.option(
      "steps", \.steps, "Steps to take; as many as local training takes on these data, without it.",
      check: .ifGiven(.atLeast(1)))
    field.option(
      "seed", \.seed,
      "Keys the order of the batches and all that is random. Without it, the order of round.root_update for a single "
        + "question, and its position among several.")
  }

  func request(position: Int?) throws -> TrainingRequest {
    if let labels, labels.elementType != .int64 || labels.shape.count != 1 {
      throw LuaFailure("labels: \(labels.elementType) \(labels.shape) does not fit; int64 [samples] is needed")
    }
    return TrainingRequest(
      data?.data ?? .root, labels: labels?.integers, steps: steps, key: seed ?? position)
  }
}

/// A run whose rule prints something about its round.
private func rule(_ body: String) -> String {
  """
  local learn, kept = fed.data.blobs { train = 90, test = 60, classes = 3 }
  local root, validation = kept:split { test = 0.5, seed = 1 }
  local run = fed.simulation {
    clients = fed.partition.identical(learn, { clients = 3 }), rounds = 1, seed = 1,
    model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
    root = root, validation = validation,
    defense = function(round, updates)
      \(body)
      return updates:mean()
    end,
  }
  run:next_round()
  """
}

extension ClassBuilder where Object == LuaRound {
  mutating func addRoundTraining() {
    method(
      "train",
      "What data would send, trained as a client of this round would be: from the same global parameters, with the "
        + "run's own local training, as in a client's first round.",
      Parameter("question", "Data, labels and steps."), returns: "An update [d].",
      errors: ["The run has no such data, or training failed.", "The round belongs to no run."],
      example: Example(
        rule(#"print(round:train { data = "root" }:eq(round.root_update):min():item(), #round:train { steps = 1 })"#),
        prints: "1.0\t27")
    ) { (r: LuaRound, question: TrainingQuestion) in
      try r.round.train([question.request(position: nil)]).row(0).clone()
    }
    method(
      "train_all", "As train, for many questions at once on all threads of the run.",
      Parameter("questions", "A list of tables as train takes them."),
      returns: "Updates, one a question in their order; their ids count from 1.",
      errors: ["The run has no such data, or training failed.", "The round belongs to no run."],
      example: Example(
        rule(
          """
          local twins = {}
            for seed = 1, 4 do twins[seed] = { data = "root", steps = 3, seed = seed } end
            print(round:train_all(twins))
          """), prints: "4 updates of 27 parameters, clients 1, 2, 3, 4")
    ) { (r: LuaRound, questions: [TrainingQuestion]) in
      try r.round.train(questions.enumerated().map { try $1.request(position: $0 + 1) })
    }
  }

  mutating func addRoundMeasuring() {
    method(
      "evaluate",
      "Measures many parameter vectors on data, at once on all threads of the run; no hook on inputs takes part.",
      Parameter(
        "vectors", "Updates, each of which is added to round.global; or a tensor [m, d] of vectors in its place."),
      Parameter("data", "\"validation\", \"root\", or a data set; validation without it."),
      returns: "Accuracies and mean losses: two tensors [m].",
      errors: ["The run has no such data, or they do not fit the model.", "The round belongs to no run."],
      example: Example(
        rule(
          """
          local accuracy, loss = round:evaluate(updates)
            print(#accuracy, #loss, round:evaluate(round.global:unsqueeze(1), "root").shape[1])
          """), prints: "3\t3\t1")
    ) { (r: LuaRound, vectors: VectorsArgument, data: RoundDataArgument?) in
      let rows = try r.round.vectors(vectors)
      let measured = try r.round.evaluate(rows, on: data?.data ?? .validation)
      return Results(Tensor(measured.map { Float($0.accuracy) }), Tensor(measured.map { Float($0.loss) }))
    }
    method(
      "gradient",
      "The gradient of the mean loss on data with respect to the parameters that travel, in training mode; 0 for running "
        + "statistics.",
      Parameter("vector", "Where: a vector [d] in the place of round.global, which it is without it."),
      Parameter("data", "\"validation\", \"root\", or a data set; validation without it."), returns: "A tensor [d].",
      errors: ["The run has no such data, or they do not fit the model.", "The round belongs to no run."],
      example: Example(
        rule("print(round:gradient():dot(round.root_update):item() < 0)"), prints: "true")
    ) { (r: LuaRound, vector: Tensor?, data: RoundDataArgument?) in
      try r.round.gradient(at: vector ?? r.round.global, on: data?.data ?? .validation)
    }
  }
}

/// How contributions are told apart: `round:shapley(updates, { method = "permutations", permutations = 50 })`.
struct ShapleyOptions: LuaOptions {
  var method = "aumann"
  var permutations = 50
  var antithetic = false
  var weights: WeightsArgument?
  var data: RoundDataArgument?

  static let fields = Fields<ShapleyOptions> { field in
    field.option(
      "method", \.method,
      "aumann: one gradient in the middle of the step; permutations: random orders of joining; leave_one_out.",
      check: .oneOf(["aumann", "permutations", "leave_one_out"]))
    field.option("permutations", \.permutations, "Random orders.", check: .within(1...100_000))
    field.option("antithetic", \.antithetic, "Whether each order counts backwards, too.")
    field.option(
      "weights", \.weights, "Weights in the mean: a table by client id or a tensor by row; samples without it.")
    field.option("data", \.data, "\"validation\", \"root\", or a data set; validation without it.")
  }

  var shapley: ShapleyMethod {
    switch method {
    case "permutations": .permutations(permutations, isAntithetic: antithetic)
    case "leave_one_out": .leaveOneOut
    default: .aumann
    }
  }
}

extension ClassBuilder where Object == LuaRound {
  mutating func addRoundContributions() {
    method(
      "shapley", "Tells what each update took off the loss on data: its Shapley value; above 0 helped.",
      Parameter("updates", "Updates."), Parameter("options", "Method and data."),
      returns: "A tensor [n], and { evaluations = how many losses or gradients that took }.",
      errors: ["The run has no such data, or they do not fit the model.", "The round belongs to no run."],
      source:
        "Shapley, 1953; orders: Ghorbani and Zou, ICML 2019, https://arxiv.org/abs/1904.02868; Aumann and Shapley, 1974",
      example: Example(
        rule(
          """
          local values, info = round:shapley(updates)
            local all, told = round:shapley(updates, { method = "permutations", permutations = 6, antithetic = true })
            print(#values, info.evaluations, told.evaluations <= 8, (values - all):abs():max():item() < 0.01)
          """), prints: "3\t1\ttrue\ttrue")
    ) { (r: LuaRound, updates: UpdateMatrix, options: ShapleyOptions) in
      let found = try r.round.contributions(
        updates, weights: options.weights?.values(for: updates.clientIDs), on: options.data?.data ?? .validation,
        options.shapley)
      let info: LuaRecord = ["evaluations": found.evaluations]
      return Results(Tensor(found.values.map(Float.init)), info)
    }
  }
}

// MARK: Outside of rounds

private struct ManyVectorsOptions: LuaOptions {
  var threads: Int?

  static let fields = Fields<ManyVectorsOptions> { field in
    field.option(
      "threads", \.threads, "Replicas of the model at work; as many as the program may use without it.",
      check: .ifGiven(.atLeast(1)))
  }
}

extension ModuleBuilder {
  mutating func addEvaluateMany() {
    function(
      "evaluate_many", "Measures many parameter vectors of a model on data, several at once on replicas of the model.",
      Parameter("model", "The model; its own values stay as they are."),
      Parameter("vectors", "A tensor [m, d], one Model:vector a row."), Parameter("data", "A data set."),
      Parameter("options", "Threads."), .caller, returns: "Accuracies and mean losses: two tensors [m].",
      errors: ["Vectors or data do not fit the model."],
      example: Example(
        """
        local set = fed.data.blobs { train = 60, classes = 3 }
        local model = fed.models.mlp { inputs = 2, hidden = { 8 }, classes = 3 }
        local vectors = fed.randn { 100, #model:vector(), seed = 1 }
        local accuracy, loss = fed.evaluate_many(model, vectors, set)
        print(#accuracy, loss:min():item() > 0)
        """, prints: "100\ttrue")
    ) { (model: Model, vectors: TensorArgument, data: Dataset, options: ManyVectorsOptions, caller: LuaCaller) in
      let threads = options.threads ?? caller.state.hostSettings.threads
      let measured = try model.evaluate(vectors: vectors.tensor(), on: data, threads: threads)
      return Results(Tensor(measured.map { Float($0.accuracy) }), Tensor(measured.map { Float($0.loss) }))
    }
  }
}

extension Round {
  /// The parameter vectors that an argument stands for.
  func vectors(_ argument: VectorsArgument) throws -> Tensor {
    switch argument {
    case .first(let updates): try added(updates)
    case .second(let rows): try rows.tensor()
    }
  }
}
