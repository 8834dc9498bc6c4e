import Foundation

@testable import Federation

/// Ranks that are threads of this process and meet at a board.
final class ThreadGroup: RankGroup {
  let rank: Int
  let size: Int
  private let board: Board

  private init(_ rank: Int, _ board: Board) { (self.rank, size, self.board) = (rank, board.size, board) }

  func gather(_ bytes: [UInt8]) throws -> [[UInt8]] { try board.gather(bytes, rank) }

  /// Calls `body` once a rank, each on a thread of its own, and returns what each gave.
  ///
  /// - Parameters:
  ///   - changed: Changes what crosses, to see that it is found out.
  static func run<Value>(
    _ size: Int, seconds: Double = 60, changing changed: @escaping @Sendable (Int, [UInt8]) -> [UInt8] = { $1 },
    _ body: @escaping @Sendable (RankExchange) throws -> Value
  ) -> [Result<Value, any Error>] {
    let board = Board(size, seconds, changed), results = Results<Value>(size), done = DispatchGroup()
    for rank in 0..<size {
      done.enter()
      let thread = Thread {
        results[rank] = Result { try body(RankExchange(ThreadGroup(rank, board))) }
        done.leave()
      }
      thread.stackSize = 16 << 20
      thread.start()
    }
    done.wait()
    return (0..<size).compactMap { results[$0] }
  }
}

/// What each rank gave.
private final class Results<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var results: [Result<Value, any Error>?]

  init(_ count: Int) { results = Array(repeating: nil, count: count) }

  subscript(rank: Int) -> Result<Value, any Error>? {
    get { lock.withLock { results[rank] } }
    set { lock.withLock { results[rank] = newValue } }
  }
}

/// Where messages lie until every rank has taken them.
private final class Board: @unchecked Sendable {
  let size: Int
  private let seconds: Double
  private let changed: @Sendable (Int, [UInt8]) -> [UInt8]
  private let condition = NSCondition()
  private var messages: [Int: [UInt8]] = [:]
  private var taken = 0

  init(_ size: Int, _ seconds: Double, _ changed: @escaping @Sendable (Int, [UInt8]) -> [UInt8]) {
    (self.size, self.seconds, self.changed) = (size, seconds, changed)
  }

  func gather(_ bytes: [UInt8], _ rank: Int) throws -> [[UInt8]] {
    condition.lock()
    defer { condition.unlock() }
    let end = Date(timeIntervalSinceNow: seconds)
    while messages[rank] != nil { guard condition.wait(until: end) else { throw silence(rank) } }
    messages[rank] = changed(rank, bytes)
    condition.broadcast()
    while messages.count < size { guard condition.wait(until: end) else { throw silence(rank) } }
    let all = (0..<size).map { messages[$0] ?? [] }
    taken += 1
    if taken == size {
      messages = [:]
      taken = 0
      condition.broadcast()
    }
    return all
  }

  private func silence(_ rank: Int) -> RankError {
    let missing = (0..<size).first { messages[$0] == nil } ?? rank
    return .silent(rank: "\(missing)", seconds: Int(seconds))
  }
}
