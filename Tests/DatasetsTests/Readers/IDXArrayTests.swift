import Tensors
import TestSupport
import Testing

@testable import Datasets

/// An IDX file that is wrong in one way, and what the refusal must say.
struct HostileIDX: Sendable, CustomTestStringConvertible {
  let bytes: [UInt8]
  let complaint: String
  var testDescription: String { complaint }

  static let all: [HostileIDX] = [
    .init(bytes: [], complaint: "it ends early, inside the header: 0 of 4 bytes are there"),
    .init(bytes: [0, 0, 8], complaint: "it ends early, inside the header: 3 of 4 bytes are there"),
    .init(bytes: [0, 0, 8, 1, 0, 0], complaint: "it ends early, inside the header: 2 of 4 bytes are there"),
    .init(bytes: Array("PK\u{3}\u{4} and more".utf8), complaint: "it is a ZIP archive; unpack it"),
    .init(bytes: [0, 0, 7, 1, 0, 0, 0, 1, 0], complaint: "it is no IDX file, it starts with 00 00 07 01"),
    .init(bytes: [0, 0, 8, 0], complaint: "it has 0 axes; 1 to 8 are allowed"),
    .init(bytes: [0, 0, 8, 255], complaint: "it has 255 axes; 1 to 8 are allowed"),
    .init(
      bytes: FileBytes.idx(8, [4], [1, 2, 3]),
      complaint: "its header claims sizes [4], 4 bytes, but the file can hold at most 3"),
    .init(bytes: FileBytes.idx(8, [2], [1, 2, 3]), complaint: "it goes on after the end of its data"),
    .init(
      bytes: FileBytes.idx(8, [0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [1]),
      complaint: "its header claims sizes [4294967295, 4294967295, 4294967295], more than the 2147483648 bytes allowed"),
    .init(
      bytes: FileBytes.idx(14, [0x1fff_ffff], []),
      complaint: "its header claims sizes [536870911], more than the 2147483648 bytes allowed"),
    .init(
      bytes: FileBytes.gzip(FileBytes.idx(8, [1_000_000, 1000], [1])),
      complaint: "its header claims sizes [1000000, 1000], 1000000000 bytes, but the file can hold at most 37152"),
    .init(
      bytes: FileBytes.gzip(FileBytes.idx(8, [40], [1])),
      complaint: "it ends early, inside the data: 1 of 40 bytes are there"),
    .init(bytes: FileBytes.gzip(FileBytes.idx(8, [1], [1, 2])), complaint: "it goes on after the end of its data"),
    .init(
      bytes: Array(FileBytes.gzip(FileBytes.idx(8, [3], [1, 2, 3])).dropLast(4)),
      complaint: "its compressed data ends early"),
    .init(
      bytes: FileBytes.gzip(FileBytes.idx(8, [3], [1, 2, 3])) + [9, 9], complaint: "2 bytes follow its compressed data"),
    .init(
      bytes: wrongSum, complaint: "its compressed data is damaged: incorrect data check"),
    .init(bytes: [0x1f, 0x8b], complaint: "its compressed data ends early"),
    .init(bytes: [0x1f, 0x8b, 9, 0, 0, 0, 0, 0, 0, 0], complaint: "its compressed data is damaged: unknown"),
  ]

  private static var wrongSum: [UInt8] {
    var bytes = FileBytes.gzip(FileBytes.idx(8, [3], [1, 2, 3]))
    bytes[bytes.count - 8] ^= 1
    return bytes
  }
}

@Suite struct IDXArrayTests {
  @Test func sizesAndValuesAreRead() throws {
    let array = try IDXArray(FileBytes.content(FileBytes.idx(8, [2, 3], [1, 2, 3, 4, 5, 255])))
    #expect(array.kind == .uint8 && array.sizes == [2, 3])
    #expect(array.bytes == [1, 2, 3, 4, 5, 255])
    #expect(try array.integers() == [1, 2, 3, 4, 5, 255])
  }

  static let wholeNumbers: [(kind: UInt8, data: [UInt8], expected: [Int])] = [
    (0x09, [0xff, 0x7f], [-1, 127]),
    (0x0b, [0xff, 0xfe, 0x01, 0x00], [-2, 256]),
    (0x0c, [0xff, 0xff, 0xff, 0xfd, 0x00, 0x01, 0x00, 0x00], [-3, 65536]),
  ]

  @Test(arguments: wholeNumbers)
  func wholeNumbersOfEveryTypeAreRead(kind: UInt8, data: [UInt8], expected: [Int]) throws {
    #expect(try IDXArray(FileBytes.content(FileBytes.idx(kind, [2], data))).integers() == expected)
  }

  @Test func fractionsAreNoLabels() throws {
    let array = try IDXArray(FileBytes.content(FileBytes.idx(0x0d, [1], [0, 0, 0, 0])))
    #expect(
      throws: DatasetError.malformed(path: "sample", problem: "it holds float32 values; labels are whole numbers")
    ) {
      try array.integers()
    }
  }

  @Test(arguments: [0, 1, 59_999, 60_000, 60_001, 130_000])
  func packedFilesGiveTheSameValues(count: Int) throws {
    let plain = FileBytes.idx(8, [count], (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
    let packed = try IDXArray(FileBytes.content(FileBytes.gzip(plain)))
    #expect(try packed.bytes == IDXArray(FileBytes.content(plain)).bytes)
  }

  @Test func packedFilesMayHaveSeveralMembers() throws {
    let plain = FileBytes.idx(8, [6], [1, 2, 3, 4, 5, 6])
    let bytes = FileBytes.gzip(Array(plain[..<9])) + FileBytes.gzip([]) + FileBytes.gzip(Array(plain[9...]))
    #expect(try IDXArray(FileBytes.content(bytes)).bytes == [1, 2, 3, 4, 5, 6])
  }

  @Test(arguments: HostileIDX.all)
  func wrongFilesAreRefusedWithTheReason(_ hostile: HostileIDX) {
    do {
      _ = try IDXArray(FileBytes.content(hostile.bytes))
      Issue.record("accepted")
    } catch {
      #expect("\(error)".hasPrefix("sample: \(hostile.complaint)"), "\(error)")
    }
  }

  /// Random damage: any outcome but a crash, and only errors that name the file.
  @Test func damagedFilesNeverCrash() {
    let plain = FileBytes.idx(8, [10, 3], [UInt8](repeating: 7, count: 30))
    var stream = RandomStream(seed: 11, purpose: "damage")
    for whole in [plain, FileBytes.gzip(plain)] {
      for _ in 0..<2000 {
        var bytes = whole
        for _ in 0...stream.integer(below: 4) {
          bytes[stream.integer(below: bytes.count)] = UInt8(stream.integer(below: 256))
        }
        bytes.removeLast(stream.integer(below: 3) == 0 ? stream.integer(below: bytes.count) : 0)
        do { _ = try IDXArray(FileBytes.content(bytes)) } catch { #expect("\(error)".hasPrefix("sample: ")) }
      }
    }
  }

  @Test func limitsAreKept() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.idx", FileBytes.idx(8, [100], [UInt8](repeating: 0, count: 100)))
    #expect(throws: DatasetError.overLimit(path: path, what: "the file's size", got: 108, limit: 107)) {
      try IDXArray(path: path, limits: ReaderLimits(fileBytes: 107))
    }
    #expect(throws: DatasetError.self) { try IDXArray(path: path, limits: ReaderLimits(decodedBytes: 99)) }
    #expect(try IDXArray(path: path, limits: ReaderLimits(fileBytes: 108, decodedBytes: 100)).bytes.count == 100)
  }

  @Test func pathsThatAreNoFilesAreRefused() throws {
    let folder = try TemporaryFolder()
    #expect(throws: DatasetError.unreadable(path: folder.path + "/none", reason: "No such file or directory")) {
      try IDXArray(path: folder.path + "/none")
    }
    for path in [folder.path, "/dev/zero"] {
      #expect(throws: DatasetError.unreadable(path: path, reason: "it is not a regular file")) {
        try IDXArray(path: path)
      }
    }
    #expect(throws: DatasetError.self) { try IDXArray(path: "") }
    #expect(throws: DatasetError.self) { try IDXArray(path: "a\0b") }
  }
}
