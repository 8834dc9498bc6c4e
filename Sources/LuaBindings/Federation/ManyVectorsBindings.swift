import Datasets
import Federation
import LuaRuntime
import Networks
import Tensors

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
