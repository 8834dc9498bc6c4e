import LuaRuntime
import Tensors

/// Factor and summand of a normalization, and for batches the given moments.
private struct NormalizationOptions: LuaOptions {
  var weight: Tensor?
  var bias: Tensor?
  var epsilon = 1e-5

  static let fields = Fields<NormalizationOptions> { field in
    field.option("weight", \.weight, "Factor for each channel or element; ones by default.")
    field.option("bias", \.bias, "Summand for each channel or element; zeros by default.")
    field.option("epsilon", \.epsilon, "Added to the variance.", check: .atLeast(0))
  }
}

private struct BatchNormalizationOptions: LuaOptions {
  var weight: Tensor?
  var bias: Tensor?
  var mean: Tensor?
  var variance: Tensor?
  var epsilon = 1e-5

  static let fields = Fields<BatchNormalizationOptions> { field in
    field.option("weight", \.weight, "Factor for each channel; ones by default.")
    field.option("bias", \.bias, "Summand for each channel; zeros by default.")
    field.option("mean", \.mean, "Given means, with variance: as in evaluation.")
    field.option("variance", \.variance, "Given variances, with mean.")
    field.option("epsilon", \.epsilon, "Added to the variance.", check: .atLeast(0))
  }
}

/// Where the choice of a dropout comes from.
private struct DropoutOptions: LuaOptions {
  var seed: UInt64?
  var stream: Stream?

  static let fields = Fields<DropoutOptions> { field in
    field.option("seed", \.seed, "The same seed drops the same elements.")
    field.option("stream", \.stream, "Stream to draw from; without it and a seed, that of the script.")
  }
}

extension ClassBuilder where Object == Tensor {
  mutating func addTensorNormalizations() {
    addBatchNormalization()
    addSampleNormalizations()
    addSoftmax()
    addDropout()
  }

  private mutating func addBatchNormalization() {
    method(
      "batch_norm", "Normalizes each channel of [b, c] or [b, c, h, w] by the moments of the batch, or by given ones.",
      Parameter("options", "Factor, summand and given moments."),
      returns: "The result, and the means and variances that were used.",
      source: "Ioffe and Szegedy, ICML 2015, https://arxiv.org/abs/1502.03167",
      example: Example(
        "local y, mean, variance = fed.tensor { {1, 10}, {3, 30} }:batch_norm()\nprint(mean, variance)",
        prints: "Tensor [2] float32\n   2  20\tTensor [2] float32\n    1  100")
    ) { (x: Tensor, options: BatchNormalizationOptions) in
      switch (options.mean, options.variance) {
      case (nil, nil):
        let (y, moments) = try x.batchNorm(weight: options.weight, bias: options.bias, epsilon: options.epsilon)
        return Results(y, moments.mean, moments.variance)
      case (let mean?, let variance?):
        let y = try x.batchNorm(
          mean: mean, variance: variance, weight: options.weight, bias: options.bias, epsilon: options.epsilon)
        return Results(y, mean, variance)
      default: throw LuaFailure("mean and variance are given together or not at all")
      }
    }
  }

  private mutating func addSampleNormalizations() {
    method(
      "layer_norm", "Normalizes along the last axis.", Parameter("options", "Factor and summand."),
      returns: "The result, of the same shape.", source: "Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450",
      example: Example(
        "print(fed.tensor { 1, 3 }:layer_norm { epsilon = 0 })", prints: "Tensor [2] float32\n  -1   1")
    ) { (x: Tensor, options: NormalizationOptions) in
      try x.layerNorm(weight: options.weight, bias: options.bias, epsilon: options.epsilon)
    }
    method(
      "group_norm", "Normalizes equal runs of channels of each sample of [b, c] or [b, c, h, w].",
      Parameter("groups", "Number of runs; it must divide c."), Parameter("options", "Factor and summand."),
      returns: "The result, of the same shape.", source: "Wu and He, ECCV 2018, https://arxiv.org/abs/1803.08494",
      example: Example(
        "print(fed.tensor { {1, 3, 10, 30} }:group_norm(2, { epsilon = 0 }))",
        prints: "Tensor [1, 4] float32\n  -1   1  -1   1")
    ) { (x: Tensor, groups: Int, options: NormalizationOptions) in
      try x.groupNorm(groups: groups, weight: options.weight, bias: options.bias, epsilon: options.epsilon)
    }
  }

  private mutating func addDropout() {
    method(
      "dropout", "Sets elements to zero at random and scales the rest, so that each keeps its mean.",
      Parameter("probability", "Chance of a zero, from 0 up to, but not, 1."),
      Parameter("options", "Where the choice comes from."), .caller, returns: "The result, of the same shape.",
      source: "Srivastava et al., JMLR 2014, https://jmlr.org/papers/v15/srivastava14a.html",
      example: Example(
        "local y = fed.ones(1000):dropout(0.5, { seed = 1 })\nprint(y:max():item(), y:min():item())", prints: "2.0\t0.0"
      )
    ) { (x: Tensor, probability: Double, options: DropoutOptions, caller: LuaCaller) in
      if let seed = options.seed {
        var stream = RandomStream(seed: seed, purpose: .dropout)
        return try x.dropout(probability: probability, stream: &stream)
      }
      let stream = options.stream ?? caller.state.hostSettings.scriptStream
      return try stream.draw { try x.dropout(probability: probability, stream: &$0) }
    }
  }

  private mutating func addSoftmax() {
    method(
      "softmax", "Returns exponentials divided by their sum along an axis.",
      Parameter("axis", "The axis.", default: Axis(-1)), returns: "The result, of the same shape.",
      example: Example(
        "print(fed.tensor { 0, 0, 0, 0 }:softmax())", prints: "Tensor [4] float32\n  0.2500  0.2500  0.2500  0.2500")
    ) { (x: Tensor, axis: Axis) in try x.softmax(axis: axis.index) }
    method(
      "log_softmax", "Returns the logarithm of the softmax along an axis.",
      Parameter("axis", "The axis.", default: Axis(-1)), returns: "The result, of the same shape.",
      example: Example("print(fed.tensor { 0, 0 }:log_softmax())", prints: "Tensor [2] float32\n  -0.6931  -0.6931")
    ) { (x: Tensor, axis: Axis) in try x.logSoftmax(axis: axis.index) }
  }
}
