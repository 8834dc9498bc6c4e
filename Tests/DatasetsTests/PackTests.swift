import Foundation
import Tensors
import TestSupport
import Testing

@testable import Datasets

/// Whole sets as they are distributed. Each test is skipped where its pack is absent.
@Suite struct PackTests {
  private static let br35h = "br35h-full.tar"
  private static let alzheimer = "alzheimer-4class.tar.gz"
  private static let volumes = "nifti-dicom-samples.tar.gz"

  private var options: ImageFolder {
    var options = ImageFolder()
    options.preparation = ImagePreparation(size: (64, 64), channels: 1)
    options.cache = .none
    return options
  }

  @Test(.enabled(if: DataPacks.isPresent(br35h), Comment(rawValue: DataPacks.absence(of: br35h))))
  func everyFileOfBr35HDecodes() throws {
    let folder = try DataPacks.unpacked(Self.br35h)
    let set = try Parallel.withThreads(4) { try Br35H.load(folder: folder, options: options) }
    #expect(set.classCounts == [1500, 1500] && set.skipped.isEmpty)
    let unlabeled = try FolderListing(folder + "/pred").files(below: "").names
    #expect(unlabeled.count == 60)
    for name in unlabeled { _ = try ImageDecoder.decode(FileContent(path: folder + "/pred/" + name)) }
  }

  @Test(.enabled(if: DataPacks.isPresent(alzheimer), Comment(rawValue: DataPacks.absence(of: alzheimer))))
  func everyFileOfAlzheimerDecodes() throws {
    let folder = try DataPacks.unpacked(Self.alzheimer)
    var options = options
    options.preparation.size = nil
    let (train, test) = try Parallel.withThreads(4) { try Alzheimer.load(folder: folder, options: options) }
    #expect(train.count == 5121 && test.count == 1279)
    #expect(train.sampleShape == [1, 208, 176] && test.classCounts[3] == 12)
  }

  @Test(.enabled(if: DataPacks.isPresent(br35h), Comment(rawValue: DataPacks.absence(of: br35h))))
  func everyPictureCutInHalfIsRefused() throws {
    let folder = try DataPacks.unpacked(Self.br35h)
    let listing = try FolderListing(folder + "/datasets")
    let files = try listing.files(below: "").names
    let accepted = Accepted()
    Parallel.withThreads(4) {
      Parallel.forEach(files.count) { index in
        guard let file = try? FileContent(path: listing.join(files[index])) else { return accepted.add(files[index]) }
        let half = FileContent(path: file.path, bytes: Array(file.bytes.prefix(file.bytes.count / 2)))
        if (try? ImageDecoder.decode(half)) != nil { accepted.add(files[index]) }
      }
    }
    #expect(files.count == 3000 && accepted.names.isEmpty, "\(accepted.names.prefix(5))")
  }

  @Test(.enabled(if: DataPacks.isPresent(volumes), Comment(rawValue: DataPacks.absence(of: volumes))))
  func volumesDecodeAndTheRestIsRefusedByName() throws {
    let folder = try DataPacks.unpacked(Self.volumes) + "/nifti-dicom-samples"
    let listing = try FolderListing(folder)
    var decoded: [String] = []
    for name in try listing.files(below: "").names {
      do {
        let volume = try NIfTIVolume(path: listing.join(name))
        #expect(volume.values.count == volume.shape.reduce(1, *) && volume.values.contains { $0 != 0 })
        decoded.append(name)
      } catch let error as DatasetError {
        #expect("\(error)".hasPrefix(listing.join(name) + ": "), "\(error)")
        if name.hasSuffix(".dcm") { #expect("\(error)".contains("dcm2niix"), "\(error)") }
      }
    }
    #expect(
      decoded
        == [
          "aal.nii.gz", "anatomical.nii", "ch2.nii.gz", "ch2bet.nii.gz", "example4d.nii.gz", "example_nifti2.nii.gz",
          "functional.nii", "reoriented_anat_moved.nii",
        ].map { "nifti/" + $0 })
  }

  @Test(.enabled(if: DataPacks.isPresent(br35h), Comment(rawValue: DataPacks.absence(of: br35h))))
  func theGroupsOfBr35HAreFound() throws {
    let folder = try DataPacks.unpacked(Self.br35h)
    let set = try Parallel.withThreads(4) { try Br35H.load(folder: folder, options: options) }
    let audit = try Parallel.withThreads(4) { try DataAudit([.init(name: "br35h", dataset: set)]) }
    // Pillow rounds between the two passes of its resizing, which flips a bit here and there: its hashes make 1,833
    // groups, 538 of more than one picture, the largest of 17.
    #expect(abs(audit.summary.groups - 1833) < 19 && abs(audit.summary.groupsWithSeveral - 538) < 6)
    #expect(abs(audit.summary.largestGroup - 17) <= 1 && audit.conflicts.isEmpty)
    let leak = try #require(audit.leak)
    let (random, group) = (try #require(leak.random), try #require(leak.group))
    #expect(abs(random.accuracy - 0.963) < 0.01, "\(leak)")
    // 20 single splits by group, computed with NumPy, have a mean of 0.930 and a deviation of 0.023.
    #expect(abs(group.accuracy - 0.93) < 0.01 && group.upper < random.lower, "\(leak)")
    // Near-duplicates err together, so that the interval is wider than that of 3,000 independent samples.
    #expect(group.upper - group.lower > 0.021)
    for seed in 1...5 as ClosedRange<UInt64> {
      let partition = try Partition.dirichlet(.init(audit.parts[0].dataset, clients: 8, seed: seed), concentration: 0.5)
      #expect(try audit.groupsAcrossClients(partition) == 0)
    }
  }

  @Test(.enabled(if: DataPacks.isPresent(alzheimer), Comment(rawValue: DataPacks.absence(of: alzheimer))))
  func theLeakOfAlzheimerIsMeasured() throws {
    let folder = try DataPacks.unpacked(Self.alzheimer)
    let (train, test) = try Parallel.withThreads(4) { try Alzheimer.load(folder: folder, options: options) }
    let leak = try Parallel.withThreads(4) {
      try DataAudit([.init(name: "train", dataset: train), .init(name: "test", dataset: test)]).leak
    }
    #expect(abs(try #require(leak?.random).accuracy - 0.999) < 0.01, "\(String(describing: leak))")
    #expect(abs(try #require(leak?.given).accuracy - 0.724) < 0.01, "\(String(describing: leak))")
  }

  /// Names that several threads collect.
  private final class Accepted: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var names: [String] = []
    func add(_ name: String) { lock.withLock { names.append(name) } }
  }
}
