import LuaBindings
import LuaRuntime
import Testing

/// What scripts are told of their mistakes with tensors: the line, the call, the values, and what is allowed.
@Suite struct TensorMistakeTests {
  static let mistakes: [(code: String, message: String)] = [
    (
      "fed.zeros(2, 3):matmul(fed.zeros(4, 5))",
      "Tensor:matmul: shapes [2, 3] and [4, 5] do not fit; inner sizes 3 and 4 differ"
    ),
    (
      "return fed.zeros(2) + fed.zeros(3)",
      "Tensor:add: shapes [2] and [3] do not fit; sizes must be equal or 1, counted from the last axis"
    ),
    ("return fed.zeros(2) + 'x'", "bad argument #2 'b' to 'Tensor:add' (Tensor or number expected, got string)"),
    ("return fed.zeros(2) + nil", "bad argument #2 'b' to 'Tensor:add' (Tensor or number expected, got nil)"),
    ("return fed.zeros(2)[3]", "Tensor[key]: position 3 does not exist; 1 to 2, or -2 to -1 from the end, is allowed"),
    ("return fed.zeros(2)[0]", "Tensor[key]: position 0 does not exist; 1 to 2, or -2 to -1 from the end, is allowed"),
    ("return fed.zeros(2)[{1, 1}]", "Tensor[key]: a key of 2 positions does not fit a tensor of shape [2]"),
    ("return fed.zeros(2)[{ {1, 2, 3} }]", "Tensor[key]: a run needs a first and a last position, got 3 numbers"),
    ("return fed.zeros(2).shpae", "Tensor has no field 'shpae'; did you mean 'shape'?"),
    ("fed.zeros(2).shape = {}", "'shape' of Tensor is read-only"),
    (
      "fed.tensor { {1, 2}, {3} }",
      "fed.tensor: element 2 has shape [1], the first has [2]; all elements of a table must be alike"
    ),
    (
      "fed.tensor { 1, 'x' }",
      "bad argument #1 'values' to 'fed.tensor' (element 2: number or table of numbers expected, got string)"
    ),
    ("local t = {} t[1] = t fed.tensor(t)", nil),
    (
      "fed.tensor({ 1 }, 'float16')",
      "fed.tensor: type \"float16\" does not exist; it must be one of \"float32\", \"float64\", \"int64\", \"uint8\""
    ),
    ("fed.zeros { 2, typ = 'int64' }", "fed.zeros: unknown option 'typ'; did you mean 'type'?; the options are type"),
    ("fed.zeros(-1)", "fed.zeros: shape [-1] does not fit; sizes are 0 or more"),
    ("fed.zeros { 2, 'x' }", "fed.zeros: sizes: element 2: integer expected, got string"),
    ("fed.full({ 1, type = 'uint8' }, 256)", "fed.full: value = 256.0 is not allowed; uint8 holds 0 to 255"),
    ("fed.arange(1, 5, 0)", "fed.arange: 1.0 to 5.0 in steps of 0.0 has no end"),
    ("fed.randn { 2, type = 'int64' }", "fed.randn: type int64 is not allowed; random numbers are floats"),
    (
      "fed.uniform { 2, low = 1, high = 1 }",
      "fed.uniform: low = 1.0 and high = 1.0 hold no numbers; low must be the smaller"
    ),
    ("fed.zeros(2):sum(2)", "Tensor:sum: axis 2 does not exist; 1 to 1, or -1 to -1 from the end, is allowed"),
    ("fed.zeros(2):sum(0)", "Tensor:sum: axis 0 does not exist; axes count from 1, or from -1 at the end"),
    ("fed.zeros(2):narrow(1, 2, 2)", "Tensor:narrow: range = 2 to 3 is not allowed; 1 to 2 is allowed along axis 1"),
    (
      "fed.zeros(2, 3):reshape(4, 2)",
      "Tensor:reshape: shapes [2, 3] and [4, 2] do not fit; 6 elements are to be arranged"
    ),
    (
      "fed.zeros(2, 3):permute(1, 1)",
      "Tensor:permute: order = [1, 1] is not allowed; each axis from 1 to 2 is named once"
    ),
    (
      "fed.zeros(2, 3):permute(0, 1)",
      "Tensor:permute: axis 3 does not exist; 1 to 2, or -2 to -1 from the end, is allowed"
    ),
    ("fed.zeros(2, 2):item()", "Tensor:item: shape [2, 2] does not fit; one element is needed"),
    ("fed.zeros(2, 2):gather { 3 }", "Tensor:gather: position 3 does not exist; 1 to 2 is allowed"),
    ("fed.zeros(2, 2):argmax()", "Tensor:argmax: an axis is needed for a tensor of shape [2, 2]"),
    ("fed.zeros(2):clamp(1, -1)", "Tensor:clamp: lower = 1.0 is not allowed; at most upper = -1.0"),
    (
      "fed.zeros(2, 3):cross_entropy { 0, 3 }",
      "Tensor:cross_entropy: label = 3 is not allowed; 0 to 2 is allowed; labels count from 0"
    ),
    ("fed.zeros(2, 3):cross_entropy({ 0, 1 }, { smoothing = 0.1 })", nil),
    (
      "fed.zeros(2):mse(fed.zeros(2), 'avg')",
      "Tensor:mse: reduction \"avg\" does not exist; it must be one of \"mean\", \"sum\", \"none\""
    ),
    (
      "fed.zeros(1, 4, 5, 5):conv2d(fed.zeros(2, 3, 3, 3))",
      "Tensor:conv2d: shapes [1, 4, 5, 5] and [2, 3, 3, 3] do not fit; 4 channels in 1 group need a weight with 4 channels"
    ),
    (
      "fed.zeros(1, 1, 5, 5):conv2d(fed.zeros(1, 1, 3, 3), { strid = 2 })",
      "Tensor:conv2d: unknown option 'strid'; did you mean 'stride'?; "
        + "the options are bias, groups, output_padding, padding, stride"
    ),
    (
      "fed.zeros(2, 2):batch_norm { mean = fed.zeros(2) }",
      "Tensor:batch_norm: mean and variance are given together or not at all"
    ),
    ("fed.zeros(2):dropout(1)", "Tensor:dropout: probability = 1.0 is not allowed; 0 up to, but not, 1 is allowed"),
    (
      "fed.zeros(2):backward()",
      "Tensor:backward: shape [2] is not a single number; reduce it first, for instance with mean"
    ),
    (
      "local w = fed.ones(1):requires_grad() local y = w * 2 y:backward() y:backward()",
      "Tensor:backward: the graph through 'mul' was consumed by an earlier backward; compute the value again first"
    ),
    (
      "local w = fed.ones(1):requires_grad() local x = fed.ones(1) local y = w * x x:add_(1) y:backward()",
      "Tensor:backward: a value that 'mul' needs was changed in place after it was used"
    ),
    (
      "fed.ones(1):requires_grad():add_(1)",
      "Tensor:add_: the tensor takes part in a gradient; use the form without underscore, or detach it first"
    ),
    (
      "fed.labels { 1 }:requires_grad()",
      "Tensor:requires_grad: a int64 tensor does not fit; gradients need float32 or float64"
    ),
    ("local x = fed.zeros(2) x:close() return x + 1", nil),
    (
      "fed.zeros(1, 2, 4):attention(fed.zeros(1, 2, 4))",
      "bad argument #2 'value' to 'Tensor:attention' (Tensor expected, got no value)"
    ),
    (
      "fed.zeros(2000000):to_table()",
      "Tensor:to_table: 2000000 elements are too many for tables; at most 1000000 are allowed"
    ),
    ("fed.zeros(2):rellu()", "Tensor has no field 'rellu'; did you mean 'relu'?"),
  ].map { ($0.0, $0.1 ?? "") }

  @Test("a mistake is told with line, call, values and what is allowed", arguments: mistakes.indices)
  func message(_ index: Int) throws {
    let mistake = Self.mistakes[index], state = try HostModules.open()
    let error = #expect(throws: LuaError.self) { try state.run("\n" + mistake.code, name: "=script.lua") }
    let message = try #require(error).message
    #expect(message.hasPrefix("script.lua:2: "), "\(message)")
    if !mistake.message.isEmpty { #expect(message == "script.lua:2: " + mistake.message) }
  }

  @Test(
    "sizes beyond memory are refused before memory is touched",
    arguments: [
      "fed.zeros(1000000, 1000000)", "fed.zeros(1 << 40, 1 << 40)", "fed.zeros { 0, 1 << 40, 1 << 40 }",
      "fed.ones(1):expand(1 << 40, 1 << 40)", "return fed.ones(1):expand(1 << 20, 1 << 20) + 1",
      "return fed.zeros(0):reshape(0, 1 << 40, 1 << 40)", "fed.arange(0, 1e12)", "fed.randn { 1 << 50 }",
      "local a, b = fed.ones(1 << 20, 1), fed.ones(1, 1 << 20) return a + b",
      "local a, b = fed.ones(1 << 20, 1), fed.ones(1, 1 << 20) return a:matmul(b)",
      "local a = fed.ones(1, 1):expand(1 << 30, 1) return a + fed.ones(1):expand(1 << 30)",
    ])
  func tooLarge(_ code: String) throws {
    let state = try HostModules.open()
    #expect(throws: LuaError.self) { try state.run(code, name: "=script.lua") }
    #expect(try state.evaluate("return 6 * 7", as: Int.self) == 42)
  }
}
