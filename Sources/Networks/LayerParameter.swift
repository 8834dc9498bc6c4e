public import Tensors

/// One named array of numbers that a layer needs: its description, without the numbers.
///
/// The numbers live in a ``Model``, so that many models (one per parallel client) share one tree of layers. A
/// parameter is known by identity: a layer that occurs twice in a model has its parameters once.
public final class LayerParameter: Sendable {
  /// Who changes the numbers.
  public enum Kind: String, Sendable {
    /// An optimizer, following gradients.
    case trainable
    /// The layer itself while it runs in training mode: running means and variances.
    case statistic
  }

  /// What the numbers stand for, where somebody outside the layer must know.
  public enum Role: Sendable {
    case unspecified
    /// Mean of a layer's inputs over past batches.
    case runningMean
    /// Variance of a layer's inputs over past batches: never below 0.
    case runningVariance
  }

  /// Name within its layer, as PyTorch has it: `weight`, `running_mean`.
  public let name: String
  /// Shape as PyTorch has it: `[out, in]` for a linear layer, `[o, i, h, w]` for a convolution.
  public let shape: Shape
  public let kind: Kind
  public let initializer: Initializer
  /// Axes of `shape` in the order of memory, outermost first; kernels want input channels outside output channels.
  public let memoryOrder: [Int]
  /// Whether it belongs to batch normalization, which FedBN keeps at the client.
  public let isBatchNormalization: Bool
  public let role: Role

  public init(
    _ name: String, _ shape: Shape, _ initializer: Initializer, kind: Kind = .trainable, memoryOrder: [Int]? = nil,
    isBatchNormalization: Bool = false, role: Role = .unspecified
  ) {
    self.name = name
    self.shape = shape
    self.kind = kind
    self.initializer = initializer
    self.memoryOrder = memoryOrder ?? Array(shape.indices)
    self.isBatchNormalization = isBatchNormalization
    self.role = role
  }

  /// Memory order of a linear weight `[out, in]`, kept as `[in, out]`.
  static let linearOrder = [1, 0]
  /// Memory order of a convolution's weight `[o, i, h, w]`, kept as `[h, w, i, o]`.
  static let convolutionOrder = [2, 3, 1, 0]
}
