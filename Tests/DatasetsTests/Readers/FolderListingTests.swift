import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct FolderListingTests {
  private func tree() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["b/2.png", "b/10.png", "b/deep/er/1.png", "A/x.png", "c/.hidden", "c/y.png", "top.png"] {
      try folder.write("set/" + name, [1])
    }
    for name in [".DS_Store", "b/.DS_Store", "b/Thumbs.db", "__MACOSX/b/2.png", "A/desktop.ini", ".git/config"] {
      try folder.write("set/" + name, [1])
    }
    return folder
  }

  @Test func filesComeInNaturalOrderWithoutLitter() throws {
    let folder = try tree()
    let listing = try FolderListing(folder.path + "/set")
    #expect(try listing.folders().names == ["A", "b", "c"])
    #expect(try listing.files(below: "b").names == ["b/2.png", "b/10.png", "b/deep/er/1.png"])
    #expect(
      try listing.files(below: "").names == ["A/x.png", "b/2.png", "b/10.png", "b/deep/er/1.png", "c/y.png", "top.png"])
  }

  @Test func linksOutOfTheFolderAreRefused() throws {
    let folder = try tree()
    let secret = try folder.write("secret.png", [1])
    let files = FileManager.default
    try files.createSymbolicLink(atPath: folder.path + "/set/b/leak.png", withDestinationPath: secret)
    #expect(throws: DatasetError.self) { try FolderListing(folder.path + "/set").files(below: "b") }
    do { _ = try FolderListing(folder.path + "/set").files(below: "b") } catch {
      #expect("\(error)".contains("/set/b/leak.png: it is a link that leads out of the data folder, to "), "\(error)")
    }
    #expect(try FolderListing(folder.path + "/set").files(below: "A").names == ["A/x.png"])
    try files.createSymbolicLink(atPath: folder.path + "/set/out", withDestinationPath: "..")
    #expect(throws: DatasetError.self) { try FolderListing(folder.path + "/set").folders() }
  }

  @Test func linksInsideAreFollowedAndLoopsEnd() throws {
    let folder = try tree()
    let files = FileManager.default
    try files.createSymbolicLink(atPath: folder.path + "/set/A/same.png", withDestinationPath: "../b/2.png")
    #expect(try FolderListing(folder.path + "/set").files(below: "A").names == ["A/same.png", "A/x.png"])
    try files.createSymbolicLink(atPath: folder.path + "/set/c/loop", withDestinationPath: "../c")
    #expect(throws: DatasetError.self) { try FolderListing(folder.path + "/set").files(below: "c") }
  }

  @Test func theFolderItselfMayBeALink() throws {
    let folder = try tree()
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/alias", withDestinationPath: "set")
    #expect(try FolderListing(folder.path + "/alias").folders().names == ["A", "b", "c"])
  }

  @Test func namesOfAListCannotLeadOut() throws {
    let folder = try tree()
    try folder.write("secret.png", [1])
    let listing = try FolderListing(folder.path + "/set")
    #expect(try listing.file("b/2.png")?.hasSuffix("/set/b/2.png") == true)
    #expect(try listing.file("b/none.png") == nil)
    #expect(try listing.file("b") == nil)
    for bad in ["../secret.png", "/etc/passwd", "b/../../secret.png"] {
      #expect(throws: DatasetError.self, "\(bad)") { try listing.file(bad) }
    }
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/up", withDestinationPath: folder.path)
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/set/d", withDestinationPath: folder.path)
    #expect(throws: DatasetError.self) { try listing.file("d/secret.png") }
  }

  @Test func limitsAndWrongFoldersAreErrors() throws {
    let folder = try tree()
    let limits = ReaderLimits(fileCount: 2)
    #expect(throws: DatasetError.self) { try FolderListing(folder.path + "/set", limits: limits).files(below: "") }
    for bad in ["", "a\0b", folder.path + "/none", folder.path + "/set/top.png"] {
      #expect(throws: DatasetError.self) { try FolderListing(bad) }
    }
  }
}
