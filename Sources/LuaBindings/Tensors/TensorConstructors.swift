import LuaRuntime
import Tensors

/// Functions that make tensors; inside of a dry run, constants of the plan.
extension ModuleBuilder {
  mutating func addTensorMaking() {
    addLiterals()
    addFilled()
    addPatterns()
    addRandom()
    addJoining()
  }

  private mutating func addLiterals() {
    function(
      "tensor", "Makes a tensor of the numbers in tables.",
      Parameter("values", "A number, or tables of numbers of one shape; the outermost may name a type."),
      Parameter<ElementType?>("type", "Kind of number; float32 by default."),
      returns: "The tensor.",
      example: Example(
        "print(fed.tensor { {1, 2}, {3, 4.5} })", prints: "Tensor [2, 2] float32\n  1.0000  2.0000\n  3.0000  4.5000")
    ) { (literal: TensorLiteral, type: ElementType?) in
      try Trace.outside { try literal.tensor(type) }
    }
    function(
      "labels", "Makes a tensor of class labels: whole numbers from 0, as they stand in files.",
      Parameter("values", "A table of labels."), returns: "The tensor, of type int64.",
      example: Example("print(fed.labels { 0, 2, 1 })", prints: "Tensor [3] int64\n  0  2  1")
    ) { (values: IntegerList) in Trace.outside { Tensor(labels: values.values) } }
    function(
      "arange", "Makes a vector of evenly spaced numbers.",
      Parameter("first", "First number."), Parameter("last", "Last number, if a step leads there."),
      Parameter("step", "Distance between neighbours.", default: 1.0), .caller, returns: "The vector.",
      example: Example("print(fed.arange(1, 4))", prints: "Tensor [4] float32\n  1  2  3  4")
    ) { (first: Double, last: Double, step: Double, caller: LuaCaller) in
      let count = ((last - first) / step + 1e-9).rounded(.down) + 1
      guard step != 0, count.isFinite, count < 0x1p40 else {
        throw LuaFailure("\(first) to \(last) in steps of \(step) has no end")
      }
      let length = Int(max(0, count))
      try caller.willAllocate([length], .float32)
      return try Trace.outside { try Tensor.arange(length, from: first, step: step) }
    }
  }

  private mutating func addFilled() {
    let sizes = "Sizes of the axes, and the type."
    function(
      "zeros", "Makes a tensor of zeros.", .caller, Parameter("sizes", sizes), returns: "The tensor.",
      example: Example("print(fed.zeros(2, 3))", prints: "Tensor [2, 3] float32\n  0  0  0\n  0  0  0")
    ) { (caller: LuaCaller, new: NewTensorArgument) in try caller.filled("zeros", new, 0) }
    function(
      "ones", "Makes a tensor of ones.", .caller, Parameter("sizes", sizes), returns: "The tensor.",
      example: Example("print(fed.ones { 2, type = 'int64' })", prints: "Tensor [2] int64\n  1  1")
    ) { (caller: LuaCaller, new: NewTensorArgument) in try caller.filled("ones", new, 1) }
    function(
      "full", "Makes a tensor of one repeated number.", .caller, Parameter("sizes", sizes),
      Parameter("value", "The number."), returns: "The tensor.",
      example: Example("print(fed.full({ 3 }, 0.5))", prints: "Tensor [3] float32\n  0.5000  0.5000  0.5000")
    ) { (caller: LuaCaller, new: NewTensor, value: Number) in
      guard new.type == .int64, let integer = value.integer else {
        return try caller.filled("full", .first(new), value.float)
      }
      try caller.willAllocate(new.sizes, new.type)
      return try Trace.outside { try Tensor.full(new.sizes, integer: integer, op: "full") }
    }
  }

  private mutating func addPatterns() {
    function(
      "eye", "Makes a matrix with ones on its diagonal and zeros elsewhere.", .caller, Parameter("rows", "Rows."),
      Parameter<Int?>("columns", "Columns; as many as rows by default."),
      Parameter("type", "Kind of number.", default: ElementType.float32), returns: "The matrix.",
      example: Example("print(fed.eye(2))", prints: "Tensor [2, 2] float32\n  1  0\n  0  1")
    ) { (caller: LuaCaller, rows: Int, columns: Int?, type: ElementType) in
      try caller.willAllocate([rows, columns ?? rows], type)
      return try Trace.outside { try Tensor.eye(rows, columns, type) }
    }
    function(
      "linspace", "Makes a vector of evenly spaced numbers from one to another.", .caller,
      Parameter("first", "First number."), Parameter("last", "Last number."),
      Parameter("count", "How many."), returns: "The vector.",
      example: Example(
        "print(fed.linspace(0, 1, 5))", prints: "Tensor [5] float32\n  0.0000  0.2500  0.5000  0.7500  1.0000")
    ) { (caller: LuaCaller, first: Double, last: Double, count: Int) in
      try caller.willAllocate([count], .float32)
      return try Trace.outside { try Tensor.linspace(first, last, count: count) }
    }
  }

  private mutating func addRandom() {
    function(
      "randn", "Makes a tensor of normal random numbers with mean 0 and deviation 1.", .caller,
      Parameter("options", "Sizes of the axes, and the seed."), returns: "The tensor.",
      example: Example(
        "local a, b = fed.randn { 2, 3, seed = 1 }, fed.randn { 2, 3, seed = 1 }\nprint((a - b):norm():item())",
        prints: "0.0")
    ) { (caller: LuaCaller, options: RandomTensorArgument) in
      try caller.random("randn", options.options) { stream, floats, count in stream.fillNormal(floats, count: count) }
    }
    function(
      "uniform", "Makes a tensor of uniform random numbers.", .caller,
      Parameter("options", "Sizes of the axes, bounds, and the seed."), returns: "The tensor.",
      example: Example(
        "local x = fed.uniform { 100, low = -1, high = 1, seed = 1 }\nprint(x:min():item() >= -1, x:max():item() < 1)",
        prints: "true\ttrue")
    ) { (caller: LuaCaller, argument: RandomTensorArgument) in
      let options = argument.options
      guard options.low < options.high else {
        throw LuaFailure("low = \(options.low) and high = \(options.high) hold no numbers; low must be the smaller")
      }
      return try caller.random("uniform", options) { stream, floats, count in
        stream.fillUniform(floats, count: count, lower: Float(options.low), upper: Float(options.high))
      }
    }
  }

  private mutating func addJoining() {
    function(
      "concatenate", "Puts tensors one after the other along an axis.",
      Parameter("tensors", "Tensors whose other sizes are equal."),
      Parameter("axis", "The axis that grows.", default: Axis(0)), returns: "The tensor.",
      example: Example(
        "print(fed.concatenate { fed.tensor { 1, 2 }, fed.tensor { 3 } })", prints: "Tensor [3] float32\n  1  2  3")
    ) { (tensors: [Tensor], axis: Axis) in try Tensor.concatenate(tensors, axis: axis.index) }
    function(
      "stack", "Puts tensors of one shape side by side along a new axis.",
      Parameter("tensors", "Tensors of one shape."),
      Parameter("axis", "The position of the new axis.", default: Axis(0)), returns: "The tensor.",
      example: Example(
        "print(fed.stack { fed.tensor { 1, 2 }, fed.tensor { 3, 4 } })", prints: "Tensor [2, 2] float32\n  1  2\n  3  4"
      )
    ) { (tensors: [Tensor], axis: Axis) in try Tensor.stack(tensors, axis: axis.index) }
  }
}

extension LuaCaller {
  fileprivate func filled(_ name: String, _ new: NewTensorArgument, _ value: Double) throws -> Tensor {
    let options = new.options
    try willAllocate(options.sizes, options.type)
    return try Trace.outside { try Tensor.full(options.sizes, value, options.type, op: name) }
  }

  fileprivate func random(
    _ name: String, _ options: RandomTensor,
    fill: (inout RandomStream, UnsafeMutablePointer<Float>, Int) -> Void
  ) throws -> Tensor {
    let (sizes, type) = try options.layout()
    guard type.isFloat else { throw LuaFailure("type \(type) is not allowed; random numbers are floats") }
    try willAllocate(sizes, .float32)
    if options.seed == nil, Trace.isTracing {
      // A draw here would take a number from the script that the tape draws once more.
      Trace.obstruct("fed.\(name) draws new numbers at each call; give it a seed, or let a loss draw by its `draw`")
      return try Tensor.uninitialized(sizes, op: name).to(type)
    }
    let tensor = try Trace.outside { try Tensor.uninitialized(sizes, op: name) }
    if let seed = options.seed {
      var stream = RandomStream(seed: seed, purpose: .script)
      tensor.withMutableFloats { fill(&stream, $0, tensor.count) }
    } else {
      let stream = options.stream ?? state.hostSettings.scriptStream
      stream.draw { source in tensor.withMutableFloats { fill(&source, $0, tensor.count) } }
    }
    try Interrupt.check()
    return Trace.outside { tensor.to(type) }
  }
}
