import TestSupport
import Testing

@testable import Datasets

@Suite struct ArrayArchiveTests {
  private func path(_ name: String, _ folder: TemporaryFolder) throws -> (String, ArrayFixtures.Archive) {
    let fixture = try #require(try ArrayFixtures.load().archives.first { $0.name == name })
    return (try folder.write("\(name).npz", Array(fixture.file)), fixture)
  }

  @Test(arguments: ["stored", "packed"])
  func usualNamesGiveTrainAndTest(name: String) throws {
    let folder = try TemporaryFolder()
    let (path, fixture) = try path(name, folder)
    let (train, test, validation) = try ArrayArchive().load(path)
    #expect(train.sampleShape == [3, 4, 5] && train.labels.map(Double.init) == fixture.labels)
    #expect(test?.count == 2 && validation == nil)
    // Batches come as [b, c, h, w]; the archive has [n, h, w, c].
    let batch = try train.wholeBatch().inputs
    for (n, h, w, c) in [(0, 0, 0, 0), (5, 3, 4, 2), (2, 1, 3, 1)] {
      let value = fixture.values[((n * 4 + h) * 5 + w) * 3 + c]
      #expect(batch.element(at: [n, c, h, w]) == Double(Float(value) / 255))
    }
  }

  @Test func planesAreReadByTheirShape() throws {
    let folder = try TemporaryFolder()
    let (path, fixture) = try path("planes", folder)
    let set = try ArrayArchive().load(path, samples: "x", labels: "y")
    #expect(set.sampleShape == [3, 4, 5] && !set.samples.isBytes)
    let values = try set.wholeBatch().inputs.contiguous().values
    #expect(values == fixture.values)
    #expect(try ArrayArchive().load(path).train.count == 6)
  }

  @Test func namesThatAreNotThereAreNamed() throws {
    let folder = try TemporaryFolder()
    let (path, _) = try path("planes", folder)
    #expect(throws: DatasetError.malformed(path: path, problem: "it has no array 'z'; it has x, y")) {
      try ArrayArchive().load(path, samples: "x", labels: "z")
    }
    #expect(throws: DatasetError.self) { try ArrayArchive().load(path, samples: "y", labels: "x") }
  }

  @Test func damagedArchivesAreRefused() throws {
    for fixture in try ArrayFixtures.load().archives {
      let bytes = Array(fixture.file)
      for count in [0, 3, bytes.count / 2, bytes.count - 30, bytes.count - 1] {
        #expect(throws: DatasetError.self) {
          try NPZArchive(FileContent(path: "cut", bytes: Array(bytes.prefix(count))))
        }
      }
      var damaged = bytes
      // Inside the data of the first array.
      damaged[bytes.count / 8] ^= 0x55
      #expect(throws: DatasetError.self) {
        let archive = try NPZArchive(FileContent(path: "damaged", bytes: damaged))
        for name in archive.names { _ = try archive.array(name) }
      }
    }
  }

  @Test func namesThatLeadOutAndPicklesAreRefused() throws {
    let fixture = try #require(try ArrayFixtures.load().archives.first { $0.name == "planes" })
    for (name, problem) in [("/.npy", "its entry '/.npy' leads out"), ("x.pkl", "it holds a Python pickle")] {
      var bytes = Array(fixture.file)
      let old = Array("x.npy".utf8)
      for start in bytes.indices where bytes[start...].starts(with: old) {
        bytes.replaceSubrange(start..<start + 5, with: Array(name.utf8))
      }
      do {
        _ = try NPZArchive(FileContent(path: "sample", bytes: bytes))
        Issue.record("accepted \(name)")
      } catch { #expect("\(error)".hasPrefix("sample: \(problem)"), "\(error)") }
    }
  }

  @Test func foreignFilesAreRefused() {
    for bytes: [UInt8] in [[0x80, 4, 0x95], [1, 2, 3], [0x89, 0x48, 0x44, 0x46]] {
      #expect(throws: DatasetError.self) { try NPZArchive(FileBytes.content(bytes)) }
    }
  }
}
