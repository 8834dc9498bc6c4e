extension Models {
  /// LeNet-5: two convolutions of 5x5 and three linear layers.
  ///
  /// Images below 32x32 are padded by 2 first, so that 28x28 and 32x32 have the same 61,706 parameters (one channel,
  /// ten classes).
  ///
  /// - Parameter input: `[c, h, w]`, at least 12x12.
  /// - Throws: ``NetworkError/option(of:name:got:allowed:)``.
  /// - Source: LeCun et al., Proc. IEEE 86 (1998), <https://doi.org/10.1109/5.726791>, section II.B.
  /// - Deviation: ReLU, maximum pooling, all feature maps connected and a linear output, as is usual since.
  public static func lenet5(input: [Int], classes: Int) throws -> any Layer {
    try check("lenet5", input: input, classes: classes)
    try check("lenet5", input: input, least: 12)
    let padding = min(input[1], input[2]) < 32 ? 2 : 0
    let sides = input.dropFirst().map { (($0 + 2 * padding - 4) / 2 - 4) / 2 }
    let features = try Models.features("lenet5", input: input, channels: 16, sides[0], sides[1])
    return Sequential([
      try Conv2d(inputs: input[0], outputs: 6, kernel: 5, padding: padding), Activation(.relu),
      try Pooling(.maximum, kernel: 2),
      try Conv2d(inputs: 6, outputs: 16, kernel: 5), Activation(.relu), try Pooling(.maximum, kernel: 2),
      Flatten(),
      try Linear(inputs: features, outputs: 120), Activation(.relu),
      try Linear(inputs: 120, outputs: 84), Activation(.relu),
      try Linear(inputs: 84, outputs: classes),
    ])
  }
}
