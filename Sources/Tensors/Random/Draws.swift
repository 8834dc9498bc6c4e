/// Where the random numbers of an objective come from: a stream, and what each row of the batch stands for.
public struct DrawSource: Sendable {
  /// Of the run, the client and the pass over its data; not of the step, so that a batch's size changes nothing.
  public var stream: RandomStream
  /// Identity of the sample in each row: equal samples draw equal numbers.
  public var samples: [Int]

  public init(stream: RandomStream, samples: [Int]) {
    self.stream = stream
    self.samples = samples
  }
}

/// Sources of random numbers for one run of a plan.
public struct PlanStreams: Sendable {
  public var dropout: RandomStream
  public var draws: DrawSource

  public init(dropout: RandomStream, draws: DrawSource? = nil) {
    self.dropout = dropout
    self.draws = draws ?? DrawSource(stream: dropout.derive("draws"), samples: [])
  }
}

/// Random tensors of an objective. Each row belongs to the sample in that row of the batch.
///
/// A sample's numbers depend on the stream, the sample and the count of draws before: not on the batch around it, and
/// not on the thread. In a dry run a draw is an operation of the plan.
public final class Draws {
  private let source: DrawSource
  /// Draws made so far.
  private var count = 0

  public init(_ source: DrawSource) { self.source = source }

  /// Rows of the batch.
  public var batch: Int { source.samples.count }

  /// Draws from the standard normal distribution.
  ///
  /// - Parameter shape: The batch's size first, as in all of these.
  public func normal(_ shape: Shape) throws -> Tensor { try draw(.normal, shape) }

  /// Draws uniformly between two bounds.
  public func uniform(_ shape: Shape, lower: Double = 0, upper: Double = 1) throws -> Tensor {
    guard lower.isFinite, upper.isFinite, lower <= upper else {
      throw TensorError.value(
        op: "draw:uniform", what: "bounds", got: "\(lower) to \(upper)", allowed: "the lower one must come first")
    }
    return try draw(.uniform(lower: Float(lower), upper: Float(upper)), shape)
  }

  /// Draws integers uniformly from `lower` to `upper`, both included, as int64.
  public func integers(_ shape: Shape, from lower: Int, through upper: Int) throws -> Tensor {
    let (width, overflow) = upper.subtractingReportingOverflow(lower)
    guard lower <= upper, !overflow, width < Int.max else {
      throw TensorError.value(
        op: "draw:integers", what: "bounds", got: "\(lower) to \(upper)", allowed: "the lower one must come first")
    }
    return try draw(.integers(lower: lower, count: width + 1), shape)
  }

  /// Draws ones and zeros: in each row the given share is 1, rounded to whole numbers, at random places.
  public func mask(_ shape: Shape, share: Double) throws -> Tensor {
    guard 0...1 ~= share else {
      throw TensorError.value(op: "draw:mask", what: "share", got: "\(share)", allowed: "0 to 1 is allowed")
    }
    return try draw(.mask(share: share), shape)
  }

  /// Draws the numbers from 0 to n - 1 in random order for each row of `[b, n]`, as int64.
  public func permutation(_ shape: Shape) throws -> Tensor {
    guard shape.count == 2 else {
      throw TensorError.shape(op: "draw:permutation", got: shape, expected: "[b, n] is needed")
    }
    return try draw(.permutation, shape)
  }

  private func draw(_ kind: DrawPlanOperation.Kind, _ shape: Shape) throws -> Tensor {
    guard let first = shape.first, first == batch else {
      throw TensorError.shape(
        op: "draw:\(kind.name)", got: shape, expected: "the first axis must be the batch of \(batch)")
    }
    let operation = DrawPlanOperation(kind: kind, index: count, rows: batch, width: shape.dropFirst().reduce(1, *))
    count += 1
    let result = try Tensor.uninitialized(shape, kind.elementType, op: "draw:\(kind.name)")
    if let trace = Trace.current {
      trace.note("draw:\(kind.name)", PlanNote(operation, [], result), result)
    } else {
      operation.fill(result.storage.base, source)
    }
    return result
  }
}
