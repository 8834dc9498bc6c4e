import LuaRuntime
import Tensors

/// An operation of two operands, in all forms that the compute core has.
private struct TensorOperation: Sendable {
  let ofTensors: @Sendable (Tensor, Tensor) throws -> Tensor
  let withNumber: @Sendable (Tensor, Double) throws -> Tensor
  let ofNumber: @Sendable (Double, Tensor) throws -> Tensor

  func callAsFunction(_ a: TensorOrNumber, _ b: TensorOrNumber) throws -> Tensor {
    switch (a, b) {
    case (.first(let a), .first(let b)): try ofTensors(a, b)
    case (.first(let a), .second(let b)):
      a.elementType == .int64 ? try ofTensors(a, b.whole()) : try withNumber(a, b.float)
    case (.second(let a), .first(let b)):
      b.elementType == .int64 ? try ofTensors(a.whole(), b) : try ofNumber(a.float, b)
    case (.second, .second): throw LuaFailure("one operand must be a tensor")
    }
  }

  static let add = TensorOperation(
    ofTensors: { try $0.add($1) }, withNumber: { try $0.add($1) }, ofNumber: { try $1.add($0) })
  static let sub = TensorOperation(
    ofTensors: { try $0.sub($1) }, withNumber: { try $0.sub($1) }, ofNumber: { try $1.subtracted(from: $0) })
  static let mul = TensorOperation(
    ofTensors: { try $0.mul($1) }, withNumber: { try $0.mul($1) }, ofNumber: { try $1.mul($0) })
  static let div = TensorOperation(
    ofTensors: { try $0.div($1) }, withNumber: { try $0.div($1) }, ofNumber: { try $1.dividing($0) })
  static let pow = TensorOperation(
    ofTensors: { try $0.pow($1) }, withNumber: { try $0.pow($1) }, ofNumber: { try $1.raising($0) })
  static let floorDivide = TensorOperation(
    ofTensors: { try $0.floorDivide($1) }, withNumber: { try $0.floorDivide(Self.scalar($1, $0)) },
    ofNumber: { try Self.scalar($0, $1).floorDivide($1) })
  static let remainder = TensorOperation(
    ofTensors: { try $0.remainder($1) }, withNumber: { try $0.remainder(Self.scalar($1, $0)) },
    ofNumber: { try Self.scalar($0, $1).remainder($1) })
  static let maximum = TensorOperation(
    ofTensors: { try $0.maximum($1) }, withNumber: { try $0.maximum(Self.scalar($1, $0)) },
    ofNumber: { try $1.maximum(Self.scalar($0, $1)) })
  static let minimum = TensorOperation(
    ofTensors: { try $0.minimum($1) }, withNumber: { try $0.minimum(Self.scalar($1, $0)) },
    ofNumber: { try $1.minimum(Self.scalar($0, $1)) })

  private static func scalar(_ number: Double, _ like: Tensor) throws -> Tensor {
    try Trace.outside { try Tensor.full([], number, like.elementType) }
  }
}

extension ClassBuilder where Object == Tensor {
  mutating func addTensorArithmetic() {
    addOperator(
      .add, "add", "Adds, element by element; shapes stretch where sizes are 1.", TensorOperation.add,
      Example("print(fed.tensor { 1, 2 }:add(10))", prints: "Tensor [2] float32\n  11  12"))
    addOperator(
      .sub, "sub", "Subtracts, element by element; shapes stretch where sizes are 1.", TensorOperation.sub,
      Example("print(10 - fed.tensor { 1, 2 })", prints: "Tensor [2] float32\n  9  8"))
    addOperator(
      .mul, "mul", "Multiplies, element by element; shapes stretch where sizes are 1.", TensorOperation.mul,
      Example(
        "print(fed.tensor { {1}, {2} } * fed.tensor { 3, 4 })", prints: "Tensor [2, 2] float32\n  3  4\n  6  8"))
    addOperator(
      .div, "div", "Divides, element by element; shapes stretch where sizes are 1.", TensorOperation.div,
      Example("print(fed.tensor { 1, 2 } / 4)", prints: "Tensor [2] float32\n  0.2500  0.5000"))
    addOperator(
      .pow, "pow", "Raises each element to a power.", TensorOperation.pow,
      Example("print(fed.tensor { 1, 2, 3 } ^ 2)", prints: "Tensor [3] float32\n  1  4  9"))
    addOperator(
      .idiv, "floor_divide", "Divides and rounds down; whole numbers exactly.", TensorOperation.floorDivide,
      Example("print(fed.labels { 7, -7 } // 2)", prints: "Tensor [2] int64\n   3  -4"))
    addOperator(
      .mod, "remainder", "Returns what the division rounded down leaves; it has the sign of the divisor.",
      TensorOperation.remainder, Example("print(fed.labels { 7, -7 } % 3)", prints: "Tensor [2] int64\n  1  2"))
    addOperation(
      "maximum", "Takes the larger of each pair.", TensorOperation.maximum,
      Example("print(fed.tensor { 1, 5 }:maximum(3))", prints: "Tensor [2] float32\n  3  5"))
    addOperation(
      "minimum", "Takes the smaller of each pair.", TensorOperation.minimum,
      Example("print(fed.tensor { 1, 5 }:minimum(3))", prints: "Tensor [2] float32\n  1  3"))
    metamethod(.unm, "Returns the negative of each element.", Parameter("self", ""), returns: "The tensor.") {
      (x: Tensor) in try x.neg()
    }
    method(
      "clamp", "Limits each element to a range; outside of it the gradient is 0.",
      Parameter("lower", "Smallest value."), Parameter("upper", "Largest value."), returns: "The tensor.",
      example: Example("print(fed.tensor { -2, 0.5, 9 }:clamp(-1, 1):sum():item())", prints: "0.5")
    ) { (x: Tensor, lower: Double, upper: Double) in try x.clamp(lower, upper) }
  }

  private mutating func addOperator(
    _ event: Metamethod, _ name: String, _ sentence: String, _ operation: TensorOperation, _ example: Example
  ) {
    addOperation(name, sentence, operation, example)
    metamethod(
      event, sentence, Parameter("a", "A tensor or a number."), Parameter("b", "A tensor or a number."),
      returns: "The tensor."
    ) { (a: TensorOrNumber, b: TensorOrNumber) in try operation(a, b) }
  }

  private mutating func addOperation(
    _ name: String, _ sentence: String, _ operation: TensorOperation, _ example: Example
  ) {
    method(
      name, sentence, Parameter("other", "A tensor or a number."), returns: "The tensor.", example: example
    ) { (x: Tensor, other: TensorOrNumber) in try operation(.first(x), other) }
  }

  /// What Lua's operators of one boolean and of text cannot do with elements: each says what to write.
  mutating func addRefusedOperators() {
    refuse(.eq, "==", "x:eq(y) compares elements, and rawequal(x, y) tells whether both are one tensor")
    refuse(.lt, "< or >", "x:lt(y) and x:gt(y) compare elements, and x:item() is the number of a tensor of one")
    refuse(.le, "<= or >=", "x:le(y) and x:ge(y) compare elements, and x:item() is the number of a tensor of one")
    refuse(.concat, "..", "x:item() is the number of a tensor of one, and tostring(x) shows any tensor")
  }

  private mutating func refuse(_ event: Metamethod, _ sign: String, _ advice: String) {
    let documentation = Documentation(
      "Refused: \(advice).",
      parameters: [ParameterDocument("a", "any", "One side."), ParameterDocument("b", "any", "The other side.")])
    explicitMetamethod(event, documentation) { (_: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
      throw .plain("\(sign) does not work on tensors; \(advice)")
    }
  }

  /// Comparisons: `==`, `<` and `<=` of Lua give one boolean, so elements are compared by methods.
  mutating func addTensorComparisons() {
    let comparisons: [(String, String, String, @Sendable (Tensor, Tensor) throws -> Tensor)] = [
      ("eq", "equal", "0  1  0", { try $0.eq($1) }), ("ne", "different", "1  0  1", { try $0.ne($1) }),
      ("lt", "less", "1  0  0", { try $0.lt($1) }), ("le", "less or equal", "1  1  0", { try $0.le($1) }),
      ("gt", "greater", "0  0  1", { try $0.gt($1) }), ("ge", "greater or equal", "0  1  1", { try $0.ge($1) }),
    ]
    for (name, words, output, compare) in comparisons {
      method(
        name, "Tells where elements are \(words): 1 there and 0 elsewhere.",
        Parameter("other", "A tensor or a number."), returns: "A tensor of zeros and ones.",
        example: Example("print(fed.tensor { 1, 2, 3 }:\(name)(2))", prints: "Tensor [3] float32\n  \(output)")
      ) { (x: Tensor, other: TensorOrNumber) in try x.compared(to: other, compare) }
    }
    method(
      "where", "Takes elements of one tensor where this one is not 0, and of another elsewhere.",
      Parameter("a", "Taken where this one is not 0."), Parameter("b", "Taken elsewhere."), returns: "The tensor.",
      example: Example(
        "local x = fed.tensor { -1, 2 }\nprint(x:gt(0):where(x, 0))", prints: "Tensor [2] float32\n  0  2")
    ) { (condition: Tensor, a: TensorOrNumber, b: TensorOrNumber) in
      let type = (a.tensor ?? b.tensor)?.elementType ?? .float32
      return try condition.choose(a.tensor(type), b.tensor(type))
    }
  }

  /// Functions of one number: the rows of the compute core's table.
  mutating func addTensorFunctions() {
    for function in ElementwiseFunction.all {
      let (code, output) = Self.functionExamples[function.name] ?? ("", "")
      method(
        function.name, function.summary, returns: "The tensor, of the same shape.",
        example: Example("print(fed.tensor { \(code) }:\(function.name)())", prints: "Tensor [2] float32\n  \(output)")
      ) { (x: Tensor) in try x.apply(function) }
    }
    method(
      "leaky_relu", "Multiplies negative elements by a slope.", Parameter("slope", "The slope.", default: 0.01),
      returns: "The tensor.",
      example: Example("print(fed.tensor { -2, 3 }:leaky_relu(0.5))", prints: "Tensor [2] float32\n  -1   3")
    ) { (x: Tensor, slope: Double) in try x.leakyRelu(slope) }
  }

  private static var functionExamples: [String: (String, String)] {
    [
      "neg": ("1, -2", "-1   2"), "abs": ("1, -2", "1  2"), "sign": ("3, -2", " 1  -1"), "square": ("3, -2", "9  4"),
      "sqrt": ("4, 9", "2  3"), "reciprocal": ("2, 4", "0.5000  0.2500"), "exp": ("0, 1", "1.0000  2.7183"),
      "log": ("1, 10", "0.0000  2.3026"), "sin": ("0, 1", "0.0000  0.8415"), "cos": ("0, 1", "1.0000  0.5403"),
      "relu": ("-1, 2", "0  2"), "relu6": ("-1, 9", "0  6"), "gelu": ("0, 1", "0.0000  0.8413"),
      "silu": ("0, 1", "0.0000  0.7311"), "sigmoid": ("0, 1", "0.5000  0.7311"), "tanh": ("0, 1", "0.0000  0.7616"),
      "softplus": ("0, 1", "0.6931  1.3133"), "floor": ("1.5, -1.5", " 1  -2"), "round": ("1.5, 2.5", "2  2"),
    ]
  }
}

extension Tensor {
  /// Whole numbers are compared exactly, with floats as float64; the result is float32 then.
  fileprivate func compared(
    to other: TensorOrNumber, _ compare: @Sendable (Tensor, Tensor) throws -> Tensor
  ) throws -> Tensor {
    if case .second(let number) = other, elementType == .int64, number.integer != nil {
      return try compare(self, number.whole())
    }
    let right = try other.tensor(elementType.isFloat ? elementType : .float64)
    let isExact = (elementType.isFloat || elementType == .int64) && elementType == right.elementType
    return isExact ? try compare(self, right) : try compare(to(.float64), right.to(.float64)).to(.float32)
  }
}
