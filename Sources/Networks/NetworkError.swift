public import Tensors

/// What can be wrong with a layer, a model or an optimizer.
public enum NetworkError: Error, Equatable, CustomStringConvertible {
  /// An option of a layer, model or optimizer is out of its range.
  case option(of: String, name: String, got: String, allowed: String)
  /// An input does not fit a layer.
  case input(layer: String, got: Shape, expected: String)
  /// A layer was called without a model that holds its parameters.
  case parameterElsewhere(name: String)
  /// A vector does not fit a model.
  case vector(op: String, got: Shape, expected: Int)
  /// Two models that should have the same parameters do not.
  case layout(op: String, detail: String)
  /// A model file lacks a parameter, has one too many, or has one of another shape.
  case file(path: String, detail: String)
  /// A layer, named by its summary, is larger than a model can be.
  case size(of: String, String)
  case elementType(op: String, got: ElementType, expected: String)
  /// A layer that takes one input got another number of them.
  case inputs(layer: String, got: Int)
  /// A model with several outputs where one is needed.
  case outputs(names: [String])
  /// A function of a script is needed on a thread where it cannot run: its trace was not made before.
  case elsewhere(what: String)

  public var description: String {
    switch self {
    case .option(let owner, let name, let got, let allowed): "\(owner): \(name) = \(got) is not allowed; \(allowed)"
    case .input(let layer, let got, let expected): "\(layer): an input of shape \(got) does not fit; \(expected)"
    case .parameterElsewhere(let name):
      "\(name): the layer is not part of the running model; make a model of it, or name it among the module's layers"
    case .vector(let op, let got, let expected):
      "\(op): a vector of shape \(got) does not fit; the model takes [\(expected)]"
    case .layout(let op, let detail): "\(op): the models differ, \(detail); both must have the same layers"
    case .file(let path, let detail): "\(path): \(detail)"
    case .inputs(let layer, let got): "\(layer): takes 1 input, got \(got)"
    case .outputs(let names):
      "the model gives \(names.isEmpty ? "several outputs" : names.joined(separator: ", ")); one tensor is needed"
    case .elsewhere(let what): "\(what) runs on the script's thread alone, and has no plan for these shapes"
    case .size(let owner, let detail): "\(owner): \(detail)"
    case .elementType(let op, let got, let expected): "\(op): a \(got) tensor does not fit; \(expected)"
    }
  }
}

/// A mistake inside a model, with the way to the layer that found it.
public struct LayerError: Error, CustomStringConvertible {
  /// Names from the model's root to the layer: `layer1.0.conv1`.
  public internal(set) var path: String
  public let underlying: any Error

  public var description: String { "layer \(path): \(underlying)" }
}

/// Throws unless `value` lies in `range`.
func require(_ owner: String, _ name: String, _ value: Int, in range: ClosedRange<Int>) throws {
  guard !range.contains(value) else { return }
  let allowed = range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
  throw NetworkError.option(of: owner, name: name, got: "\(value)", allowed: "\(allowed) is allowed")
}

/// Throws unless every one of the named sizes is at least 1, and small enough for products of them to be numbers.
func requirePositive(_ owner: String, _ sizes: KeyValuePairs<String, Int>) throws {
  for (name, size) in sizes {
    try require(owner, name, size, in: 1...Int.max)
    try require(owner, name, size, in: 1...1 << 24)
  }
}

/// Throws unless a padding is at least 0, and small enough for sums with an image's side.
func requirePadding(_ owner: String, _ padding: Int) throws {
  try require(owner, "padding", padding, in: 0...Int.max)
  try require(owner, "padding", padding, in: 0...1 << 24)
}

/// Throws unless a window's side is at least 1, and small enough for products with other sizes.
func requireKernel(_ owner: String, _ kernel: Int) throws {
  try require(owner, "kernel", kernel, in: 1...Int.max)
  try require(owner, "kernel", kernel, in: 1...1 << 12)
}

extension Int {
  /// Adds counts of parameters; the largest integer where the sum is larger, which no memory holds.
  func addingCount(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}

/// Throws unless `value` is finite and satisfies `condition`, which `allowed` puts in words.
func require(_ owner: String, _ name: String, _ value: Double, _ allowed: String, _ condition: (Double) -> Bool) throws
{
  guard !value.isFinite || !condition(value) else { return }
  throw NetworkError.option(of: owner, name: name, got: "\(value)", allowed: allowed)
}
