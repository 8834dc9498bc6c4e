import Tensors
import TestSupport
import Testing

@testable import Datasets

@Suite struct ImageFolderTests {
  /// Three classes; each grey PNG is one pixel wide and high, of the shade that its name says.
  private func folder(broken: [String] = []) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["no/No2.jpg", "no/no11.jpg", "Yes/1.png", "Yes/sub/2.png", "maybe/7.jpeg"] {
      try folder.write(name, try Self.picture(of: name))
    }
    for name in broken { try folder.write(name, Array("no picture".utf8)) }
    for name in [".DS_Store", "no/Thumbs.db", "__MACOSX/no/._No2.jpg", "no/notes.txt"] {
      try folder.write(name, [0, 1])
    }
    return folder
  }

  private static func picture(of name: String) throws -> [UInt8] {
    let shade = UInt8(name.utf8.reduce(0) { ($0 * 31 + Int($1)) % 251 })
    return PictureFiles.png(width: 2, height: 2, [shade, shade, shade, shade])
  }

  private var options: ImageFolder {
    var options = ImageFolder()
    options.preparation.channels = 1
    options.cache = .none
    return options
  }

  @Test func foldersAreClassesInNaturalOrder() throws {
    let folder = try folder()
    let set = try options.load(folder.path)
    #expect(set.classNames == ["maybe", "no", "Yes"])
    #expect(set.labels == [0, 1, 1, 2, 2])
    #expect(
      (0..<5).map { set.origin(of: $0)?.name } == [
        "maybe/7.jpeg", "no/No2.jpg", "no/no11.jpg", "Yes/1.png", "Yes/sub/2.png",
      ])
    #expect(set.sampleShape == [1, 2, 2] && set.skipped.isEmpty)
    let first = try set.batch([3]).inputs.values[0]
    #expect(first == Double(Float(try Self.picture(of: "Yes/1.png")[49]) / 255))
    #expect(set.origin(of: 3)?.hash == SHA256.hex(try Self.picture(of: "Yes/1.png")))
    #expect(set.sources.count == 1 && set.sources[0].path == folder.path)
  }

  @Test func originsFollowSubsets() throws {
    let folder = try folder()
    let set = try options.load(folder.path)
    #expect(try set.subset([4, 1]).origin(of: 1)?.name == "no/No2.jpg")
  }

  @Test func aliasesAndClassesDecideTheLabels() throws {
    let folder = try folder()
    var options = self.options
    options.aliases = ["maybe": "no", "Yes": "tumor"]
    let merged = try options.load(folder.path)
    #expect(merged.classNames == ["no", "tumor"] && merged.labels == [0, 0, 0, 1, 1])
    options.classes = ["tumor", "no"]
    #expect(try options.load(folder.path).labels == [1, 1, 1, 0, 0])
    options.classes = ["tumor"]
    let one = try options.load(folder.path)
    #expect(one.count == 2 && one.classNames == ["tumor"])
    options.classes = ["tumor", "cyst"]
    #expect(throws: DatasetError.self) { try options.load(folder.path) }
  }

  @Test func badFileStopsTheLoadByName() throws {
    let folder = try folder(broken: ["no/broken1.jpg", "Yes/broken2.png"])
    for threads in [1, 4] {
      do {
        _ = try Parallel.withThreads(threads) { try options.load(folder.path) }
        Issue.record("accepted")
      } catch {
        #expect("\(error)".hasSuffix("/no/broken1.jpg: it is neither JPEG nor PNG"), "\(error)")
      }
    }
  }

  @Test func badFilesAreSkippedAndNamed() throws {
    let folder = try folder(broken: ["no/broken1.jpg", "Yes/broken2.png", "maybe/0.png"])
    var options = self.options
    options.policy = .skip
    let set = try options.load(folder.path)
    let sound = try self.folder()
    let whole = try self.options.load(sound.path)
    #expect(set.skipped.map(\.path) == ["maybe/0.png", "no/broken1.jpg", "Yes/broken2.png"])
    #expect(set.skipped[1].reason.hasSuffix("it is neither JPEG nor PNG"))
    #expect(set.labels == whole.labels)
    #expect(try set.wholeBatch().inputs.values == whole.wholeBatch().inputs.values)
  }

  @Test func anyNumberOfThreadsGivesTheSameSet() throws {
    let folder = try TemporaryFolder()
    for number in 0..<40 {
      let pixels = (0..<35).map { UInt8(($0 * 7 + number * 5) % 256) }
      try folder.write("\(number % 3)/\(number).png", PictureFiles.png(width: 7, height: 5, pixels))
    }
    var options = self.options
    options.preparation.size = (4, 4)
    let sets = try [1, 2, 5].map { threads in
      try Parallel.withThreads(threads) { try options.load(folder.path) }
    }
    for set in sets {
      #expect(set.labels == sets[0].labels)
      #expect(try set.wholeBatch().inputs.values == sets[0].wholeBatch().inputs.values)
    }
  }

  @Test func picturesOfSeveralSizesNeedOne() throws {
    let folder = try folder()
    try folder.write("no/large.png", PictureFiles.png(width: 3, height: 2, [1, 2, 3, 4, 5, 6]))
    do {
      _ = try options.load(folder.path)
      Issue.record("accepted")
    } catch {
      #expect(
        "\(error)".hasSuffix(
          "/no/large.png: it has 2 x 3 pixels, and the first picture 2 x 2; give a size for all"), "\(error)")
    }
    var sized = options
    sized.preparation.size = (2, 2)
    #expect(try sized.load(folder.path).count == 6)
  }

  @Test func foldersWithoutPicturesAreErrors() throws {
    let folder = try TemporaryFolder()
    try folder.write("picture.png", PictureFiles.png(width: 1, height: 1, [1]))
    #expect(
      throws: DatasetError.malformed(
        path: folder.path, problem: "it has no pictures in folders; one folder for each class is needed")
    ) { try options.load(folder.path) }
    try folder.write("a/x.png", [1])
    var skipping = options
    skipping.policy = .skip
    skipping.preparation.size = (2, 2)
    #expect(
      throws: DatasetError.malformed(path: folder.path, problem: "none of its 1 files can be read")
    ) { try skipping.load(folder.path) }
    #expect(throws: DatasetError.self) { try options.load(folder.path + "/none") }
  }

  @Test func samplesBeyondTheLimitAreRefusedBeforeTheyAreMade() throws {
    let folder = try folder()
    var options = self.options
    options.preparation.size = (1000, 1000)
    options.limits.decodedBytes = 4_999_999
    #expect(
      throws: DatasetError.overLimit(
        path: folder.path, what: "the size of 5 samples of 1000 x 1000 in bytes", got: 5_000_000, limit: 4_999_999)
    ) { try options.load(folder.path) }
    options.limits.decodedBytes = 5_000_000
    #expect(try options.load(folder.path).count == 5)
  }

  @Test func impossibleSettingsAreRefused() throws {
    let folder = try folder()
    var options = self.options
    options.preparation.channels = 2
    #expect(throws: DatasetError.self) { try options.load(folder.path) }
    options.preparation.channels = 1
    options.preparation.size = (0, 4)
    #expect(throws: DatasetError.self) { try options.load(folder.path) }
  }
}
