import Datasets
import Federation
import Foundation
import Tensors

/// One message's work at a site: runs the script up to what the message is about, answers, and is done.
///
/// The script comes as text and makes its model, its way to train and its data here as it did at the server. So whatever
/// a script may define works at sites, and no code crosses in any other form.
public final class SiteWorker: @unchecked Sendable {  // lives on the script's thread
  /// Why a message is not worked on.
  public struct Refusal: Error, CustomStringConvertible {
    /// The reason.
    public let description: String
  }

  private let pipe: BlockPipe
  private let site: SiteDescription
  private let header: JSONValue
  private let blocks: [[UInt8]]
  /// Ends the process; called when the answer is out.
  private let finish: @Sendable () -> Never

  /// What the server calls the script.
  public let scriptName: String
  /// Its text.
  public let script: String
  /// Its arguments.
  public let arguments: [String]
  /// The seed for scripts that choose none.
  public let seed: UInt64

  /// Takes a message.
  ///
  /// - Throws: ``Refusal``, also for a script that may not run here.
  public init(
    input: Int32, output: Int32, site: SiteDescription, finish: @escaping @Sendable () -> Never
  ) throws {
    pipe = BlockPipe(input: input, output: output)
    guard let message = try pipe.read(), message.count >= 2,
      let header = String(validating: message[0], as: UTF8.self).flatMap({ JSONValue($0) }),
      let script = String(validating: message[1], as: UTF8.self), let hash = header["sha256"]?.string
    else { throw Refusal(description: "the message is none of ours") }
    guard SHA256.hex(script) == hash else {
      throw Refusal(description: "the script is not the one of its hash \(hash)")
    }
    guard site.allows(hash) else {
      throw Refusal(
        description: "this site does not run the script \(hash); its operator adds the hash to \"scripts\"")
    }
    (self.site, self.header, self.script, self.finish) = (site, header, script, finish)
    blocks = Array(message.dropFirst(2))
    scriptName = header["script"]?.string ?? "script.lua"
    arguments = header["arguments"]?.array?.compactMap(\.string) ?? []
    seed = header["seed"]?.string.flatMap { UInt64($0) } ?? 0
  }

  /// Writes why nothing came out.
  public static func refuse(_ reason: String, output: Int32) {
    try? BlockPipe(input: -1, output: output).write([Array(JSONValue.object([("error", .string(reason))]).text.utf8)])
  }

  private func answer(_ facts: [(String, JSONValue)], _ blocks: [[UInt8]] = []) throws -> Never {
    try pipe.write([Array(JSONValue.object(facts).text.utf8)] + blocks)
    finish()
  }

  // MARK: Data

  /// The data sets of all sites as the script sees them here: those of this one are loaded, the others have one sample of
  /// zeros.
  func sets(_ names: [String], load: (_ name: String, _ data: String?) throws -> Dataset) throws -> [Dataset] {
    guard let name = site.name, names.contains(name) else {
      throw Refusal(description: "this site, \(site.name.map { "'\($0)'" } ?? "without a name"), is none of \(names)")
    }
    let own = try load(name, site.data)
    if header["kind"]?.string == "sites" {
      try answer([
        ("name", .string(name)), ("samples", .int(own.count)), ("classes", .int(own.classCount)),
        ("shape", .ints(own.sampleShape)),
      ])
    }
    return try names.map { $0 == name ? own : try .absent(named: $0, shape: own.sampleShape, classes: own.classCount) }
  }

  // MARK: Work

  /// Does the tasks of the message with the script's run, and ends the process.
  func serve(_ simulation: Simulation) throws -> Never {
    guard header["kind"]?.string == "job" else {
      throw Refusal(description: "the script names no sites, so there is nothing to tell")
    }
    guard let run = header["run"]?.string.flatMap({ UInt64($0, radix: 16) }), let number = header["number"]?.int,
      let first = blocks.first
    else { throw Refusal(description: "the message lacks its job") }
    let job = try Codec.job(try Frame(first, of: run, number: number).body)
    let tasks = try blocks.dropFirst().map { try Codec.task(Frame($0, of: run, number: number).body) }
    let memory = SiteMemory(folder: site.state.map { "\($0)/\(SHA256.hex(script))" })
    let whole = Job(
      function: job.function, round: job.round, shared: job.shared, tasks: try tasks.map { try memory.recall($0) })
    let outcomes = try simulation.work(on: whole)
    try answer(
      [("outcomes", .int(outcomes.count))],
      outcomes.map { outcome in
        Frame(.results, of: run, number: number, body: Codec.bytes(of: try memory.keep(outcome))).bytes
      })
  }
}

extension Dataset {
  /// Stands for data that lie elsewhere: so many samples of zeros, in the memory of one.
  static func absent(named name: String, shape: [Int], classes: Int, samples: Int = 1) throws -> Dataset {
    let one = try Dataset(
      name: name, inputs: Tensor.zeros([1] + shape), labels: Tensor(labels: [0]),
      classNames: (0..<max(1, classes)).map { "\($0)" })
    return samples == 1 ? one : try one.subset([Int](repeating: 0, count: samples))
  }
}
