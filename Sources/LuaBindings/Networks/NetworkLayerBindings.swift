import LuaRuntime
import Networks
import Tensors

/// A layer as scripts hold it: a description without values, until a model is made of it.
final class LuaLayer: LuaNamed {
  static let luaClass = LuaClass("Layer", keepsOrigin: true)

  let layer: any Layer
  /// The script of a layer that was written in one: called directly, it takes and gives any values.
  let script: LuaModule?
  private(set) var luaName: String?

  init(_ layer: any Layer) {
    self.layer = layer
    script = nil
  }

  init(_ module: LuaModule) throws {
    layer = try module.layer()
    script = module
  }

  func wasMade(by path: String) { luaName = luaName ?? path }
}

let layerClass = ClassBindings(LuaLayer.self, "A step of a model: what it computes and which parameters it needs.") {
  type in
  type.call(
    "Computes the layer's output, inside the `forward` of a module or a loss.",
    Parameter("inputs", "Batch of inputs; several tensors for a module that takes several."),
    returns: "Batch of outputs; a module written in Lua gives what its `forward` returns.",
    errors: ["outside of a module's `forward`, where a layer has no values"],
    example: Example(
      """
      local net = fed.nn.module {
        inner = fed.nn.relu(),
        forward = function(self, x) return self.inner(x) + 1 end,
      }
      print(fed.nn.model(net)(fed.tensor { -2, 3 }):sum():item())
      """, prints: "5.0")
  ) { (layer: LuaLayer, inputs: Varargs<LuaValue>) in VariadicArguments(try RunningModule.run(layer, inputs.values)) }

  type.property(
    "parameter_count", "Trainable parameters, those of inner layers included.",
    example: Example("print(fed.nn.linear { inputs = 3, outputs = 2 }.parameter_count)", prints: "8")
  ) { (layer: LuaLayer) in try Model(layer.layer, seed: 0).parameterCount }

  type.description { (layer: LuaLayer) in Model.describe(layer.layer) }
}

/// `fed.nn`: layers, modules written in Lua, and the models made of them.
let networkLayerBindings = BindingModule(
  "fed.nn", "Layers, and models made of them.", classes: [layerClass, modelClass, frozenModelClass, drawsClass]
) { module in
  declareMaps(&module)
  declareNormalizations(&module)
  declareImageLayers(&module)
  declareActivations(&module)
  declareContainers(&module)
}

// MARK: Linear maps

private struct LinearOptions: LuaOptions {
  @Required var inputs: Int
  @Required var outputs: Int
  var bias = true

  static let fields = Fields<LinearOptions> { field in
    field.required("inputs", \.$inputs, "Size of the last axis.")
    field.required("outputs", \.$outputs, "Size of the last axis of the output.")
    field.option("bias", \.bias, "Whether a bias is added.")
  }
}

private struct ConvolutionOptions: LuaOptions {
  @Required var inputs: Int
  @Required var outputs: Int
  @Required var kernel: Int
  var stride = 1
  var padding = 0
  var groups = 1
  var bias = true

  static let fields = Fields<ConvolutionOptions> { field in
    field.required("inputs", \.$inputs, "Channels of the input.")
    field.required("outputs", \.$outputs, "Channels of the output.")
    field.required("kernel", \.$kernel, "Height and width of the filters.")
    field.option("stride", \.stride, "Step between places of a filter.")
    field.option("padding", \.padding, "Zeros around the image.")
    field.option("groups", \.groups, "Independent groups of channels; as many as inputs for a depthwise convolution.")
    field.option("bias", \.bias, "Whether a bias is added.")
  }
}

private struct TransposedConvolutionOptions: LuaOptions {
  @Required var inputs: Int
  @Required var outputs: Int
  @Required var kernel: Int
  var stride = 1
  var padding = 0
  var bias = true

  static let fields = Fields<TransposedConvolutionOptions> { field in
    field.required("inputs", \.$inputs, "Channels of the input.")
    field.required("outputs", \.$outputs, "Channels of the output.")
    field.required("kernel", \.$kernel, "Height and width of the patch that each pixel is spread over.")
    field.option("stride", \.stride, "Step between patches.")
    field.option("padding", \.padding, "Pixels cut off on each side.")
    field.option("bias", \.bias, "Whether a bias is added.")
  }
}

private struct EmbeddingOptions: LuaOptions {
  @Required var rows: Int
  @Required var size: Int

  static let fields = Fields<EmbeddingOptions> { field in
    field.required("rows", \.$rows, "Number of rows.")
    field.required("size", \.$size, "Length of a row.")
  }
}

private struct AttentionOptions: LuaOptions {
  @Required var size: Int
  @Required var heads: Int

  static let fields = Fields<AttentionOptions> { field in
    field.required("size", \.$size, "Length of a token.")
    field.required("heads", \.$heads, "Dot products per pair of tokens; divides `size`.")
  }
}

private func declareMaps(_ module: inout ModuleBuilder) {
  module.function(
    "linear", "Multiplies the last axis by a weight matrix and adds a bias.", Parameter("options", "Sizes."),
    returns: "The layer.",
    example: Example("print(fed.nn.linear { inputs = 3, outputs = 2 })", prints: "Linear(3, 2)")
  ) { (options: LinearOptions) in
    LuaLayer(try Linear(inputs: options.inputs, outputs: options.outputs, bias: options.bias))
  }
  module.function(
    "conv2d", "Slides square filters over images [b, c, h, w].", Parameter("options", "Sizes."), returns: "The layer.",
    example: Example(
      "print(fed.nn.conv2d { inputs = 3, outputs = 16, kernel = 3, padding = 1 })",
      prints: "Conv2d(3, 16, kernel=3, padding=1)")
  ) { (o: ConvolutionOptions) in
    LuaLayer(
      try Conv2d(
        inputs: o.inputs, outputs: o.outputs, kernel: o.kernel, stride: o.stride, padding: o.padding,
        groups: o.groups, bias: o.bias))
  }
  module.function(
    "conv_transpose2d", "Spreads each pixel over a square patch, which enlarges images [b, c, h, w].",
    Parameter("options", "Sizes."), returns: "The layer.",
    example: Example(
      "print(fed.nn.conv_transpose2d { inputs = 8, outputs = 4, kernel = 2, stride = 2 })",
      prints: "ConvTranspose2d(8, 4, kernel=2, stride=2)")
  ) { (o: TransposedConvolutionOptions) in
    LuaLayer(
      try ConvTranspose2d(
        inputs: o.inputs, outputs: o.outputs, kernel: o.kernel, stride: o.stride, padding: o.padding, bias: o.bias))
  }
  declareTokenLayers(&module)
}

private func declareTokenLayers(_ module: inout ModuleBuilder) {
  module.function(
    "embedding", "Looks up a learned row for each index from 0.", Parameter("options", "Sizes."), returns: "The layer.",
    example: Example("print(fed.nn.embedding { rows = 10, size = 4 })", prints: "Embedding(10, 4)")
  ) { (options: EmbeddingOptions) in LuaLayer(try Embedding(rows: options.rows, size: options.size)) }
  module.function(
    "attention", "Lets every token [b, t, e] look at every other through several scaled dot products.",
    Parameter("options", "Sizes."), returns: "The layer.",
    source: "Vaswani et al., NeurIPS 2017, https://arxiv.org/abs/1706.03762, section 3.2.2",
    example: Example(
      "print(fed.nn.attention { size = 8, heads = 2 }.parameter_count)", prints: "288")
  ) { (options: AttentionOptions) in LuaLayer(try MultiHeadAttention(size: options.size, heads: options.heads)) }
}

// MARK: Normalizations

private struct BatchNormOptions: LuaOptions {
  @Required var channels: Int
  var epsilon = 1e-5
  var momentum = 0.1

  static let fields = Fields<BatchNormOptions> { field in
    field.required("channels", \.$channels, "Channels of the input.")
    field.option("epsilon", \.epsilon, "Added to the variance.")
    field.option("momentum", \.momentum, "Share of a new batch in the running statistics.")
  }
}

private struct LayerNormOptions: LuaOptions {
  @Required var size: Int
  var epsilon = 1e-5

  static let fields = Fields<LayerNormOptions> { field in
    field.required("size", \.$size, "Length of the last axis.")
    field.option("epsilon", \.epsilon, "Added to the variance.")
  }
}

private struct GroupNormOptions: LuaOptions {
  @Required var groups: Int
  @Required var channels: Int
  var epsilon = 1e-5

  static let fields = Fields<GroupNormOptions> { field in
    field.required("groups", \.$groups, "Groups of channels; divides `channels`.")
    field.required("channels", \.$channels, "Channels of the input.")
    field.option("epsilon", \.epsilon, "Added to the variance.")
  }
}

private func declareNormalizations(_ module: inout ModuleBuilder) {
  module.function(
    "batch_norm", "Normalizes each channel over the batch, of images [b, c, h, w] or rows [b, c].",
    Parameter("options", "Sizes."), returns: "The layer.",
    source: "Ioffe and Szegedy, ICML 2015, https://arxiv.org/abs/1502.03167, algorithm 1",
    example: Example("print(fed.nn.batch_norm { channels = 16 })", prints: "BatchNorm(16)")
  ) { (o: BatchNormOptions) in
    LuaLayer(try BatchNorm(channels: o.channels, epsilon: o.epsilon, momentum: o.momentum))
  }
  module.function(
    "layer_norm", "Normalizes the last axis of each sample.", Parameter("options", "Sizes."), returns: "The layer.",
    source: "Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450",
    example: Example("print(fed.nn.layer_norm { size = 8 })", prints: "LayerNorm(8)")
  ) { (o: LayerNormOptions) in LuaLayer(try LayerNorm(size: o.size, epsilon: o.epsilon)) }
  module.function(
    "group_norm", "Normalizes groups of channels of each image [b, c, h, w].", Parameter("options", "Sizes."),
    returns: "The layer.", source: "Wu and He, ECCV 2018, https://arxiv.org/abs/1803.08494",
    example: Example("print(fed.nn.group_norm { groups = 2, channels = 8 })", prints: "GroupNorm(2, 8)")
  ) { (o: GroupNormOptions) in
    LuaLayer(try GroupNorm(groups: o.groups, channels: o.channels, epsilon: o.epsilon))
  }
}
