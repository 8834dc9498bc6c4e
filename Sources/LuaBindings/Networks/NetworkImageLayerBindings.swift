import LuaRuntime
import Networks

private struct PoolingOptions: LuaOptions {
  @Required var kernel: Int
  var stride: Int?
  var padding = 0

  static let fields = Fields<PoolingOptions> { field in
    field.required("kernel", \.$kernel, "Height and width of a window.")
    field.option("stride", \.stride, "Step between windows; by default they touch.")
    field.option("padding", \.padding, "Pixels around the image.")
  }
}

private struct UpsamplingOptions: LuaOptions {
  @Required var scale: Int

  static let fields = Fields<UpsamplingOptions> { field in
    field.required("scale", \.$scale, "Copies of each pixel along each axis.")
  }
}

private struct DropoutOptions: LuaOptions {
  var probability = 0.5

  static let fields = Fields<DropoutOptions> { field in
    field.option("probability", \.probability, "Share that is dropped in training.")
  }
}

/// Declares pooling, upsampling, flattening and dropout.
func declareImageLayers(_ module: inout ModuleBuilder) {
  module.function(
    "max_pool2d", "Takes the largest value of each square window.", Parameter("options", "Sizes."),
    returns: "The layer.", example: Example("print(fed.nn.max_pool2d { kernel = 2 })", prints: "MaxPool2d(2)")
  ) { (o: PoolingOptions) in LuaLayer(try Pooling(.maximum, kernel: o.kernel, stride: o.stride, padding: o.padding)) }
  module.function(
    "average_pool2d", "Takes the mean of each square window, zeros around the image included.",
    Parameter("options", "Sizes."), returns: "The layer.",
    example: Example("print(fed.nn.average_pool2d { kernel = 3, stride = 2 })", prints: "AveragePool2d(3, stride=2)")
  ) { (o: PoolingOptions) in LuaLayer(try Pooling(.average, kernel: o.kernel, stride: o.stride, padding: o.padding)) }
  module.function(
    "global_average_pool2d", "Takes the mean of each channel: [b, c, h, w] becomes [b, c].", returns: "The layer.",
    example: Example("print(fed.nn.global_average_pool2d())", prints: "GlobalAveragePool2d()")
  ) { LuaLayer(GlobalAveragePool2d()) }
  module.function(
    "upsample_nearest2d", "Repeats each pixel along both axes.", Parameter("options", "Sizes."), returns: "The layer.",
    example: Example("print(fed.nn.upsample_nearest2d { scale = 2 })", prints: "UpsampleNearest2d(2)")
  ) { (o: UpsamplingOptions) in LuaLayer(try UpsampleNearest2d(scale: o.scale)) }
  module.function(
    "flatten", "Joins all axes but the first.", returns: "The layer.",
    example: Example("print(fed.nn.flatten())", prints: "Flatten()")
  ) { LuaLayer(Flatten()) }
  module.function(
    "identity", "Returns its input.", returns: "The layer.",
    example: Example("print(fed.nn.identity())", prints: "Identity()")
  ) { LuaLayer(Identity()) }
  module.function(
    "dropout", "Zeroes elements at random in training and scales the rest so that means stay.",
    Parameter("options", "The share."), returns: "The layer.",
    source: "Srivastava et al., JMLR 15 (2014), https://jmlr.org/papers/v15/srivastava14a.html",
    example: Example("print(fed.nn.dropout { probability = 0.2 })", prints: "Dropout(0.2)")
  ) { (o: DropoutOptions) in LuaLayer(try Dropout(probability: o.probability)) }
  module.function(
    "dropout2d", "Zeroes whole channels of images at random in training.", Parameter("options", "The share."),
    returns: "The layer.", source: "Tompson et al., CVPR 2015, https://arxiv.org/abs/1411.4280",
    example: Example("print(fed.nn.dropout2d())", prints: "Dropout2d(0.5)")
  ) { (o: DropoutOptions) in LuaLayer(try Dropout(probability: o.probability, dropsChannels: true)) }
}

private struct LeakyOptions: LuaOptions {
  var slope = 0.01

  static let fields = Fields<LeakyOptions> { field in
    field.option("slope", \.slope, "Slope for negative inputs.")
  }
}

private struct SoftmaxOptions: LuaOptions {
  var axis = Axis(-1)

  static let fields = Fields<SoftmaxOptions> { field in
    field.option("axis", \.axis, "Axis whose elements sum to 1.")
  }
}

/// Declares the activations: functions of one element, and softmax.
func declareActivations(_ module: inout ModuleBuilder) {
  let plain: [(name: String, sentence: String, function: Activation.Function)] = [
    ("relu", "Replaces negative elements by 0.", .relu), ("relu6", "Clamps each element to 0 to 6.", .relu6),
    ("gelu", "Multiplies each element by the normal distribution function at it.", .gelu),
    ("silu", "Multiplies each element by its sigmoid.", .silu),
    ("sigmoid", "Maps each element x to 1 / (1 + exp(-x)).", .sigmoid),
    ("tanh", "Maps each element to its hyperbolic tangent.", .tanh),
    ("softplus", "Maps each element x to log(1 + exp(x)).", .softplus),
  ]
  for (name, sentence, function) in plain {
    let layer = Activation(function)
    module.function(
      name, sentence, returns: "The layer.", example: Example("print(fed.nn.\(name)())", prints: layer.summary)
    ) { LuaLayer(layer) }
  }
  module.function(
    "leaky_relu", "Multiplies negative elements by a small slope.", Parameter("options", "The slope."),
    returns: "The layer.", example: Example("print(fed.nn.leaky_relu { slope = 0.2 })", prints: "LeakyReLU(0.2)")
  ) { (o: LeakyOptions) in LuaLayer(Activation(.leakyReLU(slope: o.slope))) }
  module.function(
    "softmax", "Makes the elements along an axis positive and their sum 1.", Parameter("options", "The axis."),
    returns: "The layer.", example: Example("print(fed.nn.softmax { axis = 2 })", prints: "Softmax(axis=2)")
  ) { (o: SoftmaxOptions) in LuaLayer(Activation(.softmax(axis: o.axis.index))) }
  module.function(
    "log_softmax", "Takes the logarithm of the softmax along an axis.", Parameter("options", "The axis."),
    returns: "The layer.", example: Example("print(fed.nn.log_softmax())", prints: "LogSoftmax(axis=-1)")
  ) { (o: SoftmaxOptions) in LuaLayer(Activation(.logSoftmax(axis: o.axis.index))) }
}
