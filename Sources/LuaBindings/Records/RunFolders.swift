import Federation
import Tensors

/// Where the runs of a recorded script leave their records when it is run once more.
public enum RunFolders: Sendable {
  /// Where they did, and each goes on from its checkpoint.
  case resumed
  /// In a folder apart, so that those of the first time stay as they are.
  case moved(into: String)

  /// The folder that stands for one that the script names.
  public func folder(for path: String) -> String {
    switch self {
    case .resumed: path
    case .moved(let place): "\(place)/\(SHA256.hex(path).prefix(16))"
    }
  }
}

extension RunOptions {
  /// The options as the program wants them: it may run a recorded script once more.
  func placed(_ folders: RunFolders?) -> RunOptions {
    guard let folders else { return self }
    var options = self
    options.runDir = runDir.map { folders.folder(for: $0) }
    switch folders {
    case .resumed:
      if runDir != nil, resumedChanges == nil { options.resume = .first(true) }
    case .moved:
      options.record = nil
      options.resume = .first(false)
    }
    return options
  }
}
