public import Tensors

/// Runs layers one after the other.
public final class Sequential: Layer {
  public let children: [(name: String, layer: any Layer)]
  public let isConfinedToOneThread: Bool

  /// Names the layers by position from 0, as PyTorch does.
  public convenience init(_ layers: [any Layer]) {
    self.init(named: layers.enumerated().map { ("\($0.offset)", $0.element) })
  }

  public init(named children: [(name: String, layer: any Layer)]) {
    self.children = children
    isConfinedToOneThread = children.contains { $0.layer.isConfinedToOneThread }
  }

  public var summary: String { "Sequential" }

  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    try children.reduce(input) { try context.run($1.layer, named: $1.name, $0) }
  }
}

/// Adds a layer's output to its input: y = x + f(x).
public final class Residual: Layer {
  public let layer: any Layer

  public init(_ layer: any Layer) { self.layer = layer }

  public var children: [(name: String, layer: any Layer)] { [("layer", layer)] }
  public var isConfinedToOneThread: Bool { layer.isConfinedToOneThread }
  public var summary: String { "Residual" }

  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    try input.add(context.run(layer, named: "layer", input))
  }
}

/// A module whose forward pass somebody else wrote, such as a script.
public final class CustomModule: Layer {
  /// Computes the outputs; runs children through the context.
  public typealias Body = @Sendable (_ inputs: [Tensor], _ context: ForwardContext) throws -> LayerOutput

  /// Name in the model's description.
  public let name: String
  public let children: [(name: String, layer: any Layer)]
  public let isConfinedToOneThread: Bool
  private let body: Body

  /// - Parameter isConfinedToOneThread: Whether `body` must run on the thread it was made on, as a Lua function must.
  public init(
    _ name: String, children: [(name: String, layer: any Layer)], isConfinedToOneThread: Bool, body: @escaping Body
  ) {
    self.name = name
    self.children = children
    self.isConfinedToOneThread = isConfinedToOneThread || children.contains { $0.layer.isConfinedToOneThread }
    self.body = body
  }

  public var summary: String { name }

  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    try body([input], context).single()
  }

  public func forward(_ inputs: [Tensor], _ context: ForwardContext) throws -> LayerOutput {
    try body(inputs, context)
  }
}
