import Foundation
import Glibc
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

  private func kind(_ path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : 0
  }

  @Test func onlyRegularFilesAreReplaced() throws {
    mkfifo(path, 0o644)
    let link = folder.path + "/link"
    symlink("sample.bin", link)
    for name in [path, link] {
      #expect(throws: FileError.unwritable(path: name, reason: "it is a pipe; only a regular file is replaced")) {
        try AtomicFile.replace(name, bytes: [1])
      }
    }
    #expect(kind(path) == S_IFIFO && kind(link) == S_IFLNK)
    #expect(throws: FileError.unwritable(path: "/dev/null", reason: "it is a device; only a regular file is replaced"))
    {
      try AtomicFile.replace("/dev/null", bytes: [1])
    }
    #expect(kind("/dev/null") == S_IFCHR)
    #expect(throws: FileError.unwritable(path: folder.path, reason: "it is a folder; only a regular file is replaced"))
    {
      try AtomicFile.replace(folder.path, bytes: [1])
    }
    #expect(try names() == ["link", "sample.bin"])
  }

  @Test func linksThatLeadNowhereAreNotReplaced() throws {
    symlink("none/data.bin", path)
    #expect(
      throws: FileError.unwritable(
        path: path, reason: "it is a link that leads nowhere: No such file or directory")
    ) { try AtomicFile.replace(path, bytes: [1]) }
    #expect(kind(path) == S_IFLNK)
  }

  /// Opening a pipe to write would wait for a reader.
  @Test func aPipeInThePlaceOfTheDraftIsAnError() throws {
    mkfifo(draft, 0o644)
    #expect(throws: FileError.self) { try AtomicFile.replace(path, bytes: [1]) }
    #expect(kind(draft) == S_IFIFO)
  }

  @Test func refusalsNameTheFile() {
    for path in ["", "a\0b", folder.path + "/missing/file", folder.path] {
      #expect(throws: FileError.self) { try AtomicFile.replace(path, bytes: [1]) }
    }
  }
}
