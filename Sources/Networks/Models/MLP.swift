extension Models {
  /// Linear layers with ReLU between them.
  ///
  /// - Parameters:
  ///   - inputs: Values per sample; images are flattened.
  ///   - hidden: Sizes of the hidden layers, any number of them.
  /// - Throws: ``NetworkError/option(of:name:got:allowed:)`` for a size below 1.
  public static func mlp(inputs: Int, hidden: [Int], classes: Int) throws -> any Layer {
    try requirePositive("mlp", ["input": inputs, "classes": classes])
    for size in hidden { try requirePositive("mlp", ["hidden": size]) }
    var layers: [any Layer] = [Flatten()], width = inputs
    for size in hidden {
      layers += [try Linear(inputs: width, outputs: size), Activation(.relu)]
      width = size
    }
    return Sequential(layers + [try Linear(inputs: width, outputs: classes)])
  }
}
