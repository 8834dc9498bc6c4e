public import LuaRuntime
public import Networks
import Tensors

extension Model: LuaNamed {
  public static let luaClass = LuaClass("Model", keepsOrigin: true)

  /// Calling a model is short for its method.
  public var luaName: String? { "Model:forward" }

  public var luaByteCount: Int { layout.count * elementType.byteCount }
}

let modelClass = ClassBindings(Model.self, "Layers together with the values of their parameters.") { type in
  type.addRunning()
  declareValues(&type)
  declareFiles(&type)
  type.description { (model: Model) in model.description }
}

private func declareValues(_ type: inout ClassBuilder<Model>) {
  type.property(
    "parameter_count", "Trainable parameters.",
    example: Example("print(fed.models.lenet5 { input = {1, 28, 28}, classes = 10 }.parameter_count)", prints: "61706")
  ) { (model: Model) in model.parameterCount }
  type.property(
    "statistic_count", "Running means and variances.",
    example: Example("print(fed.nn.model(fed.nn.batch_norm { channels = 3 }).statistic_count)", prints: "6")
  ) { (model: Model) in model.layout.statisticCount }
  type.property(
    "parameters", "The trainable parameters themselves, one vector: writing it changes the model.",
    example: Example(
      """
      local model = fed.nn.model(fed.nn.linear { inputs = 2, outputs = 1 })
      model.parameters:fill_(1)
      print(model(fed.tensor { {2, 3} }):item())
      """, prints: "6.0")
  ) { (model: Model) in model.trainable }
  declareParts(&type)
  declareVectors(&type)
}

private func declareParts(_ type: inout ClassBuilder<Model>) {
  type.property(
    "names", "Full names of all parameters, in the order of the vector.",
    example: Example(
      "print(table.concat(fed.nn.model(fed.nn.linear { inputs = 2, outputs = 1 }).names, ' '))", prints: "weight bias")
  ) { (model: Model) in model.layout.entries.map(\.name) }
  type.property(
    "layer", "The model's layers without their values, to build another model from.",
    example: Example(
      "print(fed.nn.model(fed.models.mlp { inputs = 2, hidden = {}, classes = 2 }.layer).parameter_count)", prints: "6")
  ) { (model: Model) in LuaLayer(model.root) }
  type.method(
    "parameter", "Returns the values of one parameter in their own shape: writing them changes the model.",
    Parameter("name", "Full name."), returns: "The values.", errors: ["an unknown name"],
    example: Example(
      "print(fed.nn.model(fed.nn.linear { inputs = 2, outputs = 3 }):parameter('weight').shape[1])", prints: "3")
  ) { (model: Model, name: String) in
    guard let values = model.parameter(named: name) else {
      throw LuaFailure("the model has no '\(name)'; it has \(model.layout.entries.map(\.name).joined(separator: ", "))")
    }
    return values
  }
}

/// Told where a vector is made, since nothing else shows it.
private let vectorOrder =
  "The vector. Each parameter stands there in the order of memory, a linear layer's weights transposed; `parameter` shows them in their own shape."

private func declareVectors(_ type: inout ClassBuilder<Model>) {
  type.method(
    "vector", "Copies all values into one vector: trainable parameters, then statistics.", returns: vectorOrder,
    example: Example("print(#fed.nn.model(fed.nn.batch_norm { channels = 2 }):vector())", prints: "8")
  ) { (model: Model) in try model.vector() }
  type.method(
    "set_vector", "Takes all values from a vector as `vector` gives it.", Parameter("vector", "The values."),
    returns: "The model itself.",
    example: Example(
      """
      local model = fed.nn.model(fed.nn.linear { inputs = 1, outputs = 1 })
      print(model:set_vector(fed.tensor { 2, 5 })(fed.tensor { {10} }):item())
      """, prints: "25.0")
  ) { (model: Model, vector: Tensor) in
    try model.load(vector)
    return model
  }
  type.method(
    "initialize", "Draws the first values anew.", Parameter("seed", "The same seed gives the same values."),
    returns: "The model itself.",
    example: Example(
      """
      local model = fed.nn.model(fed.nn.linear { inputs = 4, outputs = 4 }, { seed = 1 })
      local before = model:vector()
      print(model:initialize(2):vector():eq(before):sum():item(), model:initialize(1):vector():eq(before):sum():item())
      """, prints: "0.0\t20.0")
  ) { (model: Model, seed: UInt64) in
    try model.initialize(seed: seed)
    return model
  }
  type.method(
    "clone", "Copies the model: the same layers, values of its own.", returns: "The copy.",
    example: Example(
      """
      local model = fed.nn.model(fed.nn.linear { inputs = 1, outputs = 1 })
      model:clone().parameters:fill_(9)
      print(model.parameters:max():item() < 9)
      """, prints: "true")
  ) { (model: Model) in try model.replica() }
}

private func declareFiles(_ type: inout ClassBuilder<Model>) {
  type.method(
    "save", "Writes all values to a safetensors file, under PyTorch's names.", Parameter("path", "The file."),
    returns: "The model itself.", errors: ["The file cannot be written; pcall catches it."],
    example: Example(
      "local model = fed.nn.model(fed.nn.linear { inputs = 1, outputs = 1 })\n"
        + "local done, message = pcall(model.save, model, '/no/such/folder/model.safetensors')\n"
        + "print(done, message:match('cannot be written.*'))",
      prints: "false\tcannot be written, No such file or directory")
  ) { (model: Model, path: String) in
    try model.save(to: path)
    return model
  }
  type.method(
    "load", "Takes all values from a safetensors file, also one of PyTorch's.", Parameter("path", "The file."),
    returns: "The model itself.",
    errors: ["The file is missing, broken or of another model; pcall or fed.try catches it."],
    example: Example(
      "local model = fed.nn.model(fed.nn.linear { inputs = 1, outputs = 1 })\n"
        + "print((pcall(model.load, model, 'missing.safetensors')))",
      prints: "false")
  ) { (model: Model, path: String) in
    try model.load(from: path)
    return model
  }
}

// MARK: fed.models

private struct MLPOptions: LuaOptions {
  var inputs: Int?
  var input: [Int] = []
  var hidden: [Int] = [128]
  @Required var classes: Int
  var seed: UInt64?

  static let fields = Fields<MLPOptions> { field in
    field.option("inputs", \.inputs, "Values per sample; instead of `input`.")
    field.option("input", \.input, "Shape of a sample, { c, h, w }: samples are flattened.")
    field.option("hidden", \.hidden, "Sizes of the hidden layers.")
    field.required("classes", \.$classes, "Classes.")
    field.option("seed", \.seed, "Seed of the first values; a simulation's own by default.")
  }

  func inputCount() throws -> Int {
    if let inputs { return inputs }
    guard input.allSatisfy({ $0 > 0 }) else { throw LuaFailure("option 'input': sizes above 0 expected, got \(input)") }
    guard !input.isEmpty else { throw LuaFailure("option 'inputs' is missing; give it, or 'input' as { c, h, w }") }
    return input.elementCount
  }
}

private struct ImageModelOptions: LuaOptions {
  @Required var input: [Int]
  @Required var classes: Int
  var seed: UInt64?

  static let fields = Fields<ImageModelOptions> { field in
    field.required("input", \.$input, "Shape of an image: { c, h, w }.")
    field.required("classes", \.$classes, "Classes.")
    field.option("seed", \.seed, "Seed of the first values; a simulation's own by default.")
  }
}

extension Models.Stem: LuaEnumeration {}

private struct DeepModelOptions: LuaOptions {
  @Required var input: [Int]
  @Required var classes: Int
  var stem: Models.Stem?
  var seed: UInt64?

  static let fields = Fields<DeepModelOptions> { field in
    field.required("input", \.$input, "Shape of an image: { c, h, w }.")
    field.required("classes", \.$classes, "Classes.")
    field.option(
      "stem", \.stem,
      "First layers: \"small\" for images around 32x32, \"image\" for 64x64 and more; by the height if nil.")
    field.option("seed", \.seed, "Seed of the first values; a simulation's own by default.")
  }
}

/// `fed.models`: networks by name.
let networkModelBindings = BindingModule("fed.models", "Networks by name; all return logits.") { module in
  module.function(
    "mlp", "Linear layers with ReLU between them.", Parameter("options", "Sizes."), returns: "The model.",
    example: Example(
      "print(fed.models.mlp { input = {1, 28, 28}, hidden = {200, 200}, classes = 10 }.parameter_count)",
      prints: "199210")
  ) { (o: MLPOptions) in
    try Model(Models.mlp(inputs: o.inputCount(), hidden: o.hidden, classes: o.classes), seed: o.seed)
  }
  module.function(
    "lenet5", "LeNet-5: two convolutions of 5x5 and three linear layers.", Parameter("options", "Sizes."),
    returns: "The model.", source: "LeCun et al., Proc. IEEE 86 (1998), https://doi.org/10.1109/5.726791, section II.B",
    example: Example("print(fed.models.lenet5 { input = {1, 32, 32}, classes = 10 }.parameter_count)", prints: "61706")
  ) { (o: ImageModelOptions) in try Model(Models.lenet5(input: o.input, classes: o.classes), seed: o.seed) }
  module.function(
    "cnn", "Two 3x3 convolutions with pooling and a hidden layer of 128.", Parameter("options", "Sizes."),
    returns: "The model.",
    example: Example("print(fed.models.cnn { input = {1, 28, 28}, classes = 10 }.parameter_count)", prints: "421642")
  ) { (o: ImageModelOptions) in try Model(Models.cnn(input: o.input, classes: o.classes), seed: o.seed) }
  module.function(
    "cnn3", "Three 3x3 convolutions with batch normalization, pooling and dropout, and a hidden layer of 128.",
    Parameter("options", "Sizes."), returns: "The model.", source: "the MNIST model of OptiGradTrust",
    example: Example("print(fed.models.cnn3 { input = {1, 28, 28}, classes = 10 }.parameter_count)", prints: "131466")
  ) { (o: ImageModelOptions) in try Model(Models.cnn3(input: o.input, classes: o.classes), seed: o.seed) }
  module.function(
    "resnet18", "ResNet-18, with torchvision's parameter names.", Parameter("options", "Sizes."),
    returns: "The model.", source: "He et al., CVPR 2016, https://arxiv.org/abs/1512.03385, table 1",
    example: Example(
      "print(fed.models.resnet18 { input = {3, 32, 32}, classes = 10 }.parameter_count)", prints: "11173962")
  ) { (o: DeepModelOptions) in
    try Model(
      Models.resnet18(input: o.input, classes: o.classes, stem: o.stem), seed: o.seed)
  }
  module.function(
    "mobilenet_v2", "MobileNetV2 of width 1, with torchvision's parameter names.", Parameter("options", "Sizes."),
    returns: "The model.", source: "Sandler et al., CVPR 2018, https://arxiv.org/abs/1801.04381, table 2",
    example: Example(
      "print(fed.models.mobilenet_v2 { input = {3, 32, 32}, classes = 10, stem = 'small' }.parameter_count)",
      prints: "2236682")
  ) { (o: DeepModelOptions) in
    try Model(
      Models.mobilenetV2(input: o.input, classes: o.classes, stem: o.stem), seed: o.seed)
  }
}
