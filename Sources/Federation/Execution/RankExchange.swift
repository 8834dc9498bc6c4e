import Foundation
import Synchronization
import Tensors

/// What ranks tell each other, one step after the other.
///
/// All run the same script, so all come to the same steps in the same order; each step says what it is, and a rank that
/// came to another one is found out before its numbers are used. Lives on the script's thread.
public final class RankExchange: @unchecked Sendable {  // every call is made on the thread that runs the script
  /// Who a rank is, and what it does at once.
  private struct Member {
    var host = ""
    var threads = 1
  }

  private let group: any RankGroup
  private var members: [Member]
  private var number = 0
  private var hasEnded = false

  /// Number of this process, from 0.
  public var rank: Int { group.rank }
  /// How many there are.
  public var size: Int { group.size }
  /// Threads of each rank.
  public var speeds: [Int] { members.map(\.threads) }

  /// Begins what the members of a group tell each other.
  public init(_ group: any RankGroup) {
    self.group = group
    members = Array(repeating: Member(), count: group.size)
  }

  /// What a rank is called in messages.
  public func name(_ rank: Int) -> String {
    let host = members[rank].host
    return "rank \(rank)" + (host.isEmpty ? "" : " on \(host)")
  }

  /// Introduces the ranks to each other.
  ///
  /// - Parameter facts: What must be the same on all, by name.
  /// - Throws: ``RankError/different(rank:fact:there:here:)``.
  public func join(host: String, threads: Int, facts: [(name: String, value: String)]) throws {
    var writer = WireWriter()
    writer.write(host)
    writer.write(threads)
    writer.write(each: facts.map(\.value)) { $0.write($1) }
    var known: [[String]] = []
    for (rank, body) in try trade(.hello, of: 0, [writer.bytes], called: "the start").enumerated() {
      known.append(
        try reading(body, of: rank) { reader in
          members[rank] = Member(host: try reader.text(), threads: max(1, try reader.int()))
          return try reader.each { try $0.text() }
        })
    }
    for (rank, values) in known.enumerated() {
      for (index, fact) in facts.enumerated() where !values.indices.contains(index) || values[index] != known[0][index]
      {
        throw RankError.different(
          rank: name(rank), fact: fact.name, there: values.indices.contains(index) ? values[index] : "",
          here: known[0][index])
      }
    }
  }

  /// Lets all ranks bring a body to the same step.
  ///
  /// - Parameters:
  ///   - subject: Sum of what the step depends on.
  ///   - parts: What makes up the body, one behind the other.
  ///   - step: What the step is called in messages.
  /// - Returns: The bodies, in the order of the ranks.
  func trade(
    _ kind: Frame.Kind, of subject: UInt64, _ parts: [[UInt8]], called step: String
  ) throws -> [ArraySlice<UInt8>] {
    number += 1
    var start = WireWriter()
    start.write(step)
    start.write(parts.reduce(0) { $0 + $1.count })
    let own = Frame.bytes(kind, of: subject, number: number, parts: ([start.bytes] + parts).map { $0[...] })
    let frames: [[UInt8]]
    do { frames = try group.gather(own) } catch RankError.silent(let rank, let seconds) {
      throw RankError.silent(rank: Int(rank).map { name($0) } ?? rank, seconds: seconds)
    }
    return try bodies(frames)
  }

  /// The bodies of frames that belong to one step.
  private func bodies(_ messages: [[UInt8]]) throws -> [ArraySlice<UInt8>] {
    let frames = try messages.enumerated().map { rank, bytes in
      do { return try Frame(bytes) } catch { throw RankError.unreadable(rank: name(rank), problem: "\(error)") }
    }
    let parts = try frames.enumerated().map { rank, frame in
      try reading(frame.body, of: rank) { (step: try $0.text(), body: try $0.block()) }
    }
    if let failed = frames.firstIndex(where: { $0.kind == .failure }) {
      throw RankError.failed(rank: name(failed), problem: parts[failed].step)
    }
    for (rank, frame) in frames.enumerated() {
      let first = frames[0]
      guard (frame.kind, frame.subject, frame.number) == (first.kind, first.subject, first.number) else {
        func told(_ rank: Int) -> String {
          "\(parts[rank].step) (step \(frames[rank].number), sum \(String(frames[rank].subject, radix: 16)))"
        }
        throw RankError.apart(rank: name(rank), there: told(rank), here: told(0))
      }
    }
    return parts.map(\.body)
  }

  private func reading<Value>(
    _ bytes: ArraySlice<UInt8>, of rank: Int, _ body: (inout WireReader) throws -> Value
  ) throws -> Value {
    var reader = WireReader(bytes)
    do { return try body(&reader) } catch {
      throw RankError.unreadable(rank: name(rank), problem: "\(error)")
    }
  }

  // MARK: Files and ends

  /// Takes the problem that rank 0 had with a file to all ranks.
  public func meet(_ problem: String?) throws -> String? {
    let told = try trade(.file, of: 0, [Array((problem ?? "").utf8)], called: "writing a file")[0]
    return told.isEmpty ? nil : String(validating: told, as: UTF8.self) ?? "it could not be written"
  }

  /// Waits until all ranks are done.
  public func end() throws {
    guard !hasEnded else { return }
    hasEnded = true
    _ = try trade(.end, of: 0, [], called: "its end")
  }

  /// Tells the others why this rank cannot go on, as soon as they listen.
  public func fail(_ problem: String) {
    guard !hasEnded else { return }
    hasEnded = true
    _ = try? trade(.failure, of: 0, [], called: problem)
  }
}
