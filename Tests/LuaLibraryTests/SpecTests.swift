import Foundation
import LuaBindings
import LuaRuntime
import Testing

/// A script under `specs/`, which describes a part of the script library.
struct Spec: Sendable, CustomTestStringConvertible {
  let path: String
  let testDescription: String

  static let all: [Spec] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/specs"
    let names = (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).sorted()
    return names.filter { $0.hasSuffix("_spec.lua") }.map { Spec(path: "\(folder)/\($0)", testDescription: $0) }
  }()
}

@Suite("The script library")
struct SpecTests {
  @Test("There are specs")
  func specsExist() { #expect(Spec.all.count >= 4) }

  @Test("Each member is as its spec describes it", arguments: Spec.all)
  func specHolds(_ spec: Spec) throws {
    let state = try HostModules.open()
    try state.run(String(contentsOfFile: spec.path, encoding: .utf8), name: "@\(spec.testDescription)")
    let results = try state.evaluate(
      "local count, failures = require('fed.spec').results() return { count = count, failures = failures }",
      as: LuaTable.self)
    #expect(try results.get("count", as: Int.self) > 0, "no check ran")
    #expect(try results.get("failures", as: [String].self) == [])
  }
}
