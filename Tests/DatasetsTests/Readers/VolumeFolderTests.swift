import Tensors
import TestSupport
import Testing

@testable import Datasets

@Suite struct VolumeFolderTests {
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let volumes = try ArrayFixtures.load().volumes
    func file(_ name: String) throws -> [UInt8] { Array(try #require(volumes.first { $0.name == name }).file) }
    try folder.write("healthy/b2.nii", file("u1"))
    try folder.write("healthy/b10.nii.gz", file("packed"))
    try folder.write("ill/x.nii", file("frames"))
    try folder.write("ill/notes.txt", [1])
    return folder
  }

  private var raw: VolumeFolder {
    var options = VolumeFolder()
    options.axis = .array(2)
    options.window = .none
    return options
  }

  @Test func slicesOfAVolumeAreOneGroup() throws {
    let folder = try folder()
    let set = try raw.load(folder.path)
    #expect(set.classNames == ["healthy", "ill"] && set.labels == [0, 0, 0, 0, 0, 0, 1, 1, 1])
    #expect(set.sampleShape == [1, 5, 4])
    #expect(set.origin(of: 4)?.name == "healthy/b10.nii.gz, slice 2")
    #expect(set.origin(of: 4)?.group == "healthy/b10.nii.gz" && set.origin(of: 1)?.group == "healthy/b2.nii")
    let fixture = try #require(try ArrayFixtures.load().volumes.first { $0.name == "u1" })
    #expect(try set.batch([1]).inputs.contiguous().values == fixture.slices[2])
    #expect(set.sources.count == 3)
  }

  @Test func windowsMapIntensitiesToZeroToOne() {
    var values: [Float] = [-5, 0, 5, 10, 20, .nan]
    IntensityWindow.fixed(0, 10).apply(&values, [])
    #expect(values == [0, 0, 0.5, 1, 1, 0])
    values = [0, 1, 50, 99, 1000]
    IntensityWindow.percentiles(0, 100).apply(&values, (1...101).map(Float.init))
    #expect(values == [0, 0, 0.49, 0.98, 1])
    values = [7, 7]
    IntensityWindow.percentiles(1, 99).apply(&values, [7, 7])
    #expect(values.allSatisfy { $0.isFinite })
    IntensityWindow.percentiles(1, 99).apply(&values, [0, 0])
    #expect(values.allSatisfy { $0.isFinite })
  }

  @Test func slicesAreSpacedEvenly() {
    var options = VolumeFolder()
    #expect(options.numbers(of: 4) == [0, 1, 2, 3])
    options.sliceCount = 1
    #expect(options.numbers(of: 5) == [2])
    options.sliceCount = 3
    #expect(options.numbers(of: 90) == [15, 45, 75])
    (options.from, options.to) = (0.5, 0.6)
    #expect(options.numbers(of: 100) == [51, 55, 58])
    options.sliceCount = nil
    #expect(options.numbers(of: 10) == [5])
    (options.from, options.to) = (0.99, 1)
    #expect(options.numbers(of: 10) == [9])
  }

  @Test func framesAndSizesAreChosen() throws {
    let folder = try folder()
    var options = raw
    options.frame = 1
    #expect(throws: DatasetError.self) { try options.load(folder.path) }
    options.policy = .skip
    options.size = (8, 6)
    let set = try options.load(folder.path)
    #expect(set.count == 3 && set.sampleShape == [1, 8, 6])
    #expect(set.skipped.map(\.path) == ["healthy/b2.nii", "healthy/b10.nii.gz"])
    #expect(set.skipped[0].reason.hasSuffix("it has 1 frames, and frame 2 is asked for"))
  }

  @Test func volumesWithoutClassesAreOneClass() throws {
    let folder = try TemporaryFolder()
    let fixture = try ArrayFixtures.load().volumes[0]
    try folder.write("a.nii", Array(fixture.file))
    #expect(try raw.load(folder.path).classNames == ["volume"])
    try folder.write("b.nii", Array("broken".utf8))
    #expect(throws: DatasetError.self) { try raw.load(folder.path) }
  }

  @Test func anyNumberOfThreadsGivesTheSameSet() throws {
    let folder = try folder()
    let one = try raw.load(folder.path)
    let four = try Parallel.withThreads(4) { try raw.load(folder.path) }
    #expect(try one.wholeBatch().inputs.values == four.wholeBatch().inputs.values)
  }

  @Test func impossibleSettingsAreRefused() throws {
    let folder = try folder()
    for change: (inout VolumeFolder) -> Void in [
      { $0.axis = .array(3) }, { $0.sliceCount = 0 }, { $0.frame = -1 }, { $0.from = 1 }, { $0.to = 1.5 },
      { $0.window = .fixed(3, 3) }, { $0.window = .percentiles(-1, 50) }, { $0.size = (0, 1) },
    ] {
      var options = raw
      change(&options)
      #expect(throws: DatasetError.self) { try options.load(folder.path) }
    }
  }
}
