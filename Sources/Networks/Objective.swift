public import Tensors

/// What one step of training sees: named tensors with a row for each sample.
public struct ObjectiveBatch: Sendable {
  /// Names and tensors, in a fixed order: `inputs`, `labels`, and what else an objective needs.
  public let tensors: [(name: String, tensor: Tensor)]
  /// Identity of the sample in each row, by which random draws are told apart.
  public let samples: [Int]

  public init(_ tensors: [(name: String, tensor: Tensor)], samples: [Int]? = nil) {
    self.tensors = tensors
    self.samples = samples ?? Array(0..<(tensors.first?.tensor.shape.first ?? 0))
  }

  /// The usual batch: inputs and a target for each.
  public init(inputs: Tensor, targets: Tensor, samples: [Int]? = nil) {
    self.init([("inputs", inputs), ("labels", targets)], samples: samples)
  }

  public subscript(name: String) -> Tensor? { tensors.first { $0.name == name }?.tensor }

  /// The same names with other tensors.
  func replacing(_ tensors: [Tensor]) -> ObjectiveBatch {
    ObjectiveBatch(zip(self.tensors, tensors).map { ($0.name, $1) }, samples: samples)
  }
}

/// One evaluation of an objective: the model as it runs, the batch, and random draws.
public struct ObjectiveRun {
  public let model: Model
  public let context: ForwardContext
  public let batch: ObjectiveBatch
  public let draws: Draws

  /// Runs the model's layers on inputs, with the mode and the dropout of this evaluation.
  public func outputs(_ inputs: Tensor...) throws -> LayerOutput { try model.root.forward(inputs, context) }
}

/// What an objective gives: the number that is made small, and what else is wanted of the same computation.
public struct ObjectiveValue {
  /// A tensor without axes.
  public let loss: Tensor
  public let others: LayerOutput

  public init(loss: Tensor, others: LayerOutput = LayerOutput([])) {
    self.loss = loss
    self.others = others
  }
}

/// A number that training makes small, or an attack large: a function of a model, a batch and random draws.
///
/// It is traced like layers: run dry once for a shape, and replayed as a plan on any thread. So it depends on the
/// tensors of its run alone; all else is a constant of the trace.
public protocol Objective: Sendable {
  /// Tells its plans from those of other objectives.
  var key: ObjectiveKey { get }

  /// Whether it can only run on the thread that made it, as a function of a script; its plans run anywhere.
  var isConfinedToOneThread: Bool { get }

  func callAsFunction(_ run: ObjectiveRun) throws -> ObjectiveValue
}

extension Objective {
  public var isConfinedToOneThread: Bool { false }
}

/// Identity of an objective.
public struct ObjectiveKey: Hashable, Sendable {
  private let kind: String
  private let number: Double
  private let identity: UInt

  /// - Parameters:
  ///   - kind: What is computed.
  ///   - number: An option of it.
  ///   - identity: Of a function that somebody else wrote.
  public init(_ kind: String, number: Double = 0, identity: UInt = 0) {
    self.kind = kind
    self.number = number
    self.identity = identity
  }
}

extension Loss: Objective {
  public var key: ObjectiveKey {
    switch self {
    case .crossEntropy(let smoothing): ObjectiveKey("cross_entropy", number: smoothing)
    case .meanSquaredError: ObjectiveKey("mse")
    case .binaryCrossEntropy: ObjectiveKey("binary_cross_entropy")
    }
  }

  /// The loss of the model's output for the first tensor of the batch, against the second.
  public func callAsFunction(_ run: ObjectiveRun) throws -> ObjectiveValue {
    let (inputs, targets) = (run.batch.tensors[0].tensor, run.batch.tensors[1].tensor)
    return ObjectiveValue(loss: try self(run.outputs(inputs).single(), targets))
  }
}
