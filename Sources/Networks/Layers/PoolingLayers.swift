public import Tensors

/// Takes the largest or the mean value of each square window of an image.
public final class Pooling: Layer {
  /// What becomes of a window.
  public enum Kind: Sendable { case maximum, average }

  public let kind: Kind
  public let kernel: Int, stride: Int, padding: Int

  /// - Parameter stride: Step between windows; `kernel` if nil, so that windows touch.
  /// - Throws: ``NetworkError/option(of:name:got:allowed:)`` for a size out of range.
  public init(_ kind: Kind, kernel: Int, stride: Int? = nil, padding: Int = 0) throws {
    let owner = kind == .maximum ? "max_pool2d" : "average_pool2d"
    try requirePositive(owner, ["kernel": kernel, "stride": stride ?? kernel])
    try require(owner, "padding", padding, in: 0...(kernel / 2))
    self.kind = kind
    self.kernel = kernel
    self.stride = stride ?? kernel
    self.padding = padding
  }

  public var summary: String {
    (kind == .maximum ? "MaxPool2d(" : "AveragePool2d(") + "\(kernel)"
      + (stride == kernel ? "" : ", stride=\(stride)") + (padding == 0 ? ")" : ", padding=\(padding))")
  }

  /// - Parameter input: Shape `[b, c, h, w]`.
  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    switch kind {
    case .maximum: try input.maxPool2d(kernel: kernel, stride: stride, padding: padding)
    case .average: try input.averagePool2d(kernel: kernel, stride: stride, padding: padding)
    }
  }
}

/// Takes the mean of each channel over the whole image: `[b, c, h, w]` becomes `[b, c]`.
public final class GlobalAveragePool2d: Layer {
  public init() {}

  public var summary: String { "GlobalAveragePool2d()" }

  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    try input.globalAveragePool2d().reshape(Array(input.shape.prefix(2)))
  }
}
