import Foundation
import LuaBindings
import LuaRuntime
import Testing

/// Updates with what other implementations make of them: `scripts/reference/aggregators.py` wrote them.
private struct ReferenceCase: Decodable, CustomTestStringConvertible {
  let kind: String
  let rows: [[Double]]
  /// By the call that makes the rule.
  let results: [String: [Double]]

  var testDescription: String { "\(rows.count) x \(rows[0].count), \(kind)" }

  private struct File: Decodable { let cases: [ReferenceCase] }

  static let all: [ReferenceCase] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/aggregators.json")
    return (try? JSONDecoder().decode(File.self, from: Data(contentsOf: file)).cases) ?? []
  }()
}

@Suite("Rules beside ByzFL and definitions in double precision")
struct AggregatorReferenceTests {
  @Test("There are cases for every rule")
  func casesExist() {
    #expect(ReferenceCase.all.count == 60)
    let rules = Set(ReferenceCase.all.flatMap(\.results.keys).compactMap { $0.split(separator: " ").first })
    #expect(rules.count >= 20)
  }

  @Test("Rules give the same numbers", arguments: ReferenceCase.all)
  fileprivate func agrees(_ reference: ReferenceCase) throws {
    let state = try HostModules.open()
    let rows = reference.rows.map { "{" + $0.map { "\($0)" }.joined(separator: ", ") + "}" }.joined(separator: ", ")
    try state.run("rows = fed.updates { \(rows) }", name: "=rows")
    for (call, expected) in reference.results.sorted(by: { $0.key < $1.key }) {
      let script = """
        local result = (\(call))(rows)
        return (result.tensor or result):reshape { -1 }:to_table()
        """
      let reading =
        call.contains(".preaggregators.") ? script : script.replacing("(result.tensor or result)", with: "result")
      let result = try state.evaluate(reading, as: [Double].self)
      let scale = max(1, expected.map(abs).max() ?? 0)
      let isClose = result.count == expected.count && zip(result, expected).allSatisfy { abs($0 - $1) <= 1e-5 * scale }
      #expect(isClose, "\(call): got \(result), expected \(expected)")
    }
  }
}
