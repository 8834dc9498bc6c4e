import TestSupport
import Testing

@testable import Datasets

@Suite struct MedicalImagePresetsTests {
  private var options: ImageFolder {
    var options = ImageFolder()
    options.preparation.channels = 1
    options.cache = .none
    return options
  }

  private func write(_ folder: TemporaryFolder, _ names: [String]) throws {
    for name in names { try folder.write(name, PictureFiles.png(width: 1, height: 1, [9])) }
  }

  @Test(arguments: ["br35h", "Br35H/archive", "br35h/Brain_Tumor_Detection", "datasets", "."])
  func br35hIsFoundUnderItsUsualNames(place: String) throws {
    let folder = try TemporaryFolder()
    try write(folder, ["\(place)/yes/y0.jpg", "\(place)/no/no0.jpg", "\(place)/no/No1.jpg", "\(place)/pred/p.jpg"])
    let set = try Br35H.load(folders: DataFolders(bases: [folder.path + "/none", folder.path]), options: options)
    #expect(set.name == "br35h" && set.classNames == ["no", "yes"] && set.labels == [0, 0, 1])
    #expect(try Br35H.load(folder: folder.path + "/" + place, options: options).count == 3)
  }

  @Test func alzheimerIsFoundUnderOtherNamesOfItsClasses() throws {
    let folder = try TemporaryFolder()
    let copies = ["No Impairment", "Very Mild Impairment", "Mild Impairment", "Moderate Impairment"]
    for (part, names) in [("train", copies), ("test", copies.reversed())] {
      try write(folder, names.map { "alzheimer/Image-dataset/\(part)/\($0)/1.jpg" })
    }
    let (train, test) = try Alzheimer.load(folders: DataFolders(bases: [folder.path]), options: options)
    #expect(train.classNames == Alzheimer.classNames && train.labels.sorted() == [0, 1, 2, 3])
    #expect(test.origin(of: test.labels.firstIndex(of: 3)!)?.name == "Moderate Impairment/1.jpg")
  }

  @Test func whatIsNotThereIsSaidWithThePlaces() throws {
    let folder = try TemporaryFolder()
    do {
      _ = try Br35H.load(folders: DataFolders(bases: [folder.path, "data"]), options: options)
      Issue.record("found")
    } catch {
      let text = "\(error)"
      #expect(text.hasPrefix("br35h: not found, looked in \(folder.path)/br35h, \(folder.path)/Br35H"), "\(text)")
      #expect(text.contains("data/br35h") && text.hasSuffix("or name its folder with dir or FEDLUA_DATA"), "\(text)")
    }
    #expect(throws: DatasetError.self) { try Alzheimer.load(folder: folder.path, options: options) }
  }
}
