import Tensors
import Testing

@testable import Datasets

@Suite struct DataAuditTests {
  private static func audit(_ sets: Dataset..., distance: Int = 6, leak: Bool = true) throws -> DataAudit {
    var options = DataAudit.Options()
    (options.distance, options.estimatesLeak) = (distance, leak)
    return try DataAudit(
      sets.enumerated().map { DataAudit.Part(name: ["train", "test"][$0], dataset: $1) }, options)
  }

  /// Twelve pictures, of which the first three have copies of some kind.
  private static func scans() throws -> Dataset {
    let own = (1...12).map { MadeUpScans.picture($0) }
    let copies = [
      own[0], MadeUpScans.brighter(own[1], factor: 0.9, summand: 5), try MadeUpScans.reencoded(own[1], quality: 80),
      try MadeUpScans.reencoded(own[2], quality: 70),
    ]
    return try MadeUpScans.dataset(own + copies, labels: (0..<12).map { $0 % 2 } + [0, 1, 1, 1])
  }

  @Test func copiesAndNearCopiesAreGroupedAndOthersAreNot() throws {
    let audit = try Self.audit(try Self.scans())
    #expect(audit.parts[0].dataset.groupNumbers == Array(0..<12) + [0, 1, 1, 2])
    #expect(audit.duplicates.map { $0.members.map(\.position) } == [[1, 13, 14], [0, 12], [2, 15]])
    #expect(audit.duplicates.map(\.isExact) == [false, true, false] && audit.exactCopies == 1)
    #expect(audit.conflicts.map { $0.members.map(\.position) } == [[2, 15]])
    #expect(audit.summary.groups == 12 && audit.summary.largestGroup == 3 && audit.summary.crossing == nil)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func theOrderOfSamplesDoesNotChangeTheGroups(seed: UInt64) throws {
    let set = try Self.scans()
    var stream = RandomStream(seed: seed, purpose: "order")
    let order = stream.shuffled(set.count)
    let direct = try #require(try Self.audit(set, leak: false).parts[0].dataset.groupNumbers)
    let shuffled = try #require(try Self.audit(try set.subset(order), leak: false).parts[0].dataset.groupNumbers)
    for first in order.indices {
      for second in order.indices {
        #expect((shuffled[first] == shuffled[second]) == (direct[order[first]] == direct[order[second]]))
      }
    }
  }

  @Test func anyNumberOfThreadsFindsTheSame() throws {
    let set = try Self.scans()
    let one = try Parallel.withThreads(1) { try Self.audit(set) }
    let two = try Parallel.withThreads(2) { try Self.audit(set) }
    #expect(one.summary == two.summary && one.duplicates == two.duplicates && one.report() == two.report())
  }

  @Test func groupsThatReachFromTrainToTestAreCountedAndCanBeLeftOut() throws {
    let set = try Self.scans()
    let audit = try Self.audit(try set.subset(Array(0..<12)), try set.subset(Array(12..<16)))
    #expect(audit.crossing.count == 3 && audit.summary.crossing == 4)
    #expect(audit.parts[1].dataset.groupNumbers == [0, 1, 1, 2])
    let clean = try audit.cleanFirst()
    #expect(clean.count == 9 && clean.groupNumbers == Array(3..<12))
    #expect(audit.problems.contains { $0.hasPrefix("4 samples of test stand in a group with some of train") })
    #expect(audit.report().contains("train/#1, test/#1"))
  }

  @Test func aCleanSplitHasNoProblem() throws {
    let pictures = (1...8).map { MadeUpScans.picture($0) }
    let set = try MadeUpScans.dataset(pictures, labels: [0, 1, 0, 1, 0, 1, 0, 1])
    let audit = try Self.audit(try set.subset([0, 1, 2, 3]), try set.subset([4, 5, 6, 7]))
    #expect(audit.problems == [] && audit.crossing.isEmpty && audit.summary.crossing == 0)
    #expect(audit.report().contains("Nothing was found"))
  }

  /// Black pictures hash to nothing, so they are near to none; only equal ones of the same class are a group.
  @Test func blankPicturesOfDifferentClassesStayApart() throws {
    let black = PixelImage(width: 32, height: 32, channels: 1, bytes: [UInt8](repeating: 0, count: 1024))
    let grey = PixelImage(width: 32, height: 32, channels: 1, bytes: [UInt8](repeating: 90, count: 1024))
    let set = try MadeUpScans.dataset([black, black, black, grey, grey], labels: [0, 1, 0, 0, 0])
    let audit = try Self.audit(set)
    #expect(audit.parts[0].dataset.groupNumbers == [0, 1, 0, 2, 2])
    #expect(audit.blank.map(\.position) == [0, 1, 2, 3, 4] && audit.conflicts.isEmpty)
  }

  @Test func oneSampleAndEqualSamplesAreNoTrouble() throws {
    let picture = MadeUpScans.picture(1)
    let one = try Self.audit(try MadeUpScans.dataset([picture], labels: [0]))
    #expect(one.summary.groups == 1 && one.summary.largestGroup == 1 && one.leak == nil && one.problems == [])
    let same = try Self.audit(try MadeUpScans.dataset([picture, picture, picture], labels: [0, 0, 0]))
    #expect(same.summary.groups == 1 && same.exactCopies == 2)
    #expect(same.leak?.random?.accuracy == 1 && same.leak?.group == nil)
  }

  @Test func anEmptySetIsAuditedToo() throws {
    let none = try Self.audit(try MadeUpScans.dataset([MadeUpScans.picture(1)], labels: [0]).subset([]))
    #expect(none.summary.groups == 0 && none.summary.largestGroup == 0 && none.duplicates.isEmpty)
    #expect(none.report().contains("groups: 0 of 0 samples"))
  }

  @Test func vectorsAreGroupedOnlyWhereTheyAreEqual() throws {
    let floats: [Float] = [1, 2, 1, 2, 1, 2.5]
    let set = try Dataset(
      name: "vectors", samples: SampleStorage(floats: floats, sampleShape: [2]), labels: [0, 1, 0],
      classNames: ["a", "b"])
    let audit = try Self.audit(set)
    #expect(audit.parts[0].dataset.groupNumbers == [0, 0, 1] && audit.conflicts.count == 1)
  }

  @Test func groupsOfTheFilesStayTogether() throws {
    let pictures = (1...4).map { MadeUpScans.picture($0) } + [MadeUpScans.picture(1)]
    let set = try Dataset(
      name: "patients",
      samples: SampleStorage(bytes: pictures.flatMap(\.bytes), sampleShape: [1, 128, 128]), labels: [0, 0, 1, 1, 1],
      classNames: ["a", "b"],
      origins: ["p", "q", "", "r", "r"].map { SampleOrigin(name: "x", hash: "", group: $0) })
    #expect(set.groupNumbers == [0, 1, 2, 3, 3])
    let audit = try Self.audit(set)
    // The copy in patient r joins patients p and r.
    #expect(audit.parts[0].dataset.groupNumbers == [0, 1, 2, 0, 0] && audit.namedGroups == 4)
  }

  @Test func tinyClassesAreNamed() throws {
    var options = DataAudit.Options()
    options.tinyClass = 8
    let audit = try DataAudit([.init(name: "set", dataset: try Self.scans())], options)
    #expect(audit.tinyClasses.map(\.name) == ["class 0"] && audit.tinyClasses.map(\.count) == [7])
  }

  @Test func setsThatDoNotFitAndImpossibleOptionsAreRefused() throws {
    let set = try Self.scans()
    let other = try MadeUpScans.dataset([MadeUpScans.picture(1)], labels: [0], classes: 3)
    let smaller = try MadeUpScans.dataset([MadeUpScans.picture(1, size: 32)], labels: [0])
    #expect(throws: DatasetError.self) { try Self.audit(set, other) }
    #expect(throws: DatasetError.self) { try Self.audit(set, smaller) }
    #expect(throws: DatasetError.self) { try Self.audit(set, distance: 33) }
    #expect(throws: DatasetError.self) { try Self.audit(set, distance: -1) }
    #expect(throws: DatasetError.self) { try DataAudit([]) }
  }

  @Test func groupsAtSeveralClientsAreCounted() throws {
    let audit = try Self.audit(try Self.scans(), leak: false)
    let grouped = try Partition.identical(.init(audit.parts[0].dataset, clients: 4, minimumSamples: 1))
    #expect(try audit.groupsAcrossClients(grouped) == 0)
    let cut = try (1...8).map { seed in
      try audit.groupsAcrossClients(
        Partition.identical(
          .init(audit.parts[0].dataset, clients: 4, minimumSamples: 1, seed: UInt64(seed), by: .sample)))
    }
    #expect(cut.max()! > 0)
    let other = try Partition.identical(.init(try Self.scans().subset([0, 1, 2, 3]), clients: 2, minimumSamples: 1))
    #expect(throws: DatasetError.self) { try audit.groupsAcrossClients(other) }
  }
}
