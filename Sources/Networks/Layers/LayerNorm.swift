public import Tensors

/// Normalizes the last axis of each sample, then scales and shifts it.
///
/// - Source: Ba, Kiros and Hinton 2016, <https://arxiv.org/abs/1607.06450>.
public final class LayerNorm: Layer {
  public let size: Int
  public let epsilon: Double
  /// Scale and shift. Shape `[size]`.
  public let weight: LayerParameter, bias: LayerParameter

  /// - Throws: ``NetworkError/option(of:name:got:allowed:)``.
  public init(size: Int, epsilon: Double = 1e-5) throws {
    try requirePositive("layer_norm", ["size": size])
    try require("layer_norm", "epsilon", epsilon, "it must be above 0") { $0 > 0 }
    self.size = size
    self.epsilon = epsilon
    weight = LayerParameter("weight", [size], .constant(1))
    bias = LayerParameter("bias", [size], .constant(0))
  }

  public var parameters: [LayerParameter] { [weight, bias] }
  public var summary: String { "LayerNorm(\(size))" }

  /// - Parameter input: Shape `[…, size]`.
  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    guard input.shape.last == size else {
      throw NetworkError.input(layer: "layer_norm", got: input.shape, expected: "the last axis must be \(size)")
    }
    return try input.layerNorm(
      weight: context.value(of: weight), bias: context.value(of: bias), epsilon: epsilon)
  }
}
