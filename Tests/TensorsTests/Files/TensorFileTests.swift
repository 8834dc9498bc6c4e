import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite struct TensorFileTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path + "/sample.safetensors" }

  init() throws { folder = try TemporaryFolder() }

  @Test func everyTypeAndShapeComesBackAsItWas() throws {
    let tensors: [(name: String, tensor: Tensor)] = [
      ("weights", Tensor([1, -2.5, .infinity, 0, 0x1p-140, 3] as [Float], shape: [2, 3])),
      ("scalar", Tensor([7] as [Float], shape: [])),
      ("none", Tensor([] as [Float], shape: [0, 4])),
      ("exact", Tensor([0.1, -1e300] as [Double])),
      ("labels", Tensor(labels: [3, -1, 1 << 60])),
      ("pixels", Tensor(bytes: [0, 255, 128], shape: [3, 1])),
    ]
    let metadata = ["note": "line\nbreak \"quoted\" \\ \u{1} größer 🙂", "empty": ""]
    try TensorFile.save(tensors, metadata: metadata, to: path)
    let loaded = try TensorFile.load(path)
    #expect(loaded.metadata == metadata)
    #expect(loaded.tensors.map(\.name) == ["exact", "labels", "weights", "scalar", "none", "pixels"])
    for (name, tensor) in tensors {
      let other = try #require(loaded.tensors.first { $0.name == name }).tensor
      #expect(other.shape == tensor.shape && other.elementType == tensor.elementType)
      #expect(other.values == tensor.values)
    }
    let described = try TensorFile.describe(path)
    #expect(described.tensors.map(\.name) == loaded.tensors.map(\.name) && described.metadata == metadata)
  }

  @Test func viewsAreWrittenInLogicalOrder() throws {
    let matrix = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    try TensorFile.save([("t", try matrix.transpose(0, 1)), ("row", try matrix.row(1))], to: path)
    let loaded = try TensorFile.load(path).tensors
    #expect(loaded[0].tensor.floats == [1, 4, 2, 5, 3, 6] && loaded[0].tensor.shape == [3, 2])
    #expect(loaded[1].tensor.floats == [4, 5, 6])
  }

  /// Bytes put together by hand from the format's description.
  @Test func bytesAreThoseOfTheFormat() throws {
    try TensorFile.save([("a", Tensor([1, 2] as [Float]))], metadata: ["k": "v"], to: path)
    var header = #"{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    let expected =
      [UInt8(header.utf8.count)] + [UInt8](repeating: 0, count: 7) + Array(header.utf8)
      + [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]
    #expect(Array(try Data(contentsOf: URL(filePath: path))) == expected)
  }

  @Test func equalContentGivesEqualBytes() throws {
    let metadata = Dictionary(uniqueKeysWithValues: (0..<50).map { ("key \($0)", "\($0)") })
    try TensorFile.save([("a", Tensor([1] as [Float]))], metadata: metadata, to: path)
    try TensorFile.save([("a", Tensor([1] as [Float]))], metadata: metadata, to: path + "2")
    #expect(FileManager.default.contentsEqual(atPath: path, andPath: path + "2"))
  }

  @Test func namesThatCannotBeKeptAreRefused() {
    let tensor = Tensor([1] as [Float])
    #expect(throws: FileError.duplicateName(op: "save", name: "a")) {
      try TensorFile.save([("a", tensor), ("a", tensor)], to: path)
    }
    #expect(throws: FileError.reservedName(op: "save", name: "__metadata__")) {
      try TensorFile.save([("__metadata__", tensor)], to: path)
    }
  }

  @Test func missingFilesFoldersAndDevicesAreRefusedByName() {
    #expect(throws: FileError.unreadable(path: path, reason: "No such file or directory")) {
      try TensorFile.load(path)
    }
    #expect(throws: FileError.unreadable(path: folder.path, reason: "it is not a regular file")) {
      try TensorFile.load(folder.path)
    }
    #expect(throws: FileError.unreadable(path: "/dev/zero", reason: "it is not a regular file")) {
      try TensorFile.load("/dev/zero")
    }
    #expect(throws: FileError.unwritable(path: path + "/x", reason: "No such file or directory")) {
      try TensorFile.save([], to: path + "/x")
    }
  }
}
