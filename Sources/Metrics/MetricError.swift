/// What can be wrong with a call on metrics.
public enum MetricError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Two lists that belong together differ in length.
  case lengths(op: String, what: String, Int, other: String, Int)
  /// There is nothing to measure.
  case empty(op: String, what: String)
  /// A class is outside 0 ..< classes.
  case label(op: String, what: String, got: Int, position: Int, classes: Int)
  /// An argument is out of its range.
  case value(op: String, what: String, got: String, allowed: String)

  public var description: String {
    switch self {
    case .lengths(let op, let what, let count, let other, let otherCount):
      "\(op): \(count) \(what) and \(otherCount) \(other) do not fit; as many of both are needed"
    case .empty(let op, let what): "\(op): there are no \(what); at least one is needed"
    case .label(let op, let what, let got, let position, let classes):
      "\(op): \(what) \(got) at position \(position + 1) is outside the classes; 0 to \(classes - 1) is allowed"
    case .value(let op, let what, let got, let allowed): "\(op): \(what) = \(got) is not allowed; \(allowed)"
    }
  }
}
