import Foundation
import Testing

@testable import Datasets

@Suite struct AuditedFolderTests {
  /// Writes a tree of JPEG files and audits it.
  private func parts(_ files: [String: [UInt8]]) throws -> [DataAudit.Part] {
    let root = FileManager.default.temporaryDirectory.appending(path: "audit-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    for (name, bytes) in files {
      let file = root.appending(path: name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: file)
    }
    var folder = AuditedFolder()
    folder.cache = .none
    return try folder.load(root.path)
  }

  private func jpeg(_ seed: Int) throws -> [UInt8] { try MadeUpScans.jpeg(MadeUpScans.picture(seed), quality: 90) }

  @Test func foldersOfClassesAreOneSet() throws {
    let found = try parts(["yes/a.jpg": try jpeg(1), "no/b.jpg": try jpeg(2), "no/c.jpg": try jpeg(3)])
    #expect(found.count == 1 && found[0].dataset.classNames == ["no", "yes"])
    #expect(found[0].dataset.classCounts == [2, 1] && found[0].dataset.sampleShape == [1, 64, 64])
    #expect(found[0].dataset.origin(of: 0)?.pictureSize == [128, 128])
  }

  @Test func foldersForTrainingAndTestAreSetsOfTheSameClasses() throws {
    let found = try parts([
      "archive/Training/b/1.jpg": try jpeg(1), "archive/Training/a/2.jpg": try jpeg(2),
      "archive/Testing/b/3.jpg": try jpeg(1), "archive/Testing/b/broken.jpg": [0xff, 0xd8, 0xff, 1, 2],
    ])
    #expect(found.map(\.name) == ["Training", "Testing"] && found[1].dataset.classCounts == [0, 1])
    #expect(found[1].dataset.skipped.map(\.path) == ["b/broken.jpg"])
    let audit = try DataAudit(found)
    #expect(audit.summary.crossing == 1 && audit.exactCopies == 1)
    #expect(audit.report(folder: "x").contains("b/broken.jpg: "))
  }

  @Test func aFolderWithoutClassesIsRefusedByName() throws {
    #expect(throws: DatasetError.self) { try parts(["a.jpg": try jpeg(1)]) }
  }
}
