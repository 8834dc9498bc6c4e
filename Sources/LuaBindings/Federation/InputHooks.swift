import Federation
import LuaRuntime
import Tensors

/// The hooks of a defense that act where a run answers for inputs.
extension Defense {
  /// `inspect(batch, stream)` returns a score an input.
  static func inspection(_ hook: LuaFunction, name: String) -> (InputBatch) throws -> Tensor {
    { batch in
      let result = try hook(batch.inputs, Stream(batch.stream("inspect")), returning: LuaValue.self)
      return try tensor(result, of: "\(name): inspect", batch, needed: "scores [\(batch.inputs.shape[0])]")
    }
  }

  /// `purify(batch, score, stream)` returns what the model gets.
  static func purification(_ hook: LuaFunction, name: String) -> (InputBatch, Tensor?) throws -> Tensor {
    { batch, scores in
      let result = try hook(batch.inputs, scores, Stream(batch.stream("purify")), returning: LuaValue.self)
      return try tensor(result, of: "\(name): purify", batch, needed: "inputs \(batch.inputs.shape)")
    }
  }

  private static func tensor(_ value: LuaValue, of hook: String, _ batch: InputBatch, needed: String) throws -> Tensor {
    guard let argument = value.as(TensorArgument.self) else {
      throw FederationError.inputHook(
        hook, round: batch.round, problem: "it returned \(value.article)", allowed: "\(needed) are needed")
    }
    return try argument.tensor()
  }
}

extension ClassBuilder where Object == LuaRun {
  mutating func addRunAnswers(after making: String) {
    method(
      "predict", "Answers for inputs with the global model, through `inspect` and `purify` of the defense.",
      Parameter("inputs", "A tensor [b, …]."),
      returns: "Labels from 0, an int64 tensor [b], and { score = tensor [b] or nil, inputs = what the model saw }.",
      errors: ["A hook failed, or returned scores or inputs of another shape, or NaN."],
      example: Example(
        making + """
          run.defense = {
            inspect = function(batch) return batch:square():sum(2):sqrt() end,
            purify = function(batch, score) return batch * (score:lt(100):unsqueeze(2)) end,
          }
          local labels, info = run:predict(fed.tensor { { 1, 2 }, { 300, 400 } })
          print(#labels, info.score[2], info.inputs[{2, 1}])
          """, prints: "2\t500.0\t0.0")
    ) { (run: LuaRun, inputs: Tensor) in
      let answer = try run.simulation.predict(inputs)
      let info = ShapedRecord<AnswerTable>([
        ("score", answer.scores.map { Tensor($0.map(Float.init)) }), ("inputs", answer.inputs),
      ])
      return Results(Tensor(labels: answer.labels), info)
    }
  }
}
