import Tensors
import TestSupport
import Testing

@testable import Datasets

/// Folders with pictures of 16 bits, alone and among pictures of 8 bits.
@Suite struct DeepImageFolderTests {
  private let folder: TemporaryFolder
  private var options = ImageFolder()

  init() throws {
    folder = try TemporaryFolder()
    options.preparation.channels = 1
    options.cache = .none
    let kind = PictureFiles.Kind(depth: 16, color: 0, isInterlaced: true)
    try folder.write("set/a/1.png", PictureFiles.png(width: 2, height: 2, kind, [0, 100, 2000, 4095]))
    try folder.write("set/b/2.png", PictureFiles.png(width: 2, height: 2, kind, [4095, 1, 2, 3]))
  }

  @Test func sixteenBitsBecomeFloats() throws {
    let set = try options.load(folder.path + "/set")
    #expect(!set.samples.isBytes)
    let expected = [0, 100, 2000, 4095, 4095, 1, 2, 3].map { Float($0) / 65_535 }
    #expect(try set.wholeBatch().inputs.floats == expected)
  }

  @Test func eightBitsBesideThemStayWhatTheyAre() throws {
    try folder.write("set/a/3.png", PictureFiles.png(width: 2, height: 2, [0, 51, 102, 255]))
    let set = try options.load(folder.path + "/set")
    #expect(try set.batch([1]).inputs.floats == [0, 0.2, 0.4, 1].map { Float($0) })
    #expect(try set.batch([0]).inputs.floats[3] == Float(4095) / 65_535)
    #expect(try set.channelStatistics().mean[0] > 0)
  }

  @Test func aWindowStretchesThem() throws {
    var windowed = options
    windowed.preparation.window = .fixed(0, 4095.0 / 65_535)
    let values = try windowed.load(folder.path + "/set").wholeBatch().inputs.values
    for (value, number) in zip(values, [0, 100, 2000, 4095, 4095, 1, 2, 3]) {
      #expect(abs(value - Double(number) / 4095) < 1e-5)
    }
    windowed.preparation.window = .fixed(1, 0)
    #expect(throws: DatasetError.self) { try windowed.load(folder.path + "/set") }
  }

  @Test func theyAreResizedWithoutRounding() throws {
    var small = options
    small.preparation.size = (1, 1)
    small.preparation.filter = .area
    let values = try small.load(folder.path + "/set").wholeBatch().inputs.values
    #expect(abs(values[0] * 65_535 - (100 + 2000 + 4095) / 4.0) < 0.01)
  }

  @Test func theyComeFromTheCacheToo() throws {
    var cached = options
    cached.cache = SampleCache(folder: folder.path + "/cache")
    cached.cache.leastFiles = 1
    let first = try cached.load(folder.path + "/set")
    let second = try cached.load(folder.path + "/set")
    if case .mappedFloats = second.samples.values {} else { Issue.record("it is not mapped") }
    #expect(try first.wholeBatch().inputs.values == second.wholeBatch().inputs.values)
    #expect(try first.channelStatistics().mean == second.channelStatistics().mean)
    #expect(first.samples.digest(1) == second.samples.digest(1))
    #expect(try DataAudit([DataAudit.Part(name: "set", dataset: second)], DataAudit.Options()).sampleCount == 2)
  }

  @Test func setsThatAreTooLargeAsFloatsAreRefused() throws {
    var options = self.options
    options.limits.decodedBytes = 31
    for policy in BadFilePolicy.allCases {
      options.policy = policy
      #expect(
        throws: DatasetError.overLimit(
          path: folder.path + "/set", what: "the size of 2 samples of 2 x 2 in bytes", got: 32, limit: 31)
      ) { try options.load(folder.path + "/set") }
    }
  }
}
