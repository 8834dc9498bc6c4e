public import Tensors

/// Normalizes groups of channels of each image, then scales and shifts each channel.
///
/// - Source: Wu and He, ECCV 2018, <https://arxiv.org/abs/1803.08494>.
public final class GroupNorm: Layer {
  public let groups: Int, channels: Int
  public let epsilon: Double
  /// Scale and shift. Shape `[channels]`.
  public let weight: LayerParameter, bias: LayerParameter

  /// - Throws: ``NetworkError/option(of:name:got:allowed:)``, also where `groups` does not divide `channels`.
  public init(groups: Int, channels: Int, epsilon: Double = 1e-5) throws {
    try requirePositive("group_norm", ["groups": groups, "channels": channels])
    try require("group_norm", "epsilon", epsilon, "it must be above 0") { $0 > 0 }
    guard channels % groups == 0 else {
      throw NetworkError.option(
        of: "group_norm", name: "groups", got: "\(groups)", allowed: "it must divide channels = \(channels)")
    }
    self.groups = groups
    self.channels = channels
    self.epsilon = epsilon
    weight = LayerParameter("weight", [channels], .constant(1))
    bias = LayerParameter("bias", [channels], .constant(0))
  }

  public var parameters: [LayerParameter] { [weight, bias] }
  public var summary: String { "GroupNorm(\(groups), \(channels))" }

  /// - Parameter input: Shape `[b, channels, h, w]`.
  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    try input.groupNorm(
      groups: groups, weight: context.value(of: weight), bias: context.value(of: bias), epsilon: epsilon)
  }
}
