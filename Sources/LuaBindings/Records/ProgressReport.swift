public import Federation

/// How far the work of a script is, for whoever shows it.
public enum ProgressReport: Sendable {
  /// Clients of the round in work; `last` is the record of the round before. `isEnding`: the round is the last, because
  /// the user wants to stop.
  case clients(Progress, last: RoundRecord?, isEnding: Bool)
  /// A round is done.
  case round(RoundRecord, of: Int)
  /// Nothing is being done for now: output may follow.
  case ended
  /// Work around runs, such as a sweep: how many parts are done, and what the next one is.
  case outer(name: String, done: Int, total: Int, note: String)
}
