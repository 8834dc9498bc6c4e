import LuaRuntime
import Tensors

/// How a kernel slides over images.
private struct ConvolutionOptions: LuaOptions {
  var bias: Tensor?
  var stride = 1
  var padding = 0
  var outputPadding = 0
  var groups = 1

  static let fields = Fields<ConvolutionOptions> { field in declareCommon(&field) }

  static func declareCommon(_ field: inout Fields<ConvolutionOptions>) {
    field.option("bias", \.bias, "Added to each output channel.")
    field.option("stride", \.stride, "Step in both directions.", check: .atLeast(1))
    field.option("padding", \.padding, "Zeros on each side of the image.", check: .atLeast(0))
    field.option("groups", \.groups, "Runs of channels that are treated apart.", check: .atLeast(1))
    field.option(
      "output_padding", \.outputPadding, "Rows and columns added at the end by conv_transpose2d.", check: .atLeast(0))
  }
}

/// How a window slides over images.
private struct PoolOptions: LuaOptions {
  var stride: Int?
  var padding = 0

  static let fields = Fields<PoolOptions> { field in
    field.option("stride", \.stride, "Step in both directions; the side of the window by default.")
    field.option("padding", \.padding, "Frame around the image.", check: .atLeast(0))
  }
}

extension ClassBuilder where Object == Tensor {
  /// Operations on images [b, c, h, w].
  mutating func addTensorImages() {
    method(
      "conv2d", "Convolves images [b, c, h, w] with a bank of kernels.",
      Parameter("weight", "The kernels, [o, c / groups, kh, kw]."), Parameter("options", "How the kernels slide."),
      returns: "Images [b, o, oh, ow].",
      example: Example(
        "local x = fed.arange(1, 9):reshape(1, 1, 3, 3)\nprint(x:conv2d(fed.ones(1, 1, 2, 2), { stride = 1 })[{1, 1}])",
        prints: "Tensor [2, 2] float32\n  12  16\n  24  28")
    ) { (x: Tensor, weight: Tensor, options: ConvolutionOptions) in
      guard options.outputPadding == 0 else { throw LuaFailure("output_padding is for conv_transpose2d alone") }
      return try x.conv2d(
        weight: weight, bias: options.bias, stride: options.stride, padding: options.padding, groups: options.groups)
    }
    method(
      "conv_transpose2d", "Spreads each pixel over a kernel, to enlarge images [b, c, h, w].",
      Parameter("weight", "The kernels, [c, o / groups, kh, kw]."), Parameter("options", "How the kernels slide."),
      returns: "Images [b, o, oh, ow].",
      example: Example(
        "local x = fed.tensor { { { {1, 2} } } }\nprint(x:conv_transpose2d(fed.ones(1, 1, 1, 2), { stride = 2 })[{1, 1}])",
        prints: "Tensor [1, 4] float32\n  1  1  2  2")
    ) { (x: Tensor, weight: Tensor, options: ConvolutionOptions) in
      try x.convTranspose2d(
        weight: weight, bias: options.bias, stride: options.stride, padding: options.padding,
        outputPadding: options.outputPadding, groups: options.groups)
    }
    addPooling()
  }

  private mutating func addPooling() {
    let image = "local x = fed.arange(1, 4):reshape(1, 1, 2, 2)\n"
    method(
      "max_pool2d", "Takes the largest element of each window of images [b, c, h, w].",
      Parameter("kernel", "Side of the window."), Parameter("options", "How the window slides."),
      returns: "Images [b, c, oh, ow].", example: Example(image + "print(x:max_pool2d(2):item())", prints: "4.0")
    ) { (x: Tensor, kernel: Int, options: PoolOptions) in
      try x.maxPool2d(kernel: kernel, stride: options.stride, padding: options.padding)
    }
    method(
      "average_pool2d", "Takes the mean of each window of images [b, c, h, w], padding counted as zeros.",
      Parameter("kernel", "Side of the window."), Parameter("options", "How the window slides."),
      returns: "Images [b, c, oh, ow].", example: Example(image + "print(x:average_pool2d(2):item())", prints: "2.5")
    ) { (x: Tensor, kernel: Int, options: PoolOptions) in
      try x.averagePool2d(kernel: kernel, stride: options.stride, padding: options.padding)
    }
    method(
      "global_average_pool2d", "Takes the mean of each channel of images [b, c, h, w].", returns: "[b, c].",
      example: Example(image + "print(x:global_average_pool2d())", prints: "Tensor [1, 1] float32\n  2.5000")
    ) { (x: Tensor) in try x.globalAveragePool2d() }
    method(
      "upsample_nearest2d", "Repeats each pixel of images [b, c, h, w] in both directions.",
      Parameter("scale", "How often."), returns: "Images [b, c, h * scale, w * scale].",
      example: Example(
        image + "print(x:upsample_nearest2d(2)[{1, 1, 1}])", prints: "Tensor [4] float32\n  1  1  2  2")
    ) { (x: Tensor, scale: Int) in try x.upsampleNearest2d(scale: scale) }
  }
}
