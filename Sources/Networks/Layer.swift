public import Tensors

/// A step of a model: what it computes and which parameters it needs, without their values.
///
/// Layers do not change once made, so one tree of layers serves any number of models at once, on any thread.
public protocol Layer: AnyObject, Sendable {
  /// The layer's own parameters, without those of its children.
  var parameters: [LayerParameter] { get }

  /// Layers inside this one, by name, in the order of their parameters.
  var children: [(name: String, layer: any Layer)] { get }

  /// Kind and sizes on one line, with the options a script would write: `Linear(784, 10)`.
  var summary: String { get }

  /// Whether `forward` must run on the thread that made the layer, as a function of a script must.
  var isConfinedToOneThread: Bool { get }

  /// Computes the output, with parameters and mode taken from `context`.
  func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor

  /// As the other form, for a layer that takes several tensors or gives several.
  func forward(_ inputs: [Tensor], _ context: ForwardContext) throws -> LayerOutput
}

extension Layer {
  public var parameters: [LayerParameter] { [] }
  public var children: [(name: String, layer: any Layer)] { [] }
  public var isConfinedToOneThread: Bool { false }
}

/// Everything a layer needs to run that is not the layer: mode, randomness and the parameters' values.
public final class ForwardContext {
  /// What the run is for; batch normalization and dropout differ.
  public enum Mode: Sendable, Equatable {
    /// Normalize with the batch's own statistics, update the running ones, drop units.
    case training
    /// Normalize with the running statistics, drop nothing.
    case evaluation
    /// Re-estimate statistics: normalize as in training, but statistics become the plain mean over the batches seen,
    /// and nothing is dropped. `batch` counts from 1.
    case estimation(batch: Int)
  }

  public let mode: Mode
  /// Source of dropout's choices.
  public var stream: RandomStream
  /// Told what each linear layer was given and what it made of it, in the order in which they run.
  var onLinear: ((_ layer: Linear, _ input: Tensor, _ output: Tensor) -> Void)?
  private let values: [ObjectIdentifier: Tensor]

  init(mode: Mode, stream: RandomStream, values: [ObjectIdentifier: Tensor]) {
    self.mode = mode
    self.stream = stream
    self.values = values
  }

  /// Returns the values of a parameter in its logical shape, a view of the model's vector.
  ///
  /// - Throws: ``NetworkError/parameterElsewhere(name:)`` if the running model does not hold the parameter.
  public func value(of parameter: LayerParameter) throws -> Tensor {
    guard let tensor = values[ObjectIdentifier(parameter)] else {
      throw NetworkError.parameterElsewhere(name: parameter.name)
    }
    return tensor
  }

  /// Runs a child layer; a mistake inside it is thrown with the child's name in front.
  public func run(_ layer: any Layer, named name: String, _ input: Tensor) throws -> Tensor {
    try locating(name) { try layer.forward(input, self) }
  }

  /// As ``run(_:named:_:)``, with several tensors.
  public func run(_ layer: any Layer, named name: String, _ inputs: [Tensor]) throws -> LayerOutput {
    try locating(name) { try layer.forward(inputs, self) }
  }

  /// Runs a child's code; a mistake inside it is thrown with the child's name in front.
  public func locating<R>(_ name: String, _ body: () throws -> R) throws -> R {
    try Interrupt.check()
    do {
      return try body()
    } catch var error as LayerError {
      error.path = "\(name).\(error.path)"
      throw error
    } catch let error as TensorError {
      throw LayerError(path: name, underlying: error)
    } catch let error as NetworkError {
      throw LayerError(path: name, underlying: error)
    }
  }
}
