import Foundation
import TestSupport
import Testing

@testable import Federation

@Suite struct RunDirectoryTests {
  private func directory(_ path: String) throws -> RunDirectory {
    var program = ProgramFacts(version: "1.2.3")
    program.script = ("x.lua", "return 1")
    program.arguments = ["--lr", "0.1"]
    program.host = [("name", .string("here"))]
    return try RunDirectory(path, program: program)
  }

  private func lines(_ path: String) throws -> [JSONValue] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap { JSONValue(String($0)) }
  }

  /// Runs all rounds with a folder; returns the manifest at the end.
  @discardableResult
  private func finish(_ small: SmallRun, in folder: String) throws -> JSONValue {
    let run = try small.simulation(), directory = try directory(folder)
    try directory.begin(run)
    while let record = try run.nextRound() {
      try directory.append(run)
      try directory.save(run, isLast: record.number == small.rounds)
    }
    return try lines(folder + "/manifest.json")[0]
  }

  @Test func `the manifest says what is needed to repeat the run`() throws {
    let folder = try Scratch(), manifest = try finish(SmallRun(byzantine: [2]), in: folder.path("a/b"))
    #expect(manifest["seed"] == .string("7") && manifest["version"] == .string("1.2.3"))
    #expect(manifest["byzantine"] == .ints([2]) && manifest["conv"] == .string("auto"))
    #expect(manifest["options"]?["f"] == .int(0) && manifest["arguments"]?.array?.count == 2)
    #expect(manifest["clients"]?.array?.count == 4 && manifest["sets"]?["test"]?["samples"] == .int(90))
    #expect(manifest["host"]?["threads"] == .int(1) && manifest["host"]?["name"] == .string("here"))
    #expect(
      manifest["script"]?["sha256"]
        == .string(
          "486d9affb60dbb0063b03d8e23a6ccf6364ce203dc3a9f56f20e750eb41ecade"))
    let hash = try #require(manifest["result"]?["hash"]?.string)
    #expect(manifest["result"]?["rounds"] == .int(3) && hash.count == 64)
  }

  @Test func `equal runs leave equal bytes on any number of threads, and wall time apart`() throws {
    let folder = try Scratch()
    let one = try finish(SmallRun(byzantine: [2]), in: folder.path("one"))
    let two = try finish(SmallRun(threads: 2, byzantine: [2]), in: folder.path("two"))
    for file in ["metrics.jsonl", "checkpoint.safetensors"] {
      let (a, b) = (folder.path("one/\(file)"), folder.path("two/\(file)"))
      #expect(try Data(contentsOf: URL(fileURLWithPath: a)) == Data(contentsOf: URL(fileURLWithPath: b)), "\(file)")
    }
    #expect(one["result"] == two["result"] && one["result"] != .null)
    let other = try finish(SmallRun(seed: 8, byzantine: [2]), in: folder.path("other"))
    #expect(other["result"]?["hash"] != one["result"]?["hash"])
    let times = try lines(folder.path("one/timing.jsonl"))
    #expect(times.map { $0["round"]?.int } == [1, 2, 3] && times[0]["seconds"]?.double ?? 0 > 0)
    #expect(try lines(folder.path("one/metrics.jsonl"))[0]["seconds"] == nil)
  }

  @Test func `each row of the metrics names model, moment and split`() throws {
    let folder = try Scratch(), path = folder.path("run")
    var options = try SmallRun().options()
    options.evaluationInterval = 2
    let run = try Simulation(options), directory = try directory(path)
    try directory.begin(run)
    while try run.nextRound() != nil { try directory.append(run) }
    let rows = try lines(path + "/metrics.jsonl")
    #expect(rows.map { $0["round"]?.int } == [1, 2, 3])
    #expect(rows.map { $0["split"]?.string } == [nil, "test", "test"])
    #expect(rows.allSatisfy { $0["model"] == .string("global") && $0["moment"] == .string("after_round") })
    #expect(rows[2]["accuracy"]?.double == run.history[2].accuracy)
  }

  @Test func `a resume drops lines of rounds after the checkpoint, and knows the times of the others`() throws {
    let folder = try Scratch(), path = folder.path("run"), small = SmallRun()
    let run = try small.simulation(), first = try directory(path)
    try first.begin(run)
    _ = try run.nextRound()
    try first.append(run)
    try first.save(run, isLast: false)
    _ = try run.nextRound()
    try first.append(run)
    #expect(try lines(path + "/metrics.jsonl").count == 2)

    let again = try small.simulation(), second = try directory(path)
    try second.begin(again, resuming: .nothing)
    #expect(again.completedRounds == 1 && again.history[0].seconds == run.history[0].seconds)
    #expect(try lines(path + "/metrics.jsonl").count == 1 && lines(path + "/timing.jsonl").count == 1)
    #expect(try again.finishRounds() == small.simulation().finishRounds())
  }

  @Test func `another run's folder is refused even before its first checkpoint`() throws {
    let folder = try Scratch(), path = folder.path("run")
    try directory(path).begin(SmallRun(byzantine: [2]).simulation())
    let before = try String(contentsOfFile: path + "/manifest.json", encoding: .utf8)
    #expect(try directory(path).holdsRun)
    let error = #expect(throws: FederationError.self) {
      try directory(path).begin(SmallRun(byzantine: [3]).simulation(), resuming: .nothing)
    }
    #expect("\(error!)".contains("manifest.json is of another run: byzantine: { 2 } -> { 3 }"), "\(error!)")
    #expect(try String(contentsOfFile: path + "/manifest.json", encoding: .utf8) == before)
    try directory(path).begin(SmallRun(byzantine: [3]).simulation(), resuming: .options(["byzantine"]))
  }

  /// Opening a pipe to write would wait for a reader, and a file in its place would cut somebody off.
  @Test func `a pipe in the place of a file stays one, and is an error`() throws {
    let folder = try Scratch(), run = try SmallRun().simulation(), path = folder.path("run")
    let directory = try directory(path)
    mkfifo(path + "/manifest.json", 0o644)
    #expect(throws: FederationError.self) { try directory.begin(run) }
    unlink(path + "/manifest.json")
    try directory.begin(run)
    unlink(path + "/metrics.jsonl")
    mkfifo(path + "/metrics.jsonl", 0o644)
    _ = try run.nextRound()
    #expect(throws: FederationError.self) { try directory.append(run) }
    let kind = try FileManager.default.attributesOfItem(atPath: path + "/metrics.jsonl")[.type]
    #expect(kind as? FileAttributeType != .typeRegular)
  }

  @Test func `a round whose line did not fit gets it with the next one`() throws {
    let folder = try Scratch(), run = try SmallRun().simulation(), path = folder.path("run")
    let directory = try directory(path)
    try directory.begin(run)
    _ = try run.nextRound()
    unlink(path + "/metrics.jsonl")
    try FileManager.default.createDirectory(atPath: path + "/metrics.jsonl", withIntermediateDirectories: false)
    let error = #expect(throws: FederationError.self) { try directory.append(run) }
    #expect("\(error!)".contains("Is a directory; what was written before is whole"), "\(error!)")
    rmdir(path + "/metrics.jsonl")
    _ = try run.nextRound()
    try directory.append(run)
    #expect(try lines(path + "/metrics.jsonl").map { $0["round"]?.int } == [1, 2])
  }

  @Test func `a folder that cannot be made is an error`() throws {
    let folder = try Scratch()
    try folder.write("x", to: "file")
    #expect(throws: FederationError.self) { try directory(folder.path("file/run")) }
  }
}
