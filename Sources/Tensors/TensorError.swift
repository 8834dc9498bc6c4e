/// What can be wrong with a call on tensors. Each case names the operation as scripts know it.
public enum TensorError: Error, Equatable, CustomStringConvertible {
  /// Two shapes do not go together.
  case shapes(op: String, Shape, Shape, hint: String)
  /// One shape is not what the operation takes.
  case shape(op: String, got: Shape, expected: String)
  case elementType(op: String, got: ElementType, expected: String)
  case axis(op: String, got: Int, rank: Int)
  case range(op: String, what: String, got: Int, allowed: ClosedRange<Int>)
  case value(op: String, what: String, got: String, allowed: String)
  /// More memory than a tensor may take.
  case tooLarge(op: String, shape: Shape)
  /// More memory than is free now; in bytes.
  case noMemory(op: String, shape: Shape, needed: Int, free: Int)
  /// More memory than ``MemoryBudget`` leaves; in bytes.
  case overBudget(op: String, needed: Int, used: Int, limit: Int)
  /// A file for numbers cannot be made; in bytes.
  case noDisk(op: String, directory: String, needed: Int, reason: String)
  /// `backward` on a value that is no single number.
  case backwardOfMany(shape: Shape)
  /// `backward` on a value that no leaf with a gradient leads to.
  case backwardOfConstant
  /// A second `backward` through the same operations.
  case consumedGraph(op: String)
  /// A value that the gradient still needed was overwritten.
  case overwritten(op: String)
  /// An in-place write to a value that takes part in a gradient.
  case inPlaceOnGradient(op: String)

  public var description: String {
    switch self {
    case .shapes(let op, let a, let b, let hint): "\(op): shapes \(a) and \(b) do not fit; \(hint)"
    case .shape(let op, let got, let expected): "\(op): shape \(got) does not fit; \(expected)"
    case .elementType(let op, let got, let expected): "\(op): a \(got) tensor does not fit; \(expected)"
    case .axis(let op, let got, let rank):
      rank == 0
        ? "\(op): axis \(got + 1) does not exist; a tensor of shape [] has no axes"
        : "\(op): axis \(got < 0 ? got : got + 1) does not exist; 1 to \(rank), or -\(rank) to -1 from the end, is allowed"
    case .range(let op, let what, let got, let allowed):
      "\(op): \(what) = \(got) is out of range; \(allowed.lowerBound) to \(allowed.upperBound) is allowed"
    case .value(let op, let what, let got, let allowed): "\(op): \(what) = \(got) is not allowed; \(allowed)"
    case .tooLarge(let op, let shape):
      "\(op): shape \(shape) is too large; this machine holds tensors of at most \(Tensor.byteLimit >> 30) GiB"
    case .noMemory(let op, let shape, let needed, let free):
      "\(op): shape \(shape) needs \(needed >> 20) MiB; \(free >> 20) MiB are free"
    case .overBudget(let op, let needed, let used, let limit):
      (op == "tensor" ? "" : "\(op): ") + "\(MemoryBudget.sizeText(needed)) more do not fit; "
        + "tensors and scripts take \(MemoryBudget.sizeText(used)) of the \(MemoryBudget.sizeText(limit)) allowed, see FEDLUA_MEMORY"
    case .noDisk(let op, let directory, let needed, let reason):
      "\(op): a file of \(MemoryBudget.sizeText(needed)) can't be made in \(directory): \(reason); TMPDIR names another folder"
    case .backwardOfMany(let shape):
      "backward: shape \(shape) is not a single number; reduce it first, for instance with mean"
    case .backwardOfConstant: "backward: no tensor marked with requires_grad leads to this value"
    case .consumedGraph(let op):
      "backward: the graph through '\(op)' was consumed by an earlier backward; compute the value again first"
    case .overwritten(let op): "backward: a value that '\(op)' needs was changed in place after it was used"
    case .inPlaceOnGradient(let op):
      "\(op): the tensor takes part in a gradient; use the form without underscore, or detach it first"
    }
  }
}
