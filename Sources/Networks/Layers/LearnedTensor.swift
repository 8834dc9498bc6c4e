public import Tensors

/// A tensor of its own that training changes, such as positions or a mask token: it takes no input.
public final class LearnedTensor: Layer {
  public let shape: Shape
  public let value: LayerParameter

  /// - Parameters:
  ///   - shape: Sizes of the axes, each at least 1.
  ///   - deviation: Of the normal distribution that the first values are drawn from; 0 gives zeros.
  /// - Throws: ``NetworkError/option(of:name:got:allowed:)``.
  public init(shape: Shape, deviation: Double = 0.02) throws {
    guard !shape.isEmpty else {
      throw NetworkError.option(of: "parameter", name: "shape", got: "[]", allowed: "one size or more is needed")
    }
    for size in shape { try require("parameter", "shape", size, in: 1...1 << 24) }
    try require("parameter", "scale", deviation, "it must be 0 or more") { $0 >= 0 }
    self.shape = shape
    value = LayerParameter("value", shape, deviation > 0 ? .normal(deviation: deviation) : .constant(0))
  }

  public var parameters: [LayerParameter] { [value] }
  public var summary: String { "Parameter(\(shape.map(String.init).joined(separator: ", ")))" }

  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    throw NetworkError.input(layer: "parameter", got: input.shape, expected: "it takes no input")
  }

  public func forward(_ inputs: [Tensor], _ context: ForwardContext) throws -> LayerOutput {
    if let input = inputs.first { return LayerOutput([try forward(input, context)]) }
    return LayerOutput([try context.value(of: value)])
  }
}
