import Datasets
import Federation
import LuaRuntime
import Tensors

/// What a rule wants trained.
struct TrainingQuestion: LuaOptions {
  var data: RoundDataArgument?
  var labels: Tensor?
  var mix: RealNumbers?
  var samples: Int?
  var replace: Bool?
  var steps: Int?
  var seed: Int?

  static let fields = Fields<TrainingQuestion> { field in
    field.option("data", \.data, "\"root\", \"validation\", or a data set; root without it.")
    field.option("labels", \.labels, "Labels to train on in place of the true ones: int64 [samples].")
    field.option(
      "mix", \.mix,
      "Draws samples so that the classes have these shares, from class 0 on: { p0, p1, … }, divided by their sum.")
    field.option(
      "samples", \.samples, "How many samples to draw; with a mix, as many as the data have without it.",
      check: .ifGiven(.atLeast(1)))
    field.option("replace", \.replace, "Whether a sample may be drawn again; true without it.")
    field.option(
      "steps", \.steps, "Steps to take; as many as local training takes on these data, without it.",
      check: .ifGiven(.atLeast(1)))
    field.option(
      "seed", \.seed,
      "Keys what is drawn, the order of the batches and all that is random. Without it, the order of round.root_update "
        + "for a single question, and its position among several.")
  }

  func request(position: Int?) throws -> TrainingRequest {
    if let labels, labels.elementType != .int64 || labels.shape.count != 1 {
      throw LuaFailure("labels: \(labels.elementType) \(labels.shape) does not fit; int64 [samples] is needed")
    }
    let draws = mix != nil || samples != nil
    if draws, labels != nil {
      throw LuaFailure("options 'labels' and '\(mix == nil ? "samples" : "mix")' do not go together; relabel the data")
    }
    if !draws, replace != nil {
      throw LuaFailure("option 'replace' is for samples that are drawn; give mix or samples")
    }
    return TrainingRequest(
      data?.data ?? .root,
      mix: draws ? ClassMix(shares: mix?.values, count: samples, isReplacing: replace ?? true) : nil,
      labels: labels?.integers, steps: steps, key: seed ?? position)
  }
}

/// Virtual clients: `round:virtual_round { clients = 10, concentration = 0.5 }`.
struct VirtualRoundOptions: LuaOptions {
  var clients = VirtualClients()
  var data: RoundDataArgument?

  static let fields = Fields<VirtualRoundOptions> { field in
    field.option("data", \.data, "\"root\", \"validation\", or a data set; root without it.")
    field.option("clients", \.clients.count, "How many virtual clients.", check: .within(1...10_000))
    field.option(
      "concentration", \.clients.concentration,
      "Of the Dirichlet draw that deals each class among them, as fed.partition.dirichlet has it; above 0.",
      check: .above(0))
    field.option(
      "holdout", \.clients.heldOut, "Share of the data that no client gets, between 0 and 1.",
      check: Check("between 0 and 1") { $0 > 0 && $0 < 1 })
    field.option(
      "samples", \.clients.samples, "Samples of each client; as many as there are to draw from, without it.",
      check: .ifGiven(.atLeast(1)))
    field.option(
      "steps", \.clients.steps, "Steps that everybody takes; as many as local training takes, without it.",
      check: .ifGiven(.atLeast(1)))
    field.option("seed", \.clients.key, "Tells one virtual round from another.")
  }

  var virtualClients: VirtualClients {
    var clients = clients
    clients.data = data?.data ?? .root
    return clients
  }
}

extension ClassBuilder where Object == LuaRound {
  mutating func addRoundTraining() {
    method(
      "train",
      "What data would send, trained as a client of this round would be: from the same global parameters, with the "
        + "run's own local training, as in a client's first round.",
      Parameter("question", "Data, what to draw of them, labels and steps."), .caller, returns: "An update [d].",
      errors: [
        "The run has no such data, or training failed.", "A class of the mix has no sample.",
        "The round belongs to no run.",
      ],
      example: Example(
        roundScript(
          #"print(round:train { data = "root" }:eq(round.root_update):min():item(), #round:train { mix = { 0, 1, 1 }, steps = 1 })"#
        ),
        prints: "1.0\t27")
    ) { (r: LuaRound, question: TrainingQuestion, caller: LuaCaller) in
      try caller.willAllocate(forSamples: [question.samples])
      return try r.round.train([question.request(position: nil)]).row(0).clone()
    }
    method(
      "train_all", "As train, for many questions at once on all threads of the run.",
      Parameter("questions", "A list of tables as train takes them."), .caller,
      returns: "Updates, one a question in their order; their ids count from 1.",
      errors: ["The run has no such data, or training failed.", "The round belongs to no run."],
      example: Example(
        roundScript(
          """
          local twins = {}
          for seed = 1, 4 do twins[seed] = { data = "root", steps = 3, seed = seed } end
          print(round:train_all(twins))
          """), prints: "4 updates of 27 parameters, clients 1, 2, 3, 4")
    ) { (r: LuaRound, questions: [TrainingQuestion], caller: LuaCaller) in
      try caller.willAllocate(forSamples: questions.map(\.samples))
      return try r.round.train(questions.enumerated().map { try $1.request(position: $0 + 1) })
    }
  }

  mutating func addVirtualRound() {
    method(
      "virtual_round",
      "Plays a round with honest clients made of the server's own data: a part is held out, of the rest each class is "
        + "dealt among the clients in shares drawn from a Dirichlet distribution, and each client draws samples in its "
        + "mix, with repeats.",
      Parameter("options", "How many clients, how unlike, and for how long they train."), .caller,
      returns:
        "Updates of the virtual clients, and { mixes = shares of the classes at each client [clients, k], "
        + "root_update = what the held-out part sends [d] }.",
      errors: ["The run has no such data, or too few of them.", "The round belongs to no run."],
      example: Example(
        roundScript(
          """
          local virtual, truth = round:virtual_round { clients = 5, concentration = 0.3, steps = 2 }
          local shares = truth.mixes:sum(2)
          print(virtual.n, truth.mixes.shape[2], (shares - 1):abs():max():item() < 1e-6, #truth.root_update)
          """), prints: "5\t3\ttrue\t27")
    ) { (r: LuaRound, options: VirtualRoundOptions, caller: LuaCaller) in
      try caller.willAllocate(
        forSamples: [Int?](repeating: options.clients.samples, count: options.clients.count))
      let found = try r.round.virtualRound(options.virtualClients), classes = found.mixes[0].count
      let mixes = Tensor(found.mixes.flatMap { $0.map(Float.init) }, shape: [found.mixes.count, classes])
      return Results(found.updates, LuaRecord([("mixes", mixes), ("root_update", found.rootUpdate)]))
    }
  }
}

extension LuaCaller {
  /// Tells of memory for samples that are to be drawn.
  fileprivate func willAllocate(forSamples counts: [Int?]) throws {
    let total = counts.compactMap { $0 }.reduce(0) { sum, count in
      let (result, overflow) = sum.addingReportingOverflow(count)
      return overflow ? Int.max : result
    }
    let (bytes, overflow) = total.multipliedReportingOverflow(by: 32)
    try willAllocate(overflow ? Int.max : bytes)
  }
}
