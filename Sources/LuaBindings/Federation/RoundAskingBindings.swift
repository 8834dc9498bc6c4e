import Federation
import LuaRuntime
import Tensors

private struct AskOptions: LuaOptions {
  var question = ClientQuestion()

  static let fields = Fields<AskOptions> { field in
    field.option("clients", \.question.clients, "Ids of clients of the cohort; all of it without it.")
    field.option(
      "global", \.question.global, "Where they start: a vector [d] in the place of round.global.")
    field.option(
      "steps", \.question.steps, "Steps to take; as many as local training takes, without it.",
      check: .ifGiven(.atLeast(1)))
    field.option(
      "seed", \.question.key,
      "Keys the order of the batches and all that is random; without it, each exchange of a round has another order.")
  }
}

/// Who measures in `round:validate`.
private enum Validators: String, LuaEnumeration {
  case clients, server
}

private struct ValidateOptions: LuaOptions {
  var by = Validators.clients
  var clients: [Int]?
  var perClass = false

  static let fields = Fields<ValidateOptions> { field in
    field.option("by", \.by, "Who measures: clients on their own data, or the server on the validation data.")
    field.option("clients", \.clients, "Ids of clients of the cohort; all of it without it.")
    field.option("per_class", \.perClass, "Whether the loss of each class is wanted.")
  }
}

/// A run of four clients, the last of which lies.
private func script(_ body: String, attack: String) -> String {
  """
  local learn = fed.data.blobs { train = 90, classes = 3 }
  local run = fed.simulation {
    clients = fed.partition.identical(learn, { clients = 4 }), rounds = 1, seed = 1,
    model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
    byzantine = { 4 }, attack = \(attack),
    defense = function(round, updates)
      \(body.replacing("\n", with: "\n    "))
      return updates:mean()
    end,
  }
  local record = run:next_round()
  """
}

extension ClassBuilder where Object == LuaRound {
  mutating func addRoundAsking() {
    method(
      "ask",
      "Asks clients of the cohort to train once more inside the round: from the same parameters or from others, for more "
        + "or fewer steps. What clients keep from round to round stays as it was. Byzantine clients answer as their attack "
        + "says, whose context.exchange is then above 1. Clients that fail, where the round goes on without them, and "
        + "answers with NaN are left out. The record counts it in cost.",
      Parameter("options", "Whom to ask, and for what."),
      returns: "Updates, minus the parameters where the clients started; their ids rise.",
      errors: ["A client is not in the cohort, or failed.", "The round belongs to no run."],
      example: Example(
        script(
          """
          local again = round:ask { clients = { 2, 4 }, global = round.global + updates:mean(), steps = 2 }
          print(again, again.tensor[2]:norm():item())
          """, attack: "function(context) return context.own.tensor * (2 - context.exchange) end")
          + "\nprint(record.cost.exchanges, record.cost.uploads)",
        prints: "2 updates of 27 parameters, clients 2, 4\t0.0\n2\t6")
    ) { (r: LuaRound, options: AskOptions) in try r.round.ask(options.question) }
  }

  mutating func addRoundValidation() {
    method(
      "validate",
      "Measures parameter vectors on the data of clients, by the clients themselves, each with what it keeps for itself in "
        + "the model. Byzantine clients report what the hook vote(context, losses) of their attack returns.",
      Parameter(
        "vectors", "Updates, each of which is added to round.global; or a tensor [m, d] of vectors in its place."),
      Parameter("options", "Who measures."),
      returns:
        "Mean losses [clients, m], with per_class [clients, m, k], and the ids of the rows; by the server one row and no id.",
      errors: ["A client is not in the cohort.", "The round belongs to no run."],
      example: Example(
        script(
          """
          local losses, ids = round:validate(updates)
          print(losses.shape[1], losses.shape[2], ids[4], losses[4]:max():item())
          """, attack: "{ vote = function(context, losses) return losses * 0 end }"),
        prints: "4\t4\t4\t0.0")
    ) { (r: LuaRound, vectors: VectorsArgument, options: ValidateOptions) in
      let rows = try r.round.vectors(vectors)
      if options.by == .clients {
        let (losses, ids) = try r.round.validate(rows, clients: options.clients, byClass: options.perClass)
        return Results(losses, ids)
      }
      if options.clients != nil { throw LuaFailure("option 'clients' is for by = \"clients\"; the server is one") }
      let losses = try r.round.losses(rows, on: .validation, byClass: options.perClass)
      return Results(try losses.unsqueeze(0), [])
    }
  }
}

extension Round {
  /// Mean losses `[m]`, or `[m, k]` by class.
  fileprivate func losses(_ rows: Tensor, on data: RoundData, byClass: Bool) throws -> Tensor {
    guard byClass else { return Tensor(try evaluate(rows, on: data).map { Float($0.loss) }) }
    let measured = try evaluateByClass(rows, on: data)
    return Tensor(
      measured.flatMap { $0.map { Float($0.loss) } }, shape: [measured.count, try classCount(of: data)])
  }
}
