/// What can go wrong with data: files of the outside world, or a caller's mistake.
public enum DatasetError: Error, Equatable, Sendable {
  /// No folder holds the data set.
  case missing(dataset: String, searched: [String], advice: String)
  /// The system refuses a file.
  case unreadable(path: String, reason: String)
  /// A file is not what its format demands.
  case malformed(path: String, problem: String)
  /// A file claims more than a reader takes.
  case overLimit(path: String, what: String, got: UInt64, limit: UInt64)
  /// An argument is out of its range.
  case value(op: String, what: String, got: String, allowed: String)
  /// A class label is not among the classes.
  case label(op: String, got: Int, position: Int, classes: Int)
  /// A partition cannot give every client its share.
  case tooFewSamples(op: String, samples: Int, clients: Int, minimum: Int)
}

extension DatasetError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let dataset, let searched, let advice):
      "\(dataset): not found, looked in \(searched.joined(separator: ", ")); \(advice)"
    case .unreadable(let path, let reason):
      "\(path): \(reason)"
    case .malformed(let path, let problem):
      "\(path): \(problem)"
    case .overLimit(let path, let what, let got, let limit):
      "\(path): \(what) is \(got), over the limit; at most \(limit) is allowed"
    case .value(let op, let what, let got, let allowed):
      "\(op): \(what) = \(got) is not allowed; \(allowed)"
    case .label(let op, let got, let position, let classes):
      "\(op): label \(got) of sample \(position + 1) is outside the classes; 0 to \(classes - 1) is allowed"
    case .tooFewSamples(let op, let samples, let clients, let minimum):
      "\(op): \(samples) samples are too few for \(clients) clients with at least \(minimum) each; "
        + "use fewer clients or a smaller minimum_samples"
    }
  }
}
