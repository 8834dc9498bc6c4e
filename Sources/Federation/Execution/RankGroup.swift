/// Processes that run the same script side by side, numbered from 0, and can trade messages.
public protocol RankGroup: AnyObject {
  /// Number of this process, from 0.
  var rank: Int { get }
  /// How many there are.
  var size: Int { get }

  /// Brings one message and takes one from each rank, in the order of the ranks. Every rank must come.
  ///
  /// - Throws: ``RankError/silent(rank:seconds:)`` where one does not in time, ``RankError/broken(problem:)``, and
  ///   `Interrupted`.
  func gather(_ bytes: [UInt8]) throws -> [[UInt8]]
}

/// Why ranks cannot go on together.
public enum RankError: Error, Equatable, CustomStringConvertible {
  /// One of them met an error.
  case failed(rank: String, problem: String)
  /// They came to different places of the script, or to the same one with other numbers.
  case apart(rank: String, there: String, here: String)
  /// They are no copies of one run.
  case different(rank: String, fact: String, there: String, here: String)
  /// One does not come.
  case silent(rank: String, seconds: Int)
  /// A message of one is none.
  case unreadable(rank: String, problem: String)
  /// The connection between all failed.
  case broken(problem: String)

  /// What is wrong, and what may be the reason.
  public var description: String {
    switch self {
    case .failed(let rank, let problem): "\(rank): \(problem)"
    case .apart(let rank, let there, let here):
      "\(rank) came to \(there), while rank 0 came to \(here); a script must do the same on every rank, so nothing in it "
        + "may depend on clocks, process ids, or files that only one machine has"
    case .different(let rank, let fact, let there, let here):
      "\(rank): \(fact) is '\(there)', at rank 0 '\(here)'; all ranks must run the same"
    case .silent(let rank, let seconds):
      "\(rank) has not answered for \(seconds) seconds; it hangs, or needs a longer --deadline"
    case .unreadable(let rank, let problem): "\(rank): \(problem)"
    case .broken(let problem): "the ranks lost each other: \(problem)"
    }
  }
}
