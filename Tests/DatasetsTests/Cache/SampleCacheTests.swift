import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct SampleCacheTests {
  private let data: TemporaryFolder
  private let store: TemporaryFolder
  private var options = ImageFolder()

  init() throws {
    data = try TemporaryFolder()
    store = try TemporaryFolder()
    options.preparation = ImagePreparation(size: (2, 2), channels: 1)
    options.cache = SampleCache(folder: store.path + "/cache")
    options.cache.leastFiles = 1
    for number in 0..<5 { try write(number, shade: UInt8(40 * number + 7)) }
  }

  private func write(_ number: Int, shade: UInt8) throws {
    let path = try data.write("c\(number % 2)/\(number).png", PictureFiles.png(width: 1, height: 1, [shade]))
    try age(path)
  }

  /// Files that were written a moment ago get no cheap key.
  private func age(_ path: String, by seconds: Double = 100) throws {
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -seconds)], ofItemAtPath: path)
  }

  private func entries(_ ending: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: store.path + "/cache").filter { $0.hasSuffix(ending) }.sorted()
  }

  private func isMapped(_ set: Dataset) -> Bool {
    if case .mapped = set.samples.values { true } else { false }
  }

  @Test func secondLoadMapsTheSamplesOfTheFirst() throws {
    let first = try options.load(data.path)
    let second = try options.load(data.path)
    #expect(!isMapped(first) && isMapped(second))
    #expect(try first.wholeBatch().inputs.values == second.wholeBatch().inputs.values)
    #expect(first.labels == second.labels && first.sources == second.sources)
    #expect((0..<5).allSatisfy { first.origin(of: $0) == second.origin(of: $0) })
    #expect(try first.channelStatistics().mean == second.channelStatistics().mean)
    #expect(try entries(".samples").count == 1 && entries(".link").count == 1)
  }

  @Test func changedFilesAndSettingsAreDecodedAgain() throws {
    _ = try options.load(data.path)
    var other = options
    other.preparation.filter = .area
    #expect(try !isMapped(other.load(data.path)))
    try write(3, shade: 250)
    let changed = try options.load(data.path)
    #expect(!isMapped(changed))
    #expect(try changed.wholeBatch().inputs.values.contains(Double(Float(250) / 255)))
    #expect(try entries(".samples").count == 3)
  }

  @Test func copiesAndTouchedFilesAreFoundByTheirBytes() throws {
    _ = try options.load(data.path)
    try age(data.path + "/c0/0.png", by: 50)
    #expect(try isMapped(options.load(data.path)))
    let copy = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: data.path + "/c0", toPath: copy.path + "/c0")
    try FileManager.default.copyItem(atPath: data.path + "/c1", toPath: copy.path + "/c1")
    #expect(try isMapped(options.load(copy.path)))
    #expect(try entries(".samples").count == 1)
  }

  @Test func freshFilesGetNoCheapKey() throws {
    try age(data.path + "/c0/0.png", by: 0)
    _ = try options.load(data.path)
    #expect(try entries(".link").isEmpty && entries(".samples").count == 1)
  }

  @Test func orderOfClassesIsNoReasonToDecodeAgain() throws {
    var renamed = options
    renamed.aliases = ["c0": "z"]
    let first = try options.load(data.path)
    let second = try renamed.load(data.path)
    #expect(isMapped(second) && second.classNames == ["c1", "z"])
    #expect(second.labels == first.labels.map { 1 - $0 })
  }

  @Test func skippedFilesStayKnown() throws {
    try age(try data.write("c0/bad.png", Array("bad".utf8)))
    #expect(throws: DatasetError.self) { try options.load(data.path) }
    var skipping = options
    skipping.policy = .skip
    let first = try skipping.load(data.path)
    let second = try skipping.load(data.path)
    #expect(isMapped(second) && second.skipped == first.skipped && second.skipped.count == 1)
    #expect(throws: DatasetError.self) { try options.load(data.path) }
  }

  @Test func damagedEntriesAreMadeAnew() throws {
    let whole = try options.load(data.path)
    let path = store.path + "/cache/" + (try entries(".samples"))[0]
    let bytes = Array(try Data(contentsOf: URL(filePath: path)))
    var damaged: [[UInt8]] = [[], Array(bytes.prefix(10)), Array(bytes.prefix(bytes.count - 1)), bytes + [0]]
    for offset in [0, 9, 20, 60, bytes.count - 1] {
      var copy = bytes
      copy[offset] ^= 0xff
      damaged.append(copy)
    }
    for content in damaged {
      try Data(content).write(to: URL(filePath: path))
      let set = try options.load(data.path)
      #expect(!isMapped(set))
      #expect(try set.wholeBatch().inputs.values == whole.wholeBatch().inputs.values)
      #expect(try isMapped(options.load(data.path)))
    }
  }

  @Test func oldEntriesMakeRoom() throws {
    var small = options
    small.cache.byteLimit = 10_000
    for size in 1...5 {
      small.preparation.size = (size, size)
      _ = try small.load(data.path)
    }
    #expect((1...2).contains(try entries(".samples").count))
  }

  @Test func unusableFoldersAreNoErrors() throws {
    var broken = options
    broken.cache = SampleCache(folder: data.path + "/c0/0.png/cache")
    broken.cache.leastFiles = 1
    #expect(try broken.load(data.path).count == 5)
    broken.cache = .none
    #expect(try broken.load(data.path).count == 5)
  }
}

/// How often files are read: the system counts the bytes that this thread has read.
@Suite struct SampleCacheReadingTests {
  private func bytesRead() throws -> Int {
    let text = try String(contentsOfFile: "/proc/thread-self/io", encoding: .utf8)
    let line = text.split(separator: "\n").first { $0.hasPrefix("rchar: ") }
    return Int(try #require(line).dropFirst(7)) ?? 0
  }

  @Test func filesReadAheadHaveTheirHashes() throws {
    let data = try TemporaryFolder()
    let path = try data.write("a.png", [1, 2, 3])
    let entries = [path, data.path + "/none.png"].map { ImageEntry(path: $0, name: "x", label: 0) }
    let files = HashedFiles(entries, limits: .standard)
    // The reference is sha256sum.
    #expect(files.hashes == ["039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81", nil])
    #expect(files.files[0]?.content.bytes == [1, 2, 3])
  }

  @Test(.enabled(if: FileManager.default.isReadableFile(atPath: "/proc/thread-self/io")), arguments: [0, 1 << 40])
  func aMissReadsEachFileOnce(mostKeptBytes: Int) throws {
    let (data, store) = (try TemporaryFolder(), try TemporaryFolder())
    var total = 0
    for number in 0..<4 {
      let pixels = (0..<200 * 200).map { UInt8(($0 * 7 + number) % 251) }
      let file = PictureFiles.png(width: 200, height: 200, pixels)
      try data.write("c\(number % 2)/\(number).png", file)
      total += file.count
    }
    var options = ImageFolder()
    options.preparation = ImagePreparation(size: (20, 20), channels: 1)
    options.cache = SampleCache(folder: store.path + "/cache")
    (options.cache.leastFiles, options.cache.mostKeptBytes) = (1, mostKeptBytes)
    let before = try bytesRead()
    let first = try options.load(data.path)
    let read = try bytesRead() - before
    #expect(read >= total && read < total + total / 2, "\(read) of \(total)")
    let second = try options.load(data.path)
    #expect(try second.wholeBatch().inputs.values == first.wholeBatch().inputs.values)
    // Written a moment ago, they are looked for by their content, and found.
    if case .mapped = second.samples.values { #expect(mostKeptBytes > 0) } else { #expect(mostKeptBytes == 0) }
  }
}
