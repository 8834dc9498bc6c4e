public import Tensors

/// Joins all axes but the first: `[b, c, h, w]` becomes `[b, c h w]`.
public final class Flatten: Layer {
  public init() {}

  public var summary: String { "Flatten()" }

  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    guard input.rank > 0 else {
      throw NetworkError.input(layer: "flatten", got: input.shape, expected: "it needs an axis of samples")
    }
    return try input.reshape([input.shape[0], Array(input.shape.dropFirst()).elementCount])
  }
}

/// Repeats each pixel `scale` times along both axes of an image.
public final class UpsampleNearest2d: Layer {
  public let scale: Int

  /// - Throws: ``NetworkError/option(of:name:got:allowed:)`` for a scale below 1.
  public init(scale: Int) throws {
    try requirePositive("upsample_nearest2d", ["scale": scale])
    self.scale = scale
  }

  public var summary: String { "UpsampleNearest2d(\(scale))" }

  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    try input.upsampleNearest2d(scale: scale)
  }
}

/// Returns its input: a place that a model keeps free.
public final class Identity: Layer {
  public init() {}

  public var summary: String { "Identity()" }

  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor { input }
}
