import Foundation
import Glibc
import TestSupport
import Testing

@testable import Datasets

/// What is in a folder and cannot be read: never passed over in silence.
@Suite struct MissingFilesTests {
  struct Obstacle: Sendable, CustomTestStringConvertible {
    let name: String
    /// Puts it into a folder that holds the classes a and b.
    let make: @Sendable (String) throws -> Void
    let reason: String
    var testDescription: String { name }
  }

  /// A name whose second byte is no UTF-8, as on disks of old systems.
  private static func latin(_ folder: String, isFolder: Bool) {
    let path: [CChar] = folder.utf8CString.dropLast() + [0x2f, 0x6d, CChar(bitPattern: 0xfc), 0x6c, 0x6c, 0]
    if isFolder { mkdir(path, 0o755) } else { close(open(path, O_WRONLY | O_CREAT, 0o644)) }
  }

  static let all: [Obstacle] = [
    Obstacle(name: "a/nothing.png", make: { symlink("none.png", $0 + "/a/nothing.png") }, reason: "leads nowhere"),
    Obstacle(name: "a/loop.png", make: { symlink("loop.png", $0 + "/a/loop.png") }, reason: "leads nowhere"),
    Obstacle(
      name: "a/deep/circle",
      make: { folder in
        mkdir(folder + "/a/deep", 0o755)
        symlink("../../a", folder + "/a/deep/circle")
      }, reason: "it is a link to a folder that it lies in"),
    Obstacle(name: "a/up", make: { symlink("..", $0 + "/a/up") }, reason: "it is a link to a folder that it lies in"),
    Obstacle(
      name: "a/pipe", make: { mkfifo($0 + "/a/pipe", 0o644) }, reason: "it is a pipe, neither a file nor a folder"),
    Obstacle(
      name: "a/m\\xFCll", make: { latin($0 + "/a", isFolder: false) }, reason: "its name is not UTF-8; rename it"),
    Obstacle(
      name: "a/m\\xFCll", make: { latin($0 + "/a", isFolder: true) }, reason: "its name is not UTF-8; rename it"),
    Obstacle(name: "m\\xFCll", make: { latin($0, isFolder: true) }, reason: "its name is not UTF-8; rename it"),
    Obstacle(
      name: "a/out.png", make: { symlink("/etc/hostname", $0 + "/a/out.png") },
      reason: "it is a link that leads out of the data folder"),
  ]

  private func set() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["set/a/1.png", "set/b/2.png"] {
      try folder.write(name, PictureFiles.png(width: 1, height: 1, [7]))
    }
    return folder
  }

  private var options: ImageFolder {
    var options = ImageFolder()
    options.cache = .none
    return options
  }

  private func expect(_ name: String, _ reason: String, in folder: TemporaryFolder) throws {
    let path = folder.path + "/set"
    #expect {
      try options.load(path)
    } throws: { error in
      "\(error)".contains("/set/\(name): ") && "\(error)".contains(reason)
    }
    var skipping = options
    skipping.policy = .skip
    let set = try skipping.load(path)
    #expect(set.count == 2 && set.skipped.map(\.path) == [name], "\(set.skipped)")
    #expect(set.skipped.first?.reason.contains(reason) == true, "\(set.skipped)")
  }

  @Test(arguments: all)
  func obstaclesAreErrorsOrNamed(_ obstacle: Obstacle) throws {
    let folder = try set()
    try obstacle.make(folder.path + "/set")
    try expect(obstacle.name, obstacle.reason, in: folder)
  }

  /// Root reads everything.
  @Test(.enabled(if: geteuid() != 0))
  func foldersThatMayNotBeReadAreErrorsOrNamed() throws {
    let folder = try set()
    let closed = folder.path + "/set/a/closed"
    mkdir(closed, 0o000)
    defer { chmod(closed, 0o755) }
    try expect("a/closed", "Permission denied", in: folder)
  }

  @Test func volumesAreNotPassedOverEither() throws {
    let folder = try TemporaryFolder()
    let fixture = try #require(try ArrayFixtures.load().volumes.first)
    try folder.write("set/a/1.nii", Array(fixture.file))
    symlink("none.nii", folder.path + "/set/a/2.nii")
    var options = VolumeFolder()
    #expect(throws: DatasetError.self) { try options.load(folder.path + "/set") }
    options.policy = .skip
    #expect(try options.load(folder.path + "/set").skipped.map(\.path) == ["a/2.nii"])
  }

  @Test func auditsNameThem() throws {
    let folder = try set()
    symlink("none.png", folder.path + "/set/b/3.png")
    var audited = AuditedFolder()
    audited.size = nil
    audited.cache = .none
    #expect(try audited.load(folder.path + "/set")[0].dataset.skipped.map(\.path) == ["b/3.png"])
  }

  @Test func aLimitLeavesFilesUnread() throws {
    let folder = try TemporaryFolder()
    for number in 0..<6 {
      let picture = PictureFiles.png(width: 1, height: 1, [UInt8(number)])
      // Every second file is none; the limit takes the others.
      try folder.write("set/\(number / 3)/\(number).png", number % 2 == 0 ? picture : [1, 2, 3])
    }
    var options = self.options
    #expect(throws: DatasetError.self) { try options.load(folder.path + "/set") }
    options.limit = 3
    let set = try options.load(folder.path + "/set")
    #expect((0..<3).compactMap { set.origin(of: $0)?.name } == ["0/0.png", "0/2.png", "1/4.png"])
    options.limit = 7
    #expect(throws: DatasetError.self) { try options.load(folder.path + "/set") }
  }
}
