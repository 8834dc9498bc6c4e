extension Models {
  /// Two 3x3 convolutions (32 and 64 channels), each with pooling, and a hidden layer of 128: 421,642 parameters on MNIST.
  ///
  /// - Parameter input: `[c, h, w]`, at least 4x4.
  /// - Throws: ``NetworkError/option(of:name:got:allowed:)``.
  public static func cnn(input: [Int], classes: Int) throws -> any Layer {
    try check("cnn", input: input, classes: classes)
    try check("cnn", input: input, least: 4)
    let features = try Models.features("cnn", input: input, channels: 64, input[1] / 4, input[2] / 4)
    return Sequential([
      try Conv2d(inputs: input[0], outputs: 32, kernel: 3, padding: 1), Activation(.relu),
      try Pooling(.maximum, kernel: 2),
      try Conv2d(inputs: 32, outputs: 64, kernel: 3, padding: 1), Activation(.relu), try Pooling(.maximum, kernel: 2),
      Flatten(),
      try Linear(inputs: features, outputs: 128), Activation(.relu),
      try Linear(inputs: 128, outputs: classes),
    ])
  }

  /// Three 3x3 convolutions (32, 64, 64 channels) with batch normalization, pooling and dropout, and a hidden layer of 128.
  ///
  /// - Parameter input: `[c, h, w]`, at least 8x8.
  /// - Throws: ``NetworkError/option(of:name:got:allowed:)``.
  /// - Source: the MNIST model of OptiGradTrust.
  /// - Deviation: returns logits; the log-softmax is part of the loss.
  public static func cnn3(input: [Int], classes: Int) throws -> any Layer {
    try check("cnn3", input: input, classes: classes)
    try check("cnn3", input: input, least: 8)
    func stage(_ inputs: Int, _ outputs: Int) throws -> [any Layer] {
      [
        try Conv2d(
          inputs: inputs, outputs: outputs, kernel: 3, padding: 1, initialWeight: .kaimingNormal(fan: outputs * 9)),
        try BatchNorm(channels: outputs), Activation(.relu), try Pooling(.maximum, kernel: 2),
        try Dropout(probability: 0.25, dropsChannels: true),
      ]
    }
    let features = try Models.features("cnn3", input: input, channels: 64, input[1] / 8, input[2] / 8)
    let convolutions = try stage(input[0], 32) + stage(32, 64) + stage(64, 64)
    let head: [any Layer] = [
      Flatten(), try Linear(inputs: features, outputs: 128, initialWeight: .kaimingNormal(fan: 128)),
      try BatchNorm(channels: 128), Activation(.relu), try Dropout(probability: 0.5),
      try Linear(inputs: 128, outputs: classes),
    ]
    return Sequential(convolutions + head)
  }
}
