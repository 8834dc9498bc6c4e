import Synchronization

/// Who writes files where several processes run one script side by side.
///
/// All come to the same file in the same order. One writes it; the others wait until it is there, so that whoever reads
/// it next finds it. What keeps the writer from it is an error everywhere.
public struct FileSharing: Sendable {
  let isWriter: Bool
  let meet: @Sendable (_ problem: String?) throws -> String?

  /// - Parameters:
  ///   - isWriter: Whether this process writes.
  ///   - meet: Called by each process once a file is written or could not be; takes the writer's problem to all.
  public init(isWriter: Bool, meet: @escaping @Sendable (_ problem: String?) throws -> String?) {
    self.isWriter = isWriter
    self.meet = meet
  }

  private static let current = Mutex<FileSharing?>(nil)

  /// Lets all later files be written in this way; nil for a process of its own.
  public static func share(_ sharing: FileSharing?) { current.withLock { $0 = sharing } }

  /// Whether this process writes what several of them would.
  public static var isWriterHere: Bool { current.withLock { $0?.isWriter ?? true } }

  /// Calls `body` at the writer of the process's group, and lets the others wait for it.
  static func write(_ path: String, _ body: () throws -> Void) throws {
    guard let sharing = current.withLock({ $0 }) else { return try body() }
    try sharing.write(path, body)
  }

  func write(_ path: String, _ body: () throws -> Void) throws {
    var failure: (any Error)?
    if isWriter {
      do { try body() } catch { failure = error }
    }
    let problem = try meet(failure.map { "\($0)" })
    if let failure { throw failure }
    if let problem { throw FileError.unwritable(path: path, reason: problem) }
  }
}
