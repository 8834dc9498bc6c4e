import Datasets
public import Federation
import Foundation
import Tensors

/// The side of a run that holds the script's server, under a program that carries its jobs to sites.
///
/// What crosses the pipe is told in `fedlua_flower/server_app.py`, the program for Flower.
public final class SiteServer: JobCarrier, @unchecked Sendable {  // lives on the script's thread
  /// What a site tells of the data that it has under a name.
  struct Site {
    let name: String
    let samples: Int, classes: Int
    let shape: [Int]
  }

  private let pipe: BlockPipe
  /// Name of each client's site, by id; empty where sites make all data themselves.
  private(set) var sites: [String] = []
  /// Whether the script has made its run: workers do their part in one, the first.
  private var hasRun = false
  let run: UInt64

  /// - Parameters:
  ///   - input: File descriptor of what the carrier says.
  ///   - output: File descriptor of what it is told.
  public init(input: Int32, output: Int32) {
    pipe = BlockPipe(input: input, output: output)
    // A name among other runs, not a number that anything is computed with.
    run = Checksum.of(Array("\(ProcessInfo.processInfo.processIdentifier) \(Date().timeIntervalSince1970)".utf8))
  }

  /// Whether the clients' data lie at sites, so that nothing here can read them.
  var hasSites: Bool { !sites.isEmpty }

  // MARK: What is carried

  private func ask(_ kind: String, _ facts: [(String, JSONValue)], _ blocks: [[UInt8]] = []) throws -> (
    JSONValue, [[UInt8]]
  ) {
    let header = JSONValue.object([("kind", .string(kind)), ("run", .string(String(run, radix: 16)))] + facts)
    try pipe.write([Array(header.text.utf8)] + blocks)
    guard let answer = try pipe.read(), let first = answer.first,
      let told = String(validating: first, as: UTF8.self).flatMap({ JSONValue($0) })
    else {
      throw FederationError.setup(
        what: "sites", problem: "the program that carries messages has ended", allowed: "its log tells why")
    }
    if let problem = told["error"]?.string {
      throw FederationError.setup(what: "sites", problem: problem, allowed: "see the log of the sites")
    }
    return (told, Array(answer.dropFirst()))
  }

  /// Brings tasks to the sites.
  public func carry(_ parcel: Parcel) throws -> [Answer] {
    let clients = parcel.tasks.map(\.client)
    let (told, blocks) = try ask(
      "job",
      [
        ("number", .int(parcel.number)), ("round", .int(parcel.round)), ("clients", .ints(clients)),
        ("sites", .array(clients.map { sites.indices.contains($0 - 1) ? .string(sites[$0 - 1]) : .null })),
      ], [parcel.job] + parcel.tasks.map(\.bytes))
    let answers = told["answers"]?.array ?? []
    return clients.indices.map { index in
      guard answers.indices.contains(index), blocks.indices.contains(index) else {
        return .nothing(reason: "no answer came")
      }
      if let reason = answers[index]["reason"]?.string { return .nothing(reason: reason) }
      return .frame(blocks[index], sender: answers[index]["sender"]?.string ?? "an unknown node")
    }
  }

  /// Asks the sites of some names what they have.
  ///
  /// - Throws: ``FederationError/setup(what:problem:allowed:)`` for a name that no site has.
  func facts(of names: [String]) throws -> [Site] {
    let told = try ask("sites", [("names", .array(names.map(JSONValue.string)))]).0["sites"]?.array ?? []
    let known = told.compactMap { site -> Site? in
      guard let name = site["name"]?.string, let samples = site["samples"]?.int, let classes = site["classes"]?.int,
        let shape = site["shape"]?.ints, (1...1 << 40).contains(samples), (1...1 << 20).contains(classes),
        shape.allSatisfy({ (1...1 << 20).contains($0) }), [1, 3].contains(shape.count)
      else { return nil }
      return Site(name: name, samples: samples, classes: classes, shape: shape)
    }
    sites = names
    return try names.map { name in
      guard let site = known.first(where: { $0.name == name }) else {
        throw FederationError.setup(
          what: "sites", problem: "no node has '\(name)'",
          allowed: "connected are \(known.map { "'\($0.name)'" }.joined(separator: ", "))")
      }
      return site
    }
  }

  /// Makes what runs the jobs of the script's one run.
  func executor(
    _ options: SimulationOptions, _ isConfined: @escaping () -> Bool, _ makeWorker: () throws -> any Worker
  ) throws -> any Executor {
    guard !hasRun else {
      throw FederationError.setup(
        what: "simulation", problem: "the script makes a second run", allowed: "on Flower, a script makes one")
    }
    hasRun = true
    return try CarriedExecutor(
      self, run: run, threads: options.threads, isConfined: isConfined, makeWorker: makeWorker)
  }

  /// Refuses an attack that would need the clients' data here.
  func expectFeasible(_ attack: Attack?) throws {
    guard hasSites, let attack, attack.replaceLabels != nil || attack.replaceData != nil || attack.localTraining != nil
    else { return }
    throw FederationError.setup(
      what: attack.name, problem: "it changes what clients train on, and their data lie at sites",
      allowed: "attacks on updates are allowed")
  }

  /// Tells the carrier that the script has ended.
  public func end(_ problem: String?) {
    let header = JSONValue.object([("kind", .string("end")), ("error", problem.map(JSONValue.string) ?? .null)])
    try? pipe.write([Array(header.text.utf8)])
  }
}
