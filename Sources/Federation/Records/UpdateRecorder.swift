import Foundation
import Tensors

/// Writes each round's updates to a folder, for rules to be tried on them later.
///
/// `round_000001.safetensors` has what the server knew; `truth/round_000001.safetensors` has what only the run knew: who
/// was Byzantine, and what these clients would have sent if they were honest.
public final class UpdateRecorder {
  /// How numbers of updates are kept.
  public enum NumberType: String, Sendable, CaseIterable {
    case float32
    /// Half as large: 11 bits of each number relative to the largest of its row.
    case float16
  }

  /// The folder.
  public let path: String
  private let type: NumberType

  /// Makes the folder where it is missing.
  ///
  /// - Throws: ``FederationError/setup(what:problem:allowed:)`` for a folder that cannot be made.
  public init(_ path: String, type: NumberType = .float32) throws {
    self.path = path
    self.type = type
    do {
      try FileManager.default.createDirectory(atPath: path + "/truth", withIntermediateDirectories: true)
    } catch {
      throw FederationError.setup(
        what: path, problem: "the folder cannot be made", allowed: "a writable place is needed")
    }
  }

  /// Numbers of the rounds that stand in a folder, ascending.
  public static func rounds(in path: String) -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.compactMap { name in
      guard name.hasPrefix("round_"), name.hasSuffix(".safetensors") else { return nil }
      return Int(name.dropFirst(6).dropLast(12))
    }.sorted()
  }

  static func file(_ round: Int, in path: String) -> String {
    path + "/round_" + String(repeating: "0", count: max(0, 6 - "\(round)".count)) + "\(round).safetensors"
  }

  /// Removes rounds after this one, as before a run goes on from there.
  public func removeRounds(after last: Int) {
    guard FileSharing.isWriterHere else { return }
    for round in Self.rounds(in: path) where round > last {
      for folder in [path, path + "/truth"] {
        try? FileManager.default.removeItem(atPath: Self.file(round, in: folder))
      }
    }
  }

  /// Writes one round.
  ///
  /// - Parameters:
  ///   - updates: What arrived whole, as the rule saw it.
  ///   - own: What Byzantine clients would have sent if they were honest; nil where nobody attacks.
  func write(
    _ round: Round, _ updates: UpdateMatrix, own: UpdateMatrix?, rootUpdate: Tensor?, _ record: RoundRecord
  ) throws {
    var tensors: [(name: String, tensor: Tensor)] = [("global", round.global)]
    if let previous = round.previousUpdate { tensors.append(("previous_update", previous)) }
    if let rootUpdate { tensors.append(("root_update", rootUpdate)) }
    let facts = JSONValue.object([
      ("round", .int(round.number)), ("clients", .int(round.clientCount)), ("f", .int(round.declaredByzantine)),
      ("seed", .string("\(round.seed)")), ("sections", .array(updates.sections.map(\.json))),
    ])
    try save(tensors, updates, facts, to: Self.file(round.number, in: path))
    let truth = JSONValue.object([("byzantine", .ints(own?.clientIDs ?? [])), ("record", record.json)])
    try save([], own, truth, to: Self.file(round.number, in: path + "/truth"))
  }

  private func save(
    _ tensors: [(name: String, tensor: Tensor)], _ updates: UpdateMatrix?, _ facts: JSONValue, to path: String
  ) throws {
    var tensors = tensors, metadata = ["format": Recording.format, "facts": facts.text]
    if let updates {
      metadata["rows"] =
        JSONValue.object([
          ("ids", .ints(updates.clientIDs)), ("samples", .ints(updates.sampleCounts)),
        ]).text
      switch type {
      case .float32: tensors.append(("updates", updates.tensor))
      case .float16:
        let largest = try updates.tensor.abs().max(axis: 1).values.map { $0 > 0 ? $0 : 1 }
        tensors.append(("updates", try updates.scaled(largest.map { 1 / $0 }, for: "record").tensor))
        tensors.append(("scales", Tensor(largest.map(Float.init))))
      }
    }
    try TensorFile.save(tensors, metadata: metadata, halves: type == .float16 ? ["updates"] : [], to: path)
  }
}

extension UpdateSection {
  var json: JSONValue {
    .object([
      ("name", .string(name)), ("shape", .ints(shape)), ("first", .int(columns.lowerBound)),
      ("count", .int(columns.count)), ("memory_order", .ints(memoryOrder)),
    ])
  }

  init?(_ json: JSONValue) {
    guard let name = json["name"]?.string, let shape = json["shape"]?.ints, let first = json["first"]?.int,
      let count = json["count"]?.int, let order = json["memory_order"]?.ints, first >= 0, count >= 0
    else { return nil }
    self.init(name: name, shape: shape, columns: first..<first + count, memoryOrder: order)
  }
}
