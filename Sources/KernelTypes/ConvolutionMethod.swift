/// How a pass of a convolution is computed.
public enum ConvolutionMethod: Sendable {
  /// Products and sums of the definition, in another order at most.
  case direct
  /// Winograd's F(4x4, 3x3): a quarter of the products, rounded at points where values are up to 100 times larger.
  case winograd
}

/// What the caller wants of a convolution.
public enum ConvolutionPreference: String, CaseIterable, Sendable {
  /// The fastest method for the shape; those that round more than the definition are allowed.
  case auto
  /// The definition: as close to exact as float32 sums are.
  case direct
}
