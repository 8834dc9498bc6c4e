import Tensors
import TestSupport
import Testing

@testable import Datasets

/// Numbers, names and texts in files that no data set can be made of: the message says which.
@Suite struct WrongNumbersTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func archive(_ arrays: [(name: String, file: [UInt8])]) throws -> String {
    try folder.write("set.npz", FileBytes.npz(arrays))
  }

  private func refusal(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "accepted"
    } catch { return "\(error)" }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func aNumberThatIsNoneIsRefusedWithItsSample(_ bad: Float) throws {
    let values: [Float] = [1, 2, 3, 4, 5, bad, 7, 8]
    for shape in [[4, 2], [4, 1, 2], [4, 1, 2, 1], [2, 2, 1, 2]] {
      let path = try archive([
        ("images", FileBytes.npy("<f4", shape, FileBytes.floats(values))),
        ("labels", FileBytes.npy("|u1", [shape[0]], [UInt8](repeating: 0, count: shape[0]))),
      ])
      let sample = shape[0] == 4 ? 3 : 2
      let message = refusal { _ = try ArrayArchive().load(path, samples: "images", labels: "labels") }
      #expect(message.hasSuffix("images: a number of sample \(sample) is \(bad); finite numbers are needed"))
    }
  }

  /// 1e300 is finite until it becomes a float32.
  @Test func doublesThatFloatsCannotHoldAreRefused() throws {
    let bits = FileBytes.littleEndian(Int(bitPattern: UInt(1e300.bitPattern)), 8)
    let path = try archive([
      ("x", FileBytes.npy("<f8", [1, 1], bits)), ("y", FileBytes.npy("|u1", [1], [0])),
    ])
    #expect(refusal { _ = try ArrayArchive().load(path) }.contains("a number of sample 1 is inf"))
  }

  @Test func archivesOfUnnamedArraysAreToldTheOptions() throws {
    let path = try archive([
      ("arr_0", FileBytes.npy("|u1", [1, 2], [1, 2])), ("arr_1", FileBytes.npy("|u1", [1], [0])),
    ])
    #expect(
      refusal { _ = try ArrayArchive().load(path) }.hasSuffix(
        "it has arr_0, arr_1; name two of them with the options 'inputs' and 'labels'"))
    #expect(try ArrayArchive().load(path, samples: "arr_0", labels: "arr_1").count == 1)
    let empty = try archive([
      ("arr_0", FileBytes.npy("|u1", [0, 2], [])), ("arr_1", FileBytes.npy("|u1", [0], [])),
    ])
    #expect(
      refusal { _ = try ArrayArchive().load(empty, samples: "arr_0", labels: "arr_1") }.hasSuffix(
        "arr_0: it holds no samples"))
  }

  @Test func textsThatAreNoUTF8AreRefused() throws {
    let latin: [UInt8] = Array("file,label\na.png,".utf8) + [0xe4] + Array("\nb.png,".utf8) + [0xf6, 0x0a]
    #expect(
      refusal { _ = try CSVTable(FileBytes.content(latin)) }
        == "sample: line 2 is not UTF-8, perhaps Latin-1; save the table in UTF-8")
    let header: [UInt8] = Array("file,l".utf8) + [0xe4, 0x0a]
    #expect(refusal { _ = try CSVTable(FileBytes.content(header)) }.contains("line 1 is not UTF-8"))
    let wide: [UInt8] = [0xff, 0xfe] + Array("file".utf8).flatMap { [$0, 0] }
    #expect(refusal { _ = try CSVTable(FileBytes.content(wide)) } == "sample: it is text in UTF-16; save it in UTF-8")
    var array = FileBytes.npy("<f4", [1], [0, 0, 0, 0])
    array[13] = 0xff
    #expect(refusal { _ = try NPYArray(FileBytes.content(array)) }.contains("a quoted name is not UTF-8"))
  }

  @Test func rowsAndPathsOfTablesAreToldAsTheyAre() throws {
    try folder.write("a.png", PictureFiles.png(width: 1, height: 1, [1]))
    var table = ImageTable()
    table.cache = .none
    let path = try folder.write("table.csv", Array("file,label\n".utf8))
    #expect(refusal { _ = try table.load(path) }.hasSuffix("table.csv: it has no rows below its line of names"))
    try folder.write("table.csv", Array("file,label\na.png,x\n\(folder.path)/a.png,y\n".utf8))
    #expect(
      refusal { _ = try table.load(path) }.contains(
        "table.csv: '\(folder.path)/a.png' of row 2 is an absolute path; files are named relative to "))
    try folder.write("table.csv", Array("file,label\na.png,x\na.png,y\nnone.png,y\nnone.png,z\n".utf8))
    table.limit = 2
    table.policy = .skip
    let set = try table.load(path)
    #expect(set.classNames == ["x", "y", "z"] && set.labels == [0] && set.skipped.map(\.path) == ["none.png"])
  }
}
