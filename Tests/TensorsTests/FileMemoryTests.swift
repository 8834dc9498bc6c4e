import Foundation
@testable import Tensors
import Testing

@Suite struct FileMemoryTests {
  @Test func `numbers outlive their pages, and views see the same file`() throws {
    let tensor = try Tensor.inFile([3, 5000])
    #expect(tensor.floats == [Float](repeating: 0, count: 15_000))
    for row in 0..<3 { try tensor.row(row).copy_(Tensor.arange(5000).to(.float32).add(Double(row))) }
    // A range that begins and ends inside pages.
    tensor.storage.letGo(1001..<59_003)
    #expect(tensor.storage.isInFile)
    #expect(try tensor.row(2).floats == (0..<5000).map { Float($0 + 2) })
    #expect(try tensor.narrow(axis: 1, start: 4998, count: 2).floats == [4998, 4999, 4999, 5000, 5000, 5001])
  }

  @Test func `ordinary memory keeps its numbers when it is let go`() throws {
    let tensor = try Tensor.full([5000], 7)
    tensor.storage.letGo(0..<20_000)
    #expect(tensor.floats == [Float](repeating: 7, count: 5000))
  }

  @Test func `the file leaves no name behind`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("file-memory-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let tensor = try Tensor.inFile([8], directory: folder.path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    #expect(tensor.count == 8)
  }

  @Test func `a folder that is not there, and sizes that no file has, are errors`() {
    #expect(
      throws: TensorError.noDisk(
        op: "updates", directory: "/no/such/folder", needed: 32, reason: "No such file or directory")
    ) { try Tensor.inFile([8], directory: "/no/such/folder", op: "updates") }
    #expect(throws: TensorError.tooLarge(op: "tensor", shape: [1 << 40, 1 << 40])) {
      try Tensor.inFile([1 << 40, 1 << 40])
    }
    #expect(throws: TensorError.shape(op: "tensor", got: [0], expected: "sizes are 1 or more")) {
      try Tensor.inFile([0])
    }
  }
}
