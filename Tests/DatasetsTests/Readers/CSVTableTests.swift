import TestSupport
import Testing

@testable import Datasets

@Suite struct CSVTableTests {
  private func table(_ text: String) throws -> CSVTable { try CSVTable(FileBytes.content(Array(text.utf8))) }

  @Test func rowsAndColumnsAreRead() throws {
    let table = try table("file,label\na.png,0\nb.png, yes \n")
    #expect(table.columns == ["file", "label"])
    #expect(try table.column("label") == ["0", "yes"])
  }

  @Test func quotesSeparatorsAndLineEndsAreThoseOfSpreadsheets() throws {
    #expect(try table("a;b\r\n\"x;\"\"y\"\"\nz\";2\r\n").rows == [["x;\"y\"\nz", "2"]])
    #expect(try table("a\tb\n1\t2").rows == [["1", "2"]])
    #expect(try CSVTable(FileBytes.content([0xef, 0xbb, 0xbf] + Array("a,b\n\n1,\n".utf8))).rows == [["1", ""]])
    #expect(try table("a\n\"\"\n").rows == [[""]])
  }

  static let wrong: [(String, String)] = [
    ("", "it is empty"), ("\n\n", "it is empty"),
    ("a,b\n1,2\n3\n", "line 3 has 1 fields, the first line 2"),
    ("a,b\n\"x\ny\",2\n\"3", "line 4 has a quote that does not end"),
    ("a,b\n\"x\"y,2", "line 2 goes on after a closing quote"),
    ("a,a\n1,2", "its column 'a' stands twice"),
    ("a,b\n\0,2", "line 2 holds a zero byte: it is no text"),
    ("a\n" + String(repeating: "x", count: 70_000), "line 2 has a field that is too long"),
  ]

  @Test(arguments: wrong)
  func wrongTablesAreRefusedWithTheLine(text: String, problem: String) {
    #expect(throws: DatasetError.malformed(path: "sample", problem: problem)) { try table(text) }
  }

  @Test func unknownColumnsNameTheKnownOnes() throws {
    #expect(throws: DatasetError.malformed(path: "sample", problem: "it has no column 'c'; it has a, b")) {
      try table("a,b\n").column("c")
    }
    #expect(throws: DatasetError.self) {
      try CSVTable(FileBytes.content(Array("a\n1\n2\n".utf8)), limits: ReaderLimits(fileCount: 1))
    }
  }
}

@Suite struct ImageTableTests {
  private func folder(_ csv: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (number, shade) in [10, 20, 30].enumerated() {
      try folder.write("pictures/p\(number).png", PictureFiles.png(width: 1, height: 1, [UInt8(shade)]))
    }
    try folder.write("table.csv", Array(csv.utf8))
    return folder
  }

  private var options: ImageTable {
    var options = ImageTable()
    options.preparation.channels = 1
    options.cache = .none
    return options
  }

  @Test func rowsBecomeSamples() throws {
    let folder = try folder(
      "id,diagnosis,patient,split\np2.png,ill,A,train\np0,well,B,train\np1.png,ill,A,test\n")
    var options = self.options
    (options.fileColumn, options.labelColumn, options.groupColumn) = ("id", "diagnosis", "patient")
    let set = try options.load(folder.path + "/table.csv", folder: folder.path + "/pictures")
    #expect(set.classNames == ["ill", "well"] && set.labels == [0, 1, 0])
    #expect((0..<3).map { set.origin(of: $0)?.group } == ["A", "B", "A"])
    #expect(try set.wholeBatch().inputs.values.map { ($0 * 255).rounded() } == [30, 10, 20])
    #expect(set.sources.map(\.byteCount).last == 80)
    options.selection = ("split", "test")
    #expect(try options.load(folder.path + "/table.csv", folder: folder.path + "/pictures").labels == [0])
    options.selection = ("split", "none")
    #expect(throws: DatasetError.self) { try options.load(folder.path + "/table.csv") }
  }

  @Test func classesMayBeGivenInOrder() throws {
    let folder = try folder("file,label\npictures/p0.png,2\npictures/p1.png,10\n")
    #expect(try self.options.load(folder.path + "/table.csv").classNames == ["2", "10"])
    var options = self.options
    options.classes = ["10", "2", "0"]
    let set = try options.load(folder.path + "/table.csv")
    #expect(set.labels == [1, 0] && set.classCount == 3)
    options.classes = ["10"]
    #expect(throws: DatasetError.self) { try options.load(folder.path + "/table.csv") }
  }

  @Test func missingFilesFollowThePolicyAndEscapesAreRefused() throws {
    let folder = try folder("file,label\npictures/p0.png,a\nnone.png,b\n")
    #expect(throws: DatasetError.self) { try self.options.load(folder.path + "/table.csv") }
    var options = self.options
    options.policy = .skip
    let set = try options.load(folder.path + "/table.csv")
    #expect(set.count == 1 && set.skipped.map(\.path) == ["none.png"])
    for name in ["../pictures/p0.png", "/etc/passwd"] {
      let hostile = try self.folder("file,label\n\(name),a\n")
      #expect(throws: DatasetError.self) { try options.load(hostile.path + "/table.csv") }
    }
  }

  @Test func rowsWithoutAClassAreRefused() throws {
    let folder = try folder("file,label\npictures/p0.png,\n")
    #expect(
      throws: DatasetError.malformed(path: folder.path + "/table.csv", problem: "row 1 has no class")
    ) { try options.load(folder.path + "/table.csv") }
  }
}
