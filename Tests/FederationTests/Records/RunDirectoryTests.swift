@testable import Federation
import Foundation
import TestSupport
import Testing

@Suite struct RunDirectoryTests {
  @Test func `the manifest says what is needed to repeat the run`() throws {
    let folder = try Scratch(), run = try SmallRun(byzantine: [2]).simulation()
    let directory = try RunDirectory(folder.path("a/b"))
    try directory.writeManifest(
      of: run, script: ("x.lua", "return 1"), options: .object([("rounds", .int(3))]), version: "1.2.3")
    let text = try String(contentsOfFile: folder.path("a/b/manifest.json"), encoding: .utf8)
    let manifest = try #require(JSONValue(text.trimmingCharacters(in: .newlines)))
    #expect(manifest["seed"] == .string("7") && manifest["version"] == .string("1.2.3"))
    #expect(manifest["byzantine"] == .ints([2]))
    #expect(manifest["conv"] == .string("auto"))
    #expect(manifest["options"]?["rounds"] == .int(3))
    #expect(manifest["clients"]?.array?.count == 4)
    #expect(
      manifest["script"]?["sha256"]
        == .string(
          "486d9affb60dbb0063b03d8e23a6ccf6364ce203dc3a9f56f20e750eb41ecade"))
  }

  @Test func `each round adds one line, and a resume drops later ones`() throws {
    let folder = try Scratch(), run = try SmallRun().simulation()
    let directory = try RunDirectory(folder.path("run"))
    func lines() throws -> [JSONValue] {
      try String(contentsOfFile: folder.path("run/metrics.jsonl"), encoding: .utf8).split(separator: "\n")
        .compactMap { JSONValue(String($0)) }
    }
    while let record = try run.nextRound() { try directory.append(record) }
    #expect(try lines().map { $0["round"]?.int } == [1, 2, 3])
    #expect(try lines()[2]["accuracy"]?.double == run.history[2].accuracy)
    try directory.rewriteMetrics(Array(run.history[..<1]))
    #expect(try lines().count == 1)
  }

  /// Opening a pipe to write would wait for a reader, and a file in its place would cut somebody off.
  @Test func `a pipe in the place of a file stays one, and is an error`() throws {
    let folder = try Scratch(), run = try SmallRun().simulation()
    let directory = try RunDirectory(folder.path("run"))
    for name in ["metrics.jsonl", "manifest.json"] {
      try? FileManager.default.removeItem(atPath: folder.path("run/" + name))
      mkfifo(folder.path("run/" + name), 0o644)
    }
    let record = try #require(try run.nextRound())
    #expect(throws: FederationError.self) { try directory.append(record) }
    #expect(throws: FederationError.self) {
      try directory.writeManifest(of: run, script: ("x.lua", ""), options: .object([]), version: "1")
    }
    for name in ["metrics.jsonl", "manifest.json"] {
      let kind = try FileManager.default.attributesOfItem(atPath: folder.path("run/" + name))[.type]
      #expect(kind as? FileAttributeType != .typeRegular)
    }
  }

  @Test func `a folder that cannot be made is an error`() throws {
    let folder = try Scratch()
    try folder.write("x", to: "file")
    #expect(throws: FederationError.self) { try RunDirectory(folder.path("file/run")) }
  }
}
