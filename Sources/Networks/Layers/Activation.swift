public import Tensors

/// Applies a function to every element; softmax and log-softmax act along an axis.
public final class Activation: Layer {
  /// The functions a layer can apply.
  public enum Function: Sendable, Equatable {
    case relu, relu6, gelu, silu, sigmoid, tanh, softplus
    case leakyReLU(slope: Double)
    case softmax(axis: Int), logSoftmax(axis: Int)
  }

  public let function: Function

  public init(_ function: Function) { self.function = function }

  public var summary: String {
    switch function {
    case .relu: "ReLU()"
    case .relu6: "ReLU6()"
    case .gelu: "GELU()"
    case .silu: "SiLU()"
    case .sigmoid: "Sigmoid()"
    case .tanh: "Tanh()"
    case .softplus: "Softplus()"
    case .leakyReLU(let slope): "LeakyReLU(\(slope))"
    case .softmax(let axis): "Softmax(axis=\(axis < 0 ? axis : axis + 1))"
    case .logSoftmax(let axis): "LogSoftmax(axis=\(axis < 0 ? axis : axis + 1))"
    }
  }

  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    switch function {
    case .relu: try input.relu()
    case .relu6: try input.relu6()
    case .gelu: try input.gelu()
    case .silu: try input.silu()
    case .sigmoid: try input.sigmoid()
    case .tanh: try input.tanh()
    case .softplus: try input.softplus()
    case .leakyReLU(let slope): try input.leakyRelu(slope)
    case .softmax(let axis): try input.softmax(axis: axis)
    case .logSoftmax(let axis): try input.logSoftmax(axis: axis)
    }
  }
}
