import Datasets
import Federation
import LuaRuntime
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

/// Where and how to measure: the data alone, or `{ data = "root", by_class = true }`.
typealias MeasuringArgument = Either<RoundDataArgument, MeasuringOptions>

struct MeasuringOptions: LuaOptions {
  var data: RoundDataArgument?
  var byClass = false

  static let fields = Fields<MeasuringOptions> { field in
    field.option("data", \.data, "\"validation\", \"root\", or a data set; validation without it.")
    field.option("by_class", \.byClass, "Whether the samples of each class are measured by themselves.")
  }
}

extension MeasuringArgument {
  fileprivate var data: RoundData? {
    switch self {
    case .first(let data): data.data
    case .second(let options): options.data?.data
    }
  }

  fileprivate var isByClass: Bool { if case .second(let options) = self { options.byClass } else { false } }
}

private struct GradientsOptions: LuaOptions {
  var at: Tensor?
  var data: RoundDataArgument?
  var byClass = true

  static let fields = Fields<GradientsOptions> { field in
    field.option("at", \.at, "A vector [d] in the place of round.global, which it is without it.")
    field.option("data", \.data, "\"validation\", \"root\", or a data set; validation without it.")
    field.option("by_class", \.byClass, "Whether each class has a row of its own.")
  }
}

extension ClassBuilder where Object == LuaRound {
  mutating func addRoundMeasuring() {
    method(
      "evaluate",
      "Measures many parameter vectors on data, at once on all threads of the run; no hook on inputs takes part.",
      Parameter(
        "vectors", "Updates, each of which is added to round.global; or a tensor [m, d] of vectors in its place."),
      Parameter(
        "data", "\"validation\", \"root\", or a data set; or a table that says so and how. Validation without it."),
      returns:
        "Accuracies and mean losses: two tensors [m]; with by_class two tensors [m, k], NaN where a class has no sample.",
      errors: ["The run has no such data, or they do not fit the model.", "The round belongs to no run."],
      example: Example(
        roundScript(
          """
          local accuracy, loss = round:evaluate(updates)
          local by_class = round:evaluate(updates, { data = "root", by_class = true })
          print(#accuracy, #loss, by_class.shape[1], by_class.shape[2])
          print(round:evaluate(round.global:unsqueeze(1), "root").shape[1])
          """), prints: "3\t3\t3\t3\n1")
    ) { (r: LuaRound, vectors: VectorsArgument, question: MeasuringArgument?) in
      let rows = try r.round.vectors(vectors), data = question?.data ?? .validation
      guard question?.isByClass == true else {
        let measured = try r.round.evaluate(rows, on: data)
        return Results(Tensor(measured.map { Float($0.accuracy) }), Tensor(measured.map { Float($0.loss) }))
      }
      let measured = try r.round.evaluateByClass(rows, on: data)
      let shape = [measured.count, try r.round.classCount(of: data)], all = measured.flatMap { $0 }
      return Results(
        Tensor(all.map { Float($0.accuracy) }, shape: shape), Tensor(all.map { Float($0.loss) }, shape: shape))
    }
  }

  mutating func addRoundPredictions() {
    method(
      "predictions",
      "Tells what the model at many parameter vectors holds likely: the mean of its softmax over the data. On data in "
        + "which all classes are alike frequent it tells the mix of labels that an update was trained on.",
      Parameter(
        "vectors", "Updates, each of which is added to round.global; or a tensor [m, d] of vectors in its place."),
      Parameter("data", "\"validation\", \"root\", or a data set; validation without it."),
      returns: "A tensor [m, k]; each row sums to 1.",
      errors: [
        "The run has no such data, or they do not fit the model.", "The model gives no score for each class.",
        "The round belongs to no run.",
      ],
      example: Example(
        roundScript(
          """
          local only = round:train { mix = { 0, 0, 1 }, steps = 20 }
          local likely = round:predictions((round.global + only):unsqueeze(1))
          print(likely.shape[2], likely[1]:argmax())
          """), prints: "3\t3")
    ) { (r: LuaRound, vectors: VectorsArgument, data: RoundDataArgument?) in
      try r.round.predictions(r.round.vectors(vectors), on: data?.data ?? .validation)
    }
  }

  mutating func addRoundGradients() {
    method(
      "gradient",
      "The gradient of the mean loss on data with respect to the parameters that travel, in training mode; 0 for running "
        + "statistics.",
      Parameter("vector", "Where: a vector [d] in the place of round.global, which it is without it."),
      Parameter("data", "\"validation\", \"root\", or a data set; validation without it."), returns: "A tensor [d].",
      errors: ["The run has no such data, or they do not fit the model.", "The round belongs to no run."],
      example: Example(
        roundScript("print(round:gradient():dot(round.root_update):item() < 0)"), prints: "true")
    ) { (r: LuaRound, vector: Tensor?, data: RoundDataArgument?) in
      try r.round.gradient(at: vector ?? r.round.global, on: data?.data ?? .validation)
    }
    method(
      "gradients",
      "The gradients of the mean loss on the samples of each class, at once on all threads of the run. They point where "
        + "the loss rises: an update points the other way.",
      Parameter("options", "Where, and on which data."),
      returns:
        "Updates [k, d], a row a class: its id is the class counted from 1, its samples are those of the class; zeros for "
        + "a class without samples. With by_class = false one row for all data.",
      errors: ["The run has no such data, or they do not fit the model.", "The round belongs to no run."],
      example: Example(
        roundScript(
          """
          local cone = round:gradients { data = "root" }
          print(cone)
          print((cone:mean() - round:gradient(nil, "root")):norm():item() < 1e-5)
          """), prints: "3 updates of 27 parameters, clients 1, 2, 3\ntrue")
    ) { (r: LuaRound, options: GradientsOptions) in
      let point = options.at ?? r.round.global, data = options.data?.data ?? .validation
      return try r.round.gradients(at: point, on: data, byClass: options.byClass)
    }
  }
}

extension ClassBuilder where Object == LuaRound {
  mutating func addRoundLastLayer() {
    method(
      "last_layer",
      "Tells what the model's last layer is given for each sample, and what it makes of it: what a class looks like to the "
        + "model. Samples are normalized with the statistics of up to 250 at a time, as in training, and nothing is dropped.",
      Parameter("vector", "Where: a vector [d] in the place of round.global, which it is without it."),
      Parameter(
        "data", "\"validation\", \"root\", a data set, or a list of these one after the other; validation without it."),
      returns:
        "{ inputs = [samples, width], outputs = the scores [samples, k], labels = the class of each sample, from 0, weight "
        + "and bias = names of the layer's parameters, as layers of updates have them }; nil if the model does not end in a "
        + "linear layer that gives scores [b, k].",
      errors: ["The run has no such data, or they do not fit the model.", "The round belongs to no run."],
      example: Example(
        roundScript(
          """
          local last = round:last_layer(nil, "root")
          local weight = updates:with(round.global:expand(updates.n, updates.d)):parameter(last.weight)[1]
          print(last.inputs.shape[2], last.outputs.shape[2], #last.labels == last.inputs.shape[1], last.bias)
          """), prints: "4\t3\ttrue\t3.bias")
    ) { (r: LuaRound, vector: Tensor?, argument: Either<RoundDataArgument, [RoundDataArgument]>?) in
      let data: [RoundData] =
        switch argument {
        case .first(let one): [one.data]
        case .second(let several): several.map(\.data)
        case nil: [.validation]
        }
      return try r.round.lastLayer(at: vector ?? r.round.global, on: data).map { found in
        LuaRecord([
          ("inputs", found.inputs), ("outputs", found.outputs),
          ("labels", Tensor(labels: try r.round.labels(of: data))), ("weight", found.weight), ("bias", found.bias),
        ])
      }
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
