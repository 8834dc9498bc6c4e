public import Tensors

/// What the last linear layer of a model was given for a batch, and what it made of it.
public struct LastLayer: Sendable {
  /// Shape `[b, inputs]`.
  public let inputs: Tensor
  /// The model's scores. Shape `[b, classes]`.
  public let outputs: Tensor
  /// Full names of the layer's parameters; without a bias, nil.
  public let weight: String, bias: String?

  /// Takes what was seen, as it is.
  public init(inputs: Tensor, outputs: Tensor, weight: String, bias: String?) {
    self.inputs = inputs
    self.outputs = outputs
    self.weight = weight
    self.bias = bias
  }
}

extension Model {
  /// Runs the model, and tells what its last layer was given.
  ///
  /// The batch is normalized with its own statistics, as in training, and nothing is dropped; the model's running
  /// statistics change.
  ///
  /// - Returns: nil if the output is not that of a ``Linear`` layer for a batch of vectors.
  public func lastLayer(for input: Tensor) throws -> LastLayer? {
    let context = ForwardContext(
      mode: .estimation(batch: 1), stream: RandomStream(seed: 0, purpose: .dropout), values: constants)
    var last: (layer: Linear, input: Tensor, output: Tensor)?
    context.onLinear = { last = ($0, $1, $2) }
    let output = try Tape.withoutRecording { try root.forward(input, context) }
    guard let last, last.output === output, output.rank == 2 else { return nil }
    func name(_ parameter: LayerParameter?) -> String? {
      parameters.firstIndex { $0 === parameter }.map { layout.entries[$0].name }
    }
    return LastLayer(
      inputs: last.input, outputs: output, weight: name(last.layer.weight) ?? "", bias: name(last.layer.bias))
  }
}
