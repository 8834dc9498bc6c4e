public import Tensors

/// Self-attention: every token looks at every other through `heads` scaled dot products.
///
/// - Source: Vaswani et al., NeurIPS 2017, <https://arxiv.org/abs/1706.03762>, section 3.2.2.
public final class MultiHeadAttention: Layer {
  public let size: Int, heads: Int
  /// Weights of query, key and value, one under the other. Shape `[3 size, size]`.
  public let inputWeight: LayerParameter
  /// Shape `[3 size]`.
  public let inputBias: LayerParameter
  public let output: Linear

  /// - Throws: ``NetworkError/option(of:name:got:allowed:)``, also where `heads` does not divide `size`.
  public init(size: Int, heads: Int) throws {
    try requirePositive("attention", ["size": size, "heads": heads])
    guard size % heads == 0 else {
      throw NetworkError.option(
        of: "attention", name: "heads", got: "\(heads)", allowed: "it must divide size = \(size)")
    }
    self.size = size
    self.heads = heads
    inputWeight = LayerParameter(
      "in_proj_weight", [3 * size, size], .glorotUniform(fanIn: size, fanOut: 3 * size),
      memoryOrder: LayerParameter.linearOrder)
    inputBias = LayerParameter("in_proj_bias", [3 * size], .constant(0))
    output = try Linear(inputs: size, outputs: size, initialBias: .constant(0))
  }

  public var parameters: [LayerParameter] { [inputWeight, inputBias] }
  public var children: [(name: String, layer: any Layer)] { [("out_proj", output)] }
  public var summary: String { "MultiHeadAttention(\(size), heads=\(heads))" }

  /// - Parameter input: Tokens. Shape `[b, t, size]`.
  /// - Returns: Shape `[b, t, size]`.
  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    guard input.rank == 3, input.shape[2] == size else {
      throw NetworkError.input(layer: "attention", got: input.shape, expected: "it must be [b, t, \(size)]")
    }
    let projected = try input.linear(weight: context.value(of: inputWeight), bias: context.value(of: inputBias))
    let parts = try (0..<3).map { try projected.narrow(axis: 2, start: $0 * size, count: size) }
    let mixed = try Tensor.attention(query: parts[0], key: parts[1], value: parts[2], heads: heads)
    return try context.run(output, named: "out_proj", mixed)
  }
}
