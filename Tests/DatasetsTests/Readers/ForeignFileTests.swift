import Tensors
import TestSupport
import Testing

@testable import Datasets

/// Files of other formats, given to each reader: the message says what the file is.
@Suite struct ForeignFileTests {
  struct Foreign: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]
    let what: String
    var testDescription: String { what }
  }

  private static let pytorch = FileBytes.zip([(Array("model/data.pkl".utf8), [0x80, 2, 0x7d, 0x71, 0x2e])])
  private static let page = Array("\r\n <!DOCTYPE html><html><body>404 not found</body></html>".utf8)

  static let all: [Foreign] = [
    Foreign(bytes: pytorch, what: "it is a file of PyTorch, a pickle, which is never read"),
    Foreign(
      bytes: [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e],
      what: "it is a file of PyTorch, a pickle, which is never read"),
    Foreign(bytes: [0x80, 4, 0x95, 0x0b, 0, 0, 0, 0, 0, 0, 0], what: "it is a Python pickle, which is never read"),
    Foreign(bytes: page, what: "it is a text of markup, perhaps an error page of a download"),
    Foreign(bytes: [0xef, 0xbb, 0xbf] + page, what: "it is a text of markup, perhaps an error page of a download"),
    Foreign(
      bytes: Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n".utf8),
      what: "it is a pointer of Git LFS; run `git lfs pull`"),
    Foreign(bytes: [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0], what: "it is an HDF5 file"),
    Foreign(bytes: Array("GGUF".utf8) + [3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], what: "it is a model in GGUF"),
    Foreign(bytes: Array("%PDF-1.7 and so on".utf8), what: "it is a PDF document"),
  ]

  /// The reason that each reader of one file gives.
  private func refusals(_ bytes: [UInt8]) throws -> [(reader: String, message: String)] {
    let folder = try TemporaryFolder()
    let path = try folder.write("sample.bin", bytes)
    let file = try FileContent(path: path)
    let readers: [(String, () throws -> Void)] = [
      ("safetensors", { _ = try TensorFile.load(path) }), ("describe", { _ = try TensorFile.describe(path) }),
      ("IDX", { _ = try IDXArray(file) }), ("CIFAR", { _ = try CIFAR10.read([file]) }),
      ("NPY", { _ = try NPYArray(file) }), ("NPZ", { _ = try NPZArchive(file) }),
      ("NIfTI", { _ = try NIfTIVolume(file) }), ("picture", { _ = try ImageDecoder.decode(file) }),
      ("table", { _ = try CSVTable(file) }),
    ]
    return readers.map { name, read in
      do {
        try read()
        return (name, "accepted")
      } catch { return (name, "\(error)") }
    }
  }

  @Test(arguments: all)
  func everyReaderSaysWhatAForeignFileIs(_ foreign: Foreign) throws {
    for (reader, message) in try refusals(foreign.bytes) {
      let isOwn = reader == "CIFAR" && message.contains("it is a Python pickle, which is never read; use cifar-10")
      #expect(message.contains("/sample.bin: " + foreign.what) || isOwn, "\(reader): \(message)")
    }
  }

  @Test func packedPagesAreSeenThrough() throws {
    let packed = FileBytes.content(FileBytes.gzip(Self.page))
    for read in [
      { _ = try IDXArray(packed) }, { _ = try NPYArray(packed) }, { _ = try NIfTIVolume(packed) },
    ] as [() throws -> Void] {
      #expect { try read() } throws: { "\($0)".contains("it is a text of markup") }
    }
  }

  @Test func ourOwnFormatsAreNamedWhereAnotherIsExpected() throws {
    let own: [(bytes: [UInt8], what: String, taken: Set<String>)] = [
      (PictureFiles.png(width: 1, height: 1, [1]), "it is a PNG picture", ["picture"]),
      (FileBytes.npy("<f4", [1], [0, 0, 0, 0]), "it is a NumPy array", ["NPY"]),
      (FileBytes.idx(8, [4], [1, 2, 3, 4]), "it is a file in MNIST's format IDX", ["IDX"]),
      (FileBytes.npz([("a", FileBytes.npy("|u1", [1], [1]))]), "it is an archive of NumPy arrays", ["NPZ"]),
      (try Array(#require(ArrayFixtures.load().volumes.first).file), "it is a volume in NIfTI", ["NIfTI"]),
    ]
    for (bytes, what, taken) in own {
      for (reader, message) in try refusals(bytes) {
        #expect(message.contains(what) != taken.contains(reader), "\(what), \(reader): \(message)")
        #expect((message == "accepted") == taken.contains(reader), "\(what), \(reader): \(message)")
      }
    }
  }

  @Test func aTensorFileIsNamedToo() throws {
    let folder = try TemporaryFolder()
    try TensorFile.save([("a", Tensor([1] as [Float]))], to: folder.path + "/a.bin")
    let bytes = try FileContent(path: folder.path + "/a.bin").bytes
    for (reader, message) in try refusals(bytes) where !["safetensors", "describe"].contains(reader) {
      #expect(message.contains("it is a safetensors file; fed.load reads it"), "\(reader): \(message)")
    }
  }
}
