import Foundation
import TestSupport
import Testing

@testable import Tensors

/// A file that is wrong in one way, and what the refusal must say.
struct HostileHeader: Sendable, CustomTestStringConvertible {
  let header: String
  var dataBytes = 8
  let complaint: String

  var testDescription: String { "\(complaint): \(header.prefix(60))" }

  static func entry(
    _ name: String = "a", type: String = "F32", shape: String = "[2]", offsets: String = "[0,8]"
  ) -> String {
    #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}"#
  }

  static let all: [HostileHeader] = [
    .init(header: "", complaint: "'{' is expected"),
    .init(header: "[]", complaint: "'{' is expected"),
    .init(header: "{\(entry())", complaint: "'}' is expected"),
    .init(header: "{\(entry())}x", complaint: "something follows"),
    .init(header: "{\(entry()),}", complaint: "'\"' is expected"),
    .init(header: "{\(entry()),\(entry())}", complaint: "the name 'a' occurs twice"),
    .init(
      header: "{\(entry(type: "F8"))}",
      complaint: "has dtype 'F8'; F32, F64, I64, U8, F16, BF16, I32, U32, I16, U16, I8, BOOL are read"),
    .init(header: "{\(entry(shape: "[3]"))}", complaint: "8 bytes, which do not fit F32 [3]"),
    .init(header: "{\(entry(shape: "[2.0]"))}", complaint: "a whole number of 0 or more is expected"),
    .init(header: "{\(entry(shape: "[-2]"))}", complaint: "a whole number of 0 or more is expected"),
    .init(header: "{\(entry(shape: "[02]"))}", complaint: "a whole number of 0 or more is expected"),
    .init(header: "{\(entry(shape: "[2e0]"))}", complaint: "a whole number of 0 or more is expected"),
    .init(header: "{\(entry(shape: "2"))}", complaint: "'[' is expected"),
    .init(header: "{\(entry(shape: "[99999999999999999999]"))}", complaint: "a number is too large"),
    .init(
      header: "{\(entry(shape: "[4611686018427387904,4611686018427387904]"))}", complaint: "which do not fit F32"),
    .init(header: "{\(entry(shape: "[4611686018427387906]"))}", complaint: "which do not fit F32"),
    // A size of 0 must not hide that the others are too large, in the file or in memory.
    .init(
      header: "{\(entry(shape: "[0,4611686018427387904,4]", offsets: "[0,0]"))}", dataBytes: 0,
      complaint: "0 bytes, which do not fit F32"),
    .init(
      header: "{\(entry(type: "I8", shape: "[4611686018427387904,0]", offsets: "[0,0]"))}", dataBytes: 0,
      complaint: "0 bytes, which do not fit I8"),
    .init(header: #"{"__metadata__":nul}"#, dataBytes: 0, complaint: "'{' is expected"),
    .init(
      header: "{\(entry(shape: "[\(Array(repeating: "1", count: 65).joined(separator: ","))]"))}",
      complaint: "more than 64 numbers"),
    .init(header: "{\(entry(offsets: "[8,0]"))}", complaint: "has data_offsets [8, 0]"),
    .init(header: "{\(entry(offsets: "[0]"))}", complaint: "has data_offsets [0]"),
    .init(header: "{\(entry(offsets: "[0,8,9]"))}", complaint: "more than 2 numbers"),
    .init(header: "{\(entry())}", dataBytes: 9, complaint: "the tensors have 8 bytes, but 9 follow"),
    .init(header: "{\(entry())}", dataBytes: 7, complaint: "the tensors have 8 bytes, but 7 follow"),
    .init(header: "{}", dataBytes: 1, complaint: "the tensors have 0 bytes, but 1 follow"),
    .init(
      header: "{\(entry()),\(entry("b", offsets: "[12,20]"))}", dataBytes: 20,
      complaint: "a hole before 'b', at byte 12"),
    .init(
      header: "{\(entry()),\(entry("b", offsets: "[4,12]"))}", dataBytes: 12,
      complaint: "an overlap before 'b', at byte 4"),
    .init(header: "{\(entry(offsets: "[4,12]"))}", dataBytes: 12, complaint: "a hole before 'a'"),
    .init(header: #"{"a":{"dtype":"F32","shape":[2]}}"#, complaint: "lacks dtype, shape or data_offsets"),
    .init(header: #"{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, complaint: "twice"),
    .init(header: #"{"a":{"color":"F32","shape":[2],"data_offsets":[0,8]}}"#, complaint: "unknown"),
    .init(header: #"{"__metadata__":{"k":1},\#(entry())}"#, complaint: "'\"' is expected"),
    .init(header: #"{"__metadata__":{"k":"1","k":"2"},\#(entry())}"#, complaint: "the metadata 'k' occurs twice"),
    .init(header: #"{"__metadata__":{},"__metadata__":{},\#(entry())}"#, complaint: "'__metadata__' occurs twice"),
    .init(header: "{\(entry(#"\q"#))}", complaint: "an escape in a text is unknown"),
    .init(header: "{\(entry(#"\ud800"#))}", complaint: "half a character"),
    .init(header: "{\(entry(#"\u+123"#))}", complaint: "an escape in a text is unknown"),
    .init(header: "{\(entry("\u{1}"))}", complaint: "a control character"),
    .init(header: "{\"a", complaint: "a text does not end"),
    .init(header: "{\"a\\", complaint: "a text does not end"),
    .init(header: String(repeating: "{\"a\":", count: 10_000), complaint: "unknown"),
  ]
}

@Suite struct HostileTensorFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func load(_ bytes: [UInt8]) throws -> [String] {
    try TensorFile.load(try folder.write("hostile.safetensors", bytes)).tensors.map(\.name)
  }

  private func littleEndian(_ number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  private func refusal(_ bytes: [UInt8]) -> String {
    do {
      return "accepted: \(try load(bytes))"
    } catch FileError.malformed(let path, let problem) {
      return path.hasSuffix("hostile.safetensors") ? problem : "wrong path: \(path)"
    } catch {
      return "other error: \(error)"
    }
  }

  @Test(arguments: HostileHeader.all)
  func wrongHeadersAreRefusedWithTheReason(_ hostile: HostileHeader) {
    let header = Array(hostile.header.utf8)
    let bytes = littleEndian(UInt64(header.count)) + header + [UInt8](repeating: 0, count: hostile.dataBytes)
    let refusal = refusal(bytes)
    #expect(refusal.contains(hostile.complaint), "\(refusal)")
    #expect(refusal.contains("its header is wrong at byte"))
  }

  @Test func aHeaderThatIsRightIsAccepted() throws {
    let header = Array("\n{ \(HostileHeader.entry(#"\u00e9\ud83d\ude42"#)) }  ".utf8)
    #expect(try load(littleEndian(UInt64(header.count)) + header + [UInt8](repeating: 0, count: 8)) == ["é🙂"])
  }

  @Test func lengthsThatLieAreRefusedBeforeAnythingIsRead() {
    #expect(refusal([]).contains("its 0 bytes are too few"))
    #expect(refusal([1, 2, 3]).contains("its 3 bytes are too few"))
    #expect(refusal(littleEndian(100) + [0x7b, 0x7d]).contains("claims 100 bytes, but 2 follow"))
    #expect(refusal(littleEndian(100_000_001)).contains("at most 100000000 are allowed"))
    #expect(refusal(littleEndian(.max)).contains("at most 100000000 are allowed"))
  }

  @Test func invalidTextIsRefused() {
    let header: [UInt8] = [0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x7d]
    #expect(refusal(littleEndian(UInt64(header.count)) + header).contains("no valid UTF-8"))
  }

  @Test func everyTruncationOfAFileIsRefused() throws {
    let path = folder.path + "/whole.safetensors"
    try TensorFile.save(
      [("a", Tensor([1, 2, 3] as [Float])), ("b", Tensor(labels: [1]))], metadata: ["k": "v"], to: path)
    let whole = Array(try Data(contentsOf: URL(filePath: path)))
    for count in 0..<whole.count { #expect(!refusal(Array(whole.prefix(count))).contains("accepted")) }
    #expect(refusal(whole + [0]).contains("follow the header"))
  }

  /// Random damage to a right file: any outcome but a crash, and only errors that name the file.
  @Test func damagedFilesNeverCrash() throws {
    let path = folder.path + "/whole.safetensors"
    try TensorFile.save([("a", Tensor([1, 2, 3] as [Float])), ("b", Tensor(labels: [1]))], to: path)
    let whole = Array(try Data(contentsOf: URL(filePath: path)))
    var stream = RandomStream(seed: 11, purpose: "damage")
    let refused = (0..<1500).reduce(0) { refused, _ in
      var bytes = whole
      for _ in 0...stream.integer(below: 4) {
        bytes[stream.integer(below: bytes.count)] = UInt8(stream.integer(below: 256))
      }
      let outcome = refusal(bytes)
      #expect(!outcome.contains("other error") && !outcome.contains("wrong path"), "\(outcome)")
      return refused + (outcome.contains("accepted") ? 0 : 1)
    }
    #expect(refused > 750)
  }
}
