import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite struct FileSharingTests {
  @Test func `the writer writes and the others wait for what it says`() throws {
    var written: [String] = []
    func write(isWriter: Bool, _ told: String?) throws {
      let sharing = FileSharing(isWriter: isWriter) { $0 ?? told }
      try sharing.write("a") { written.append(isWriter ? "writer" : "other") }
    }
    try write(isWriter: true, nil)
    try write(isWriter: false, nil)
    #expect(written == ["writer"])
    #expect(throws: FileError.unwritable(path: "a", reason: "full")) { try write(isWriter: false, "full") }
  }

  @Test func `what keeps the writer from writing is told to the others, and thrown`() {
    let failure = FileError.unwritable(path: "a", reason: "full"), told = Told()
    let sharing = FileSharing(isWriter: true) {
      told.problem = $0
      return $0
    }
    #expect(throws: failure) { try sharing.write("a") { throw failure } }
    #expect(told.problem == "\(failure)")
  }

  @Test func `a checksum depends on every byte, on their order and on what came before`() {
    let bytes = (0..<100).map { UInt8($0) }, sum = Checksum.of(bytes)
    for position in bytes.indices {
      var changed = bytes
      changed[position] ^= 4
      #expect(Checksum.of(changed) != sum)
    }
    #expect(Checksum.of(bytes.reversed()) != sum && Checksum.of(bytes, after: 1) != sum)
    #expect(Checksum.of(Array(bytes.dropLast())) != sum && Checksum.of([]) != Checksum.of([0]))
    #expect(Checksum.of(Tensor([1, 2] as [Float])) == Checksum.of(Tensor([1, 2] as [Float])))
  }
}

private final class Told: @unchecked Sendable {  // one thread writes and reads it
  var problem: String?
}
