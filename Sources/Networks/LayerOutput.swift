public import Tensors

/// What a layer computes: one tensor for most, several with names for a module that says so.
public struct LayerOutput {
  public let tensors: [Tensor]
  /// Names of the tensors, in their order; empty for a single one without a name.
  public let names: [String]

  public init(_ tensors: [Tensor], names: [String] = []) {
    self.tensors = tensors
    self.names = names
  }

  /// The only tensor.
  ///
  /// - Throws: ``NetworkError/outputs(names:)`` where there are several.
  public func single() throws -> Tensor {
    guard tensors.count == 1, names.isEmpty else { throw NetworkError.outputs(names: names) }
    return tensors[0]
  }
}

extension Layer {
  /// Most layers take one tensor and give one.
  public func forward(_ inputs: [Tensor], _ context: ForwardContext) throws -> LayerOutput {
    guard inputs.count == 1 else { throw NetworkError.inputs(layer: summary, got: inputs.count) }
    return LayerOutput([try forward(inputs[0], context)])
  }
}
