import Foundation
import TestSupport
import Testing

@testable import Tensors

/// The registry is complete: whatever the sources record, some case records too.
@Suite struct CoverageTests {
  @Test("every recorded operation has a case in the registry")
  func everyOperation() throws {
    let recorded = try Self.recordedNames()
    #expect(recorded.count >= 30)
    let covered = try OperationRegistry.all.reduce(into: Set<String>()) { names, operation in
      for type in [ElementType.float32, .float64] {
        names.formUnion(Self.operations(behind: try OperationCheck(operation).output(type)))
      }
    }
    #expect(recorded.subtracting(covered) == [])
  }

  /// Names in calls of `Tape.record("…"` in the sources of Tensors.
  private static func recordedNames() throws -> Set<String> {
    let folder = URL(fileURLWithPath: Program.packageRoot).appendingPathComponent("Sources/Tensors")
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var names = Set<String>()
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for part in text.components(separatedBy: "Tape.record(").dropFirst() {
        let rest = part.drop { $0.isWhitespace }
        if rest.first == "\"" { names.insert(String(rest.dropFirst().prefix { $0 != "\"" })) }
      }
    }
    return names
  }

  private static func operations(behind tensor: Tensor) -> Set<String> {
    var names = Set<String>(), pending = [tensor.node].compactMap(\.self)
    while let node = pending.popLast() {
      names.insert(node.operation)
      for case .node(let source) in node.edges { pending.append(source) }
    }
    return names
  }
}
