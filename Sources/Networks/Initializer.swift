internal import Tensors

/// How a parameter gets its first values.
public enum Initializer: Sendable, Equatable {
  case constant(Double)
  /// Uniform on (-bound, bound).
  case uniform(bound: Double)
  case normal(deviation: Double)
  /// Normal, drawn again until within two deviations of zero.
  case truncatedNormal(deviation: Double)

  /// What PyTorch gives the weight and bias of linear and convolution layers: uniform within 1 / sqrt(fan in).
  ///
  /// For a weight this is Kaiming's uniform rule with the negative slope sqrt(5).
  /// - Source: He et al., ICCV 2015, <https://arxiv.org/abs/1502.01852>.
  public static func fanIn(_ fanIn: Int) -> Initializer { .uniform(bound: 1 / Double(max(fanIn, 1)).squareRoot()) }

  /// Kaiming's normal rule for layers before a ReLU: deviation sqrt(2 / fan).
  ///
  /// - Source: He et al., ICCV 2015, <https://arxiv.org/abs/1502.01852>, equations 10 and 14.
  public static func kaimingNormal(fan: Int) -> Initializer {
    .normal(deviation: (2 / Double(max(fan, 1))).squareRoot())
  }

  /// Glorot's uniform rule: bound sqrt(6 / (fan in + fan out)).
  ///
  /// - Source: Glorot and Bengio, AISTATS 2010, <https://proceedings.mlr.press/v9/glorot10a.html>, equation 16.
  public static func glorotUniform(fanIn: Int, fanOut: Int) -> Initializer {
    .uniform(bound: (6 / Double(max(fanIn + fanOut, 1))).squareRoot())
  }

  /// Returns `count` values, in the logical row-major order of the parameter.
  ///
  /// The order does not depend on how the parameter lies in memory, so neither do a model's first weights.
  func values(count: Int, stream: inout RandomStream) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    values.withUnsafeMutableBufferPointer { buffer in
      guard let first = buffer.baseAddress else { return }
      switch self {
      case .constant(let value): buffer.update(repeating: Float(value))
      case .uniform(let bound):
        stream.fillUniform(first, count: count, lower: Float(-bound), upper: Float(bound))
      case .normal(let deviation): stream.fillNormal(first, count: count, deviation: Float(deviation))
      case .truncatedNormal(let deviation):
        for index in 0..<count {
          var draw = stream.normal()
          while abs(draw) > 2 { draw = stream.normal() }
          first[index] = Float(draw * deviation)
        }
      }
    }
    return values
  }
}
