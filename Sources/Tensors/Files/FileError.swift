/// What can go wrong with files of tensors. All but the last two are failures of the outside world.
public enum FileError: Error, Equatable, Sendable, CustomStringConvertible {
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  /// The file is not what its format demands.
  case malformed(path: String, problem: String)
  /// Two tensors to save have one name.
  case duplicateName(op: String, name: String)
  /// A name that the format keeps for itself.
  case reservedName(op: String, name: String)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): cannot be read, \(reason)"
    case .unwritable(let path, let reason): "\(path): cannot be written, \(reason)"
    case .malformed(let path, let problem): "\(path): \(problem)"
    case .duplicateName(let op, let name): "\(op): two tensors are called '\(name)'; each name is allowed once"
    case .reservedName(let op, let name): "\(op): the name '\(name)' is reserved; any other is allowed"
    }
  }
}
