import Datasets
import Networks
public import Tensors

/// One batch on its way to the model, as the inference side of a defense sees it: inputs, and nothing that tells what
/// is right.
public struct InputBatch {
  /// Shape `[b, …]`, in memory of their own.
  public let inputs: Tensor
  /// Position of the batch among those of one question to the run, from 0.
  public let number: Int
  /// Round whose model answers; 0 before the first.
  public let round: Int
  let seed: UInt64

  /// Random numbers of one hook for this batch.
  public func stream(_ purpose: RandomPurpose) -> RandomStream {
    RandomStream(seed: seed, purpose: purpose, round: round, client: number)
  }
}

/// What a run answers for inputs.
public struct Prediction {
  /// Class of each input, from 0.
  public let labels: [Int]
  /// Anomaly score of each input, higher is more suspicious; nil if the defense does not inspect.
  public let scores: [Double]?
  /// What the model saw: the inputs themselves, or what the defense made of them.
  public let inputs: Tensor
}

/// What a defense does with inputs before the model sees them, wherever the run predicts or is measured.
///
/// Both functions act on the coordinating thread, batch by batch in the order of the inputs.
public struct InputGuard {
  /// Returns an anomaly score for each input, shape `[b]`; higher is more suspicious.
  public var inspect: ((InputBatch) throws -> Tensor)?
  /// Returns what the model gets in place of the inputs, in their shape. The scores are those of ``inspect``, shape
  /// `[b]`; nil without it.
  public var purify: ((InputBatch, _ scores: Tensor?) throws -> Tensor)?

  public init(
    inspect: ((InputBatch) throws -> Tensor)? = nil, purify: ((InputBatch, _ scores: Tensor?) throws -> Tensor)? = nil
  ) {
    self.inspect = inspect
    self.purify = purify
  }

  /// Inspects and purifies one batch; messages call the defense `name`.
  func screen(
    _ inputs: Tensor, number: Int, round: Int, seed: UInt64, name: String
  ) throws -> (inputs: Tensor, scores: [Double]?) {
    try Interrupt.check()
    // Each hook gets a copy, so that what it writes into its batch changes no answer.
    func batch() -> InputBatch { InputBatch(inputs: inputs.clone(), number: number, round: round, seed: seed) }
    let scores = try inspect.map { try Self.checked(scores: $0(batch()), count: inputs.shape[0], round, name) }
    guard let purify else { return (inputs, scores) }
    let cleaned = try purify(batch(), scores.map { Tensor($0.map(Float.init)) })
    return (try Self.checked(inputs: cleaned, inputs.shape, round, name), scores)
  }

  private static func checked(scores: Tensor, count: Int, _ round: Int, _ name: String) throws -> [Double] {
    guard scores.shape == [count] else {
      throw FederationError.inputHook(
        "\(name): inspect", round: round, problem: "shape \(scores.shape) is not one score an input",
        allowed: "[\(count)] is needed")
    }
    let values = scores.values
    if let bad = values.firstIndex(where: { !$0.isFinite }) {
      throw FederationError.inputHook(
        "\(name): inspect", round: round, problem: "the score of input \(bad + 1) is \(values[bad])",
        allowed: "finite numbers are needed")
    }
    return values
  }

  private static func checked(inputs: Tensor, _ shape: Shape, _ round: Int, _ name: String) throws -> Tensor {
    func fail(_ problem: String, _ allowed: String) -> FederationError {
      .inputHook("\(name): purify", round: round, problem: problem, allowed: allowed)
    }
    guard inputs.shape == shape else {
      throw fail("shape \(inputs.shape) is not that of the inputs", "\(shape) is needed")
    }
    guard inputs.elementType == .float32 else { throw fail("it returned \(inputs.elementType)", "float32 is needed") }
    let cleaned = inputs.detach(), row = cleaned.contiguous()
    if let fault = row.withFloats({ RowFault(row: 0, $0, count: row.count) }) {
      let input = fault.coordinate / max(1, shape.dropFirst().reduce(1, *)) + 1
      throw fail("input \(input) became \(fault.value)", "finite numbers are needed")
    }
    return cleaned
  }
}
