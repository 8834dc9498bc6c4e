import Federation
import Foundation
import Tensors

/// Keeps what never leaves a client in a folder of its site; the server holds a name for it.
///
/// The name is the checksum of the content, so that a run which goes back to an earlier round finds what was kept then,
/// and a file that was changed meanwhile is not taken.
struct SiteMemory {
  let folder: String?

  private static let name: ExchangeKey = "kept_at_site"
  /// States of a client that are kept: those of the last rounds, to which a server may go back.
  private static let count = 8

  /// The task with what its client keeps here.
  func recall(_ task: JobTask) throws -> JobTask {
    guard let name = task.state?.values.numbers[Self.name] else { return task }
    guard let folder, let whole = UInt64(exactly: name),
      let data = FileManager.default.contents(atPath: path(task.owner, whole, folder))
    else {
      throw SiteWorker.Refusal(description: "what \(task.owner) kept is not at this site")
    }
    let bytes = Array(data)
    guard Self.checksum(bytes) == whole else {
      throw SiteWorker.Refusal(description: "what \(task.owner) kept at this site was changed")
    }
    return JobTask(
      index: task.index, owner: task.owner, data: task.data, state: try Codec.clientState(bytes), inputs: task.inputs)
  }

  /// The outcome with a name in the place of what its client keeps here.
  func keep(_ outcome: Outcome) throws -> Outcome {
    guard let folder, case .success(var result) = outcome.result, let state = result.state else { return outcome }
    let bytes = Codec.bytes(of: state), name = Self.checksum(bytes)
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try AtomicFile.replaceAlone(path(outcome.owner, name, folder), bytes: bytes)
    forget(outcome.owner, folder)
    result.state = ClientState(values: Exchange(numbers: [Self.name: Double(name)]))
    return Outcome(owner: outcome.owner, result: .success(result))
  }

  /// As many bits as a number of the wire holds exactly.
  private static func checksum(_ bytes: [UInt8]) -> UInt64 { Checksum.of(bytes) >> 12 }

  private func prefix(_ owner: TaskOwner) -> String { "\(owner)".replacing(" ", with: "-") + "." }

  private func path(_ owner: TaskOwner, _ name: UInt64, _ folder: String) -> String {
    "\(folder)/\(prefix(owner))\(String(name, radix: 16))"
  }

  /// Removes all but the newest states of a client.
  private func forget(_ owner: TaskOwner, _ folder: String) {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let own = files.filter { $0.hasPrefix(prefix(owner)) }.map { "\(folder)/\($0)" }
    func changed(_ path: String) -> Date {
      (try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date) ?? .distantPast
    }
    for path in own.sorted(by: { changed($0) > changed($1) }).dropFirst(Self.count) {
      try? FileManager.default.removeItem(atPath: path)
    }
  }
}
