import Foundation
import Tensors
import TestSupport
import Testing

@testable import Datasets

/// Random damage to small files of every kind: any outcome but a crash, a hang or memory past the limit, and only
/// errors that name the file. `FEDLUA_FUZZ=100000` makes as many inputs for each reader; `scripts/fuzz` does that.
@Suite struct HostileFileTests {
  struct Reader: Sendable, CustomTestStringConvertible {
    let name: String
    let files: @Sendable () throws -> [[UInt8]]
    let read: @Sendable (FileContent, ReaderLimits) throws -> Void
    var testDescription: String { name }
  }

  static let readers: [Reader] = [
    Reader(name: "JPEG", files: { try pictures(".jpg") }) { _ = try ImageDecoder.decode($0, limits: $1) },
    Reader(name: "PNG", files: { try pictures(".png") }) { _ = try ImageDecoder.decode($0, limits: $1) },
    Reader(name: "NPY", files: { try ArrayFixtures.load().arrays.map { Array($0.file) } }) {
      _ = try NPYArray($0, limits: $1).tensor()
    },
    Reader(name: "NPZ", files: { try ArrayFixtures.load().archives.map { Array($0.file) } }) { file, limits in
      let archive = try NPZArchive(file, limits: limits)
      for name in archive.names.prefix(8) { _ = try archive.array(name).tensor() }
    },
    Reader(name: "NIfTI", files: { try ArrayFixtures.load().volumes.map { Array($0.file) } }) { file, limits in
      let volume = try NIfTIVolume(file, limits: limits)
      for plane in NIfTIVolume.Plane.allCases {
        let slicing = volume.slicing(plane: plane)
        let size = volume.size(slicing)
        var slice = [Float](repeating: 0, count: size.height * size.width)
        volume.copySlice(volume.count(slicing) - 1, frame: volume.frameCount - 1, slicing, to: &slice)
      }
    },
    Reader(
      name: "IDX",
      files: { [FileBytes.idx(8, [5, 2, 3], bytes(30)), FileBytes.gzip(FileBytes.idx(13, [4], bytes(16)))] }
    ) { file, limits in
      let array = try IDXArray(file, limits: limits)
      if array.kind.byteCount < 4 { _ = try array.integers() }
      _ = try IDXArray(file, limits: limits, most: 2)
    },
    Reader(name: "CIFAR", files: { [FileBytes.cifarRecord(label: 3, red: 1, green: 2, blue: 3)] }) { file, _ in
      _ = try CIFAR10.read([file], limit: 1)
    },
    Reader(name: "PNG of every kind", files: { try PictureFiles.Kind.all.map(picture) }) {
      _ = try ImageDecoder.decodeAll($0, limits: $1)
    },
    Reader(name: "NPZ set", files: { [archive] }) { file, limits in
      let folder = try TemporaryFolder()
      let path = try folder.write("sample", file.bytes)
      do {
        var archive = ArrayArchive()
        archive.limits = limits
        _ = try archive.load(path)
      } catch DatasetError.malformed(_, let problem) {
        throw DatasetError.malformed(path: "sample", problem: problem)
      } catch let error as DatasetError { throw DatasetError.unreadable(path: "sample", reason: "\(error)") }
    },
    Reader(name: "CSV", files: { [Array("file;label\r\n\"a;\"\"b\";1\r\nc.png;2\n\n".utf8)] }) {
      _ = try CSVTable($0, limits: $1)
    },
  ]

  private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 7) } }

  @Sendable private static func picture(_ kind: PictureFiles.Kind) throws -> [UInt8] {
    let numbers = (0..<9 * 7 * kind.samples).map { $0 * 37 % (1 << min(kind.depth, 7)) }
    let palette = kind.color == 3 ? [UInt8](repeating: 7, count: 3 << kind.depth) : []
    return PictureFiles.png(width: 9, height: 7, kind, numbers.map { $0 % (1 << kind.depth) }, palette: palette)
  }

  private static let archive = FileBytes.npz([
    ("x_train", FileBytes.npy("<f4", [3, 2], FileBytes.floats([1, 2, 3, 4, 5, 6]))),
    ("y_train", FileBytes.npy("<i8", [3], [UInt8](repeating: 0, count: 24))),
  ])

  private static func pictures(_ ending: String) throws -> [[UInt8]] {
    try ImageFixtures.load().pictures.filter { $0.name.hasSuffix(ending) }.map { Array($0.file) }
  }

  private static var inputCount: Int {
    ProcessInfo.processInfo.environment["FEDLUA_FUZZ"].flatMap { Int($0) } ?? 2000
  }

  @Test(arguments: readers)
  func damagedFilesNeverCrash(_ reader: Reader) throws {
    let limits = ReaderLimits(fileBytes: 1 << 20, decodedBytes: 1 << 22, imagePixels: 1 << 20, fileCount: 1000)
    try attack(reader, limits, inputs: Self.inputCount)
  }

  /// Real files are larger and have more in them: profiles, tables, many scans.
  @Test(
    .enabled(if: DataPacks.isPresent(pictures), Comment(rawValue: DataPacks.absence(of: pictures))),
    arguments: ["JPEG", "PNG"])
  func damagedScansNeverCrash(_ format: String) throws {
    let isWanted = format == "PNG" ? FileSignature.isPNG : FileSignature.isJPEG
    let files = try Self.realFiles(Self.pictures, "/datasets", atMost: 60_000).filter(isWanted)
    let chosen = stride(from: 0, to: files.count, by: max(1, files.count / 60)).map { files[$0] }
    let reader = Reader(name: "scans in \(format)", files: { chosen }) { _ = try ImageDecoder.decode($0, limits: $1) }
    try attack(reader, .standard, inputs: Self.inputCount / (Self.isLong ? 1 : 4))
  }

  @Test(.enabled(if: DataPacks.isPresent(volumes), Comment(rawValue: DataPacks.absence(of: volumes))))
  func damagedVolumesNeverCrash() throws {
    let files = try Self.realFiles(Self.volumes, "/nifti-dicom-samples/nifti", atMost: 100_000)
    let reader = Reader(name: "volumes", files: { files }) { _ = try NIfTIVolume($0, limits: $1) }
    try attack(reader, .standard, inputs: Self.inputCount / (Self.isLong ? 1 : 10))
  }

  private static let pictures = "br35h-full.tar"
  private static let volumes = "nifti-dicom-samples.tar.gz"

  /// Whether as many inputs are made as `FEDLUA_FUZZ` says, and not a short run.
  private static var isLong: Bool { ProcessInfo.processInfo.environment["FEDLUA_FUZZ"] != nil }

  /// The smaller files of a pack.
  private static func realFiles(_ pack: String, _ folder: String, atMost bytes: Int) throws -> [[UInt8]] {
    let listing = try FolderListing(DataPacks.unpacked(pack) + folder)
    return try listing.files(below: "").names.map { try FileContent(path: listing.join($0)).bytes }
      .filter { !$0.isEmpty && $0.count <= bytes }
  }

  /// Cut at every byte, and every bit turned over: nothing is left to chance for small files.
  @Test(arguments: readers)
  func everyCutAndEveryTurnedBitIsAnAnswer(_ reader: Reader) throws {
    let limits = ReaderLimits(fileBytes: 1 << 20, decodedBytes: 1 << 22, imagePixels: 1 << 20, fileCount: 1000)
    let smallest = try #require(try reader.files().min { $0.count < $1.count })
    let bytes = Array(smallest.prefix(700))
    for count in 0..<bytes.count { try answer(reader, Array(bytes.prefix(count)), limits) }
    for bit in 0..<8 * min(bytes.count, 120) {
      var turned = smallest
      turned[bit / 8] ^= 1 << UInt8(bit % 8)
      try answer(reader, turned, limits)
    }
  }

  private func answer(_ reader: Reader, _ bytes: [UInt8], _ limits: ReaderLimits) throws {
    do {
      try reader.read(FileContent(path: "sample", bytes: bytes), limits)
    } catch let error as DatasetError {
      #expect("\(error)".hasPrefix("sample"), "\(error)")
    }
  }

  private func attack(_ reader: Reader, _ limits: ReaderLimits, inputs: Int) throws {
    let files = try reader.files()
    var stream = RandomStream(seed: 17, purpose: RandomPurpose("damage to \(reader.name)"))
    var accepted = 0
    for input in 0..<inputs {
      let bytes = damaged(files, input, &stream)
      do {
        try reader.read(FileContent(path: "sample", bytes: bytes), limits)
        accepted += 1
      } catch let error as DatasetError {
        #expect("\(error)".hasPrefix("sample"), "\(error)")
      }
    }
    // Readers that refuse everything would pass, too.
    #expect(accepted > 0 && accepted < inputs)
  }

  private func damaged(_ files: [[UInt8]], _ input: Int, _ stream: inout RandomStream) -> [UInt8] {
    var bytes = files[input % files.count]
    for _ in 0...stream.integer(below: 3) where !bytes.isEmpty {
      let place =
        stream.integer(below: 3) == 0 ? stream.integer(below: min(bytes.count, 64)) : stream.integer(below: bytes.count)
      switch stream.integer(below: 7) {
      case 0: bytes[place] = UInt8(stream.integer(below: 256))
      case 1: bytes[place] ^= 1 << UInt8(stream.integer(below: 8))
      case 2: bytes.removeLast(bytes.count - place)
      case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 16)], at: place)
      case 4: bytes.removeSubrange(place..<min(bytes.count, place + 4))
      case 5:
        for index in place..<min(bytes.count, place + 4) { bytes[index] = stream.integer(below: 2) == 0 ? 0xff : 0 }
      default:
        let other = files[stream.integer(below: files.count)]
        let count = min(bytes.count - place, other.count / 2)
        bytes.replaceSubrange(place..<place + count, with: other.suffix(count))
      }
    }
    return bytes
  }
}
