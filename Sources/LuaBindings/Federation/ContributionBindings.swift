import Federation
import LuaRuntime
import Tensors

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
        roundScript(
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
