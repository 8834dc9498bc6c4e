public import Tensors

/// Multiplies the last axis by a weight matrix and adds a bias: y = x Wᵀ + b.
public final class Linear: Layer {
  public let inputs: Int, outputs: Int
  /// Shape `[outputs, inputs]`.
  public let weight: LayerParameter
  /// Shape `[outputs]`.
  public let bias: LayerParameter?

  /// - Parameters:
  ///   - initialWeight: First values of the weight; PyTorch's default if nil.
  ///   - initialBias: The same for the bias.
  /// - Throws: ``NetworkError/option(of:name:got:allowed:)`` for a size below 1.
  public init(
    inputs: Int, outputs: Int, bias hasBias: Bool = true, initialWeight: Initializer? = nil,
    initialBias: Initializer? = nil
  ) throws {
    try requirePositive("linear", ["inputs": inputs, "outputs": outputs])
    self.inputs = inputs
    self.outputs = outputs
    weight = LayerParameter(
      "weight", [outputs, inputs], initialWeight ?? .fanIn(inputs), memoryOrder: LayerParameter.linearOrder)
    bias = hasBias ? LayerParameter("bias", [outputs], initialBias ?? .fanIn(inputs)) : nil
  }

  public var parameters: [LayerParameter] { [weight] + (bias.map { [$0] } ?? []) }
  public var summary: String { "Linear(\(inputs), \(outputs)\(bias == nil ? ", bias=false" : ""))" }

  /// - Parameter input: Shape `[…, inputs]`.
  /// - Returns: Shape `[…, outputs]`.
  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    guard input.shape.last == inputs else {
      throw NetworkError.input(layer: "linear", got: input.shape, expected: "the last axis must be \(inputs)")
    }
    let output = try input.linear(weight: context.value(of: weight), bias: bias.map(context.value(of:)))
    context.onLinear?(self, input, output)
    return output
  }
}
