import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite struct AtomicFileTests {
  private struct Mishap: Error {}

  private let folder: TemporaryFolder
  private var path: String { folder.path + "/sample.bin" }
  private var draft: String { folder.path + "/.sample.bin.draft" }

  init() throws { folder = try TemporaryFolder() }

  private func content(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }
  private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }

  @Test func aFileIsReplacedAndNoDraftStays() throws {
    try AtomicFile.replace(path, bytes: [1, 2])
    try AtomicFile.replace(path, bytes: [3])
    #expect(try content(path) == [3])
    #expect(try names() == ["sample.bin"])
  }

  @Test func theOldFileStaysWhereTheWritingFails() throws {
    try AtomicFile.replace(path, bytes: [1, 2])
    #expect(throws: Mishap.self) {
      try AtomicFile.replace(path) { file in
        try [UInt8](repeating: 9, count: 100).withUnsafeBytes { try file.write($0) }
        #expect(try content(path) == [1, 2])
        throw Mishap()
      }
    }
    #expect(try content(path) == [1, 2])
    #expect(try names() == ["sample.bin"])
  }

  @Test func aDraftOfAKilledProcessIsTakenOver() throws {
    try folder.write(".sample.bin.draft", [UInt8](repeating: 7, count: 1000))
    try AtomicFile.replace(path, bytes: [1])
    #expect(try content(path) == [1])
    #expect(try names() == ["sample.bin"])
  }

  @Test func aDraftThatSomebodyIsWritingIsNotTouched() throws {
    try AtomicFile.replace(path) { file in
      try [UInt8(5)].withUnsafeBytes { try file.write($0) }
      #expect(throws: FileError.unwritable(path: path, reason: "another process is writing it")) {
        try AtomicFile.replace(path, bytes: [6])
      }
    }
    #expect(try content(path) == [5])
  }

  @Test func linksAreFollowed() throws {
    let target = try folder.write("real/data.bin", [1])
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    try AtomicFile.replace(path, bytes: [2])
    #expect(try content(target) == [2])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == target)
  }

  @Test func refusalsNameTheFile() {
    for path in ["", "a\0b", folder.path + "/missing/file", folder.path] {
      #expect(throws: FileError.self) { try AtomicFile.replace(path, bytes: [1]) }
    }
  }
}
