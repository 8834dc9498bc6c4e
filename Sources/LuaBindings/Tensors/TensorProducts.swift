import LuaRuntime
import Tensors

/// How an attention works: `q:attention(k, v, { heads = 4 })`.
private struct AttentionOptions: LuaOptions {
  var heads = 1
  var isCausal = false

  static let fields = Fields<AttentionOptions> { field in
    field.option("heads", \.heads, "Runs of the last axis that work apart; it must divide it.", check: .atLeast(1))
    field.option("causal", \.isCausal, "Whether a position sees only itself and those before it.")
  }
}

extension ClassBuilder where Object == Tensor {
  mutating func addTensorProducts() {
    method(
      "matmul", "Returns the matrix product; axes before the last two are a batch.", .caller,
      Parameter("other", "The right factor, [..., k, n] for [..., m, k]."), returns: "The product, [..., m, n].",
      example: Example(
        "local x = fed.tensor { {1, 2}, {3, 4} }\nprint(x:matmul(x))",
        prints: "Tensor [2, 2] float32\n   7  10\n  15  22")
    ) { (x: Tensor, caller: LuaCaller, other: Tensor) in
      caller.state.spend(products: x.count, of: other.shape.last)
      return try x.matmul(other)
    }
    method(
      "dot", "Returns the sum of products of two vectors.", Parameter("other", "A vector of the same length."),
      returns: "A tensor without axes.",
      example: Example("print(fed.tensor { 1, 2 }:dot(fed.tensor { 3, 4 }):item())", prints: "11.0")
    ) { (x: Tensor, other: Tensor) in try x.dot(other) }
    method(
      "linear", "Returns x W' + b, the map of a fully connected layer, on the last axis.", .caller,
      Parameter("weight", "The matrix W, [outputs, inputs]."),
      Parameter<Tensor?>("bias", "The vector b, [outputs]; nothing is added by default."), returns: "[..., outputs].",
      example: Example(
        "print(fed.tensor { 1, 2 }:linear(fed.tensor { {1, 1}, {0, 2} }))", prints: "Tensor [2] float32\n  3  4")
    ) { (x: Tensor, caller: LuaCaller, weight: Tensor, bias: Tensor?) in
      caller.state.spend(products: x.count, of: weight.shape.first)
      return try x.linear(weight: weight, bias: bias)
    }
    method(
      "attention", "Mixes values by how well these queries match keys: scaled dot-product attention.",
      Parameter("key", "What is matched, [b, s, e] for queries [b, t, e]."),
      Parameter("value", "What is mixed, [b, s, e]."),
      Parameter("options", "How many heads, and what they see."), returns: "The mixtures, [b, t, e].",
      source: "Vaswani et al., NeurIPS 2017, https://arxiv.org/abs/1706.03762",
      example: Example(
        "local q, v = fed.zeros(1, 1, 2), fed.tensor { { {1, 2}, {3, 6} } }\nprint(q:attention(v, v))",
        prints: "Tensor [1, 1, 2] float32\n[1, _, _]\n  2  4")
    ) { (query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions) in
      try Tensor.attention(query: query, key: key, value: value, heads: options.heads, isCausal: options.isCausal)
    }
    addLookups()
  }

  private mutating func addLookups() {
    method(
      "embedding", "Looks up rows of this table by label: numbers from 0, of any shape.",
      Parameter("labels", "Labels, an int64 tensor or a table."), returns: "The rows, [..., e].",
      example: Example(
        "print(fed.tensor { {1, 2}, {3, 4} }:embedding { 1, 1 })", prints: "Tensor [2, 2] float32\n  3  4\n  3  4")
    ) { (x: Tensor, labels: LabelsArgument) in try x.embedding(labels.tensor) }
    method(
      "gather_rows", "Takes rows of each sample by number, counted from 0: [b, m, e] of [b, n, e].",
      Parameter("numbers", "An int64 tensor [b, m], as draws of a loss give it."), returns: "The rows.",
      example: Example(
        "local x = fed.arange(1, 6):reshape(1, 3, 2)\nprint(x:gather_rows(fed.labels { 2, 0 }:reshape(1, 2))[1])",
        prints: "Tensor [2, 2] float32\n  5  6\n  1  2")
    ) { (x: Tensor, numbers: Tensor) in try x.gatherRows(numbers) }
    method(
      "scatter_rows", "Puts rows [b, m, e] where numbers say among n rows of zeros: the adjoint of gather_rows.",
      Parameter("numbers", "An int64 tensor [b, m], counted from 0; rows with one number add up."),
      Parameter("rows", "How many rows the result has."), returns: "A tensor [b, n, e].",
      example: Example(
        "local x = fed.arange(1, 4):reshape(1, 2, 2)\nprint(x:scatter_rows(fed.labels { 2, 0 }:reshape(1, 2), 3)[1])",
        prints: "Tensor [3, 2] float32\n  3  4\n  0  0\n  1  2")
    ) { (x: Tensor, numbers: Tensor, rows: Int) in try x.scatterRows(numbers, rows: rows) }
    method(
      "pick", "Takes one element of each row: the score of its label, for instance.",
      Parameter("labels", "A label from 0 for each row."), returns: "A vector.",
      example: Example("print(fed.tensor { {1, 2}, {3, 4} }:pick { 1, 0 })", prints: "Tensor [2] float32\n  2  3")
    ) { (x: Tensor, labels: LabelsArgument) in try x.pick(labels.tensor) }
  }
}

/// Labels as a tensor of whole numbers, or as a table.
struct LabelsArgument: LuaReadable {
  static var luaType: String { "Tensor|integer[]" }

  let tensor: Tensor

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> LabelsArgument {
    switch try Either<Tensor, IntegerList>.read(frame, index) {
    case .first(let tensor): LabelsArgument(tensor: tensor)
    case .second(let table): LabelsArgument(tensor: Tensor(labels: table.values))
    }
  }
}

extension ModuleBuilder {
  /// Functions that change how others compute.
  mutating func addRecording() {
    function(
      "no_grad", "Calls a function without recording anything for gradients: evaluation and statistics.",
      Parameter("body", "The function."), returns: "What the function returns.",
      example: Example(
        "local w = fed.ones(2):requires_grad()\nlocal y = fed.no_grad(function() return (w * 2):sum() end)\n"
          + "print(y:item(), (pcall(y.backward, y)))",
        prints: "4.0\tfalse")
    ) { (body: LuaFunction) in
      VariadicResults(try Tape.withoutRecording { try body.results() })
    }
  }
}
