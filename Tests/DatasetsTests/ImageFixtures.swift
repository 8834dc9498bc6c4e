import Foundation

@testable import Datasets

/// What `scripts/reference/images.py` wrote: pictures as files with their pixels, and resized pictures.
struct ImageFixtures: Decodable {
  struct Picture: Decodable {
    let name: String
    let file: Data
    let shape: [Int]
    let pixels: [UInt8]
    let grey: [UInt8]

    var content: FileContent { FileContent(path: name, bytes: Array(file)) }
  }

  struct Resized: Decodable {
    let shape: [Int]
    let pixels: [UInt8]
    let size: [Int]
    let bilinear: [Double]
    let area: [Double]

    var image: PixelImage { PixelImage(width: shape[1], height: shape[0], channels: shape[2], bytes: pixels) }
  }

  let pictures: [Picture]
  let resized: [Resized]

  static func load() throws -> ImageFixtures {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/images.json")
    return try JSONDecoder().decode(ImageFixtures.self, from: Data(contentsOf: file))
  }

  /// Bytes of one file.
  static func file(_ name: String) throws -> [UInt8] {
    guard let picture = try load().pictures.first(where: { $0.name == name }) else {
      throw CocoaError(.fileNoSuchFile)
    }
    return Array(picture.file)
  }
}

/// What `scripts/reference/arrays.py` wrote: NumPy and NIfTI files with the numbers in them.
struct ArrayFixtures: Decodable {
  struct SavedArray: Decodable {
    let name: String
    let file: Data
    let shape: [Int]
    let values: [Double]

    var content: FileContent { FileContent(path: name, bytes: Array(file)) }
  }

  struct Archive: Decodable {
    let name: String
    let file: Data
    let shape: [Int]
    let values: [Double]
    let labels: [Double]

    var content: FileContent { FileContent(path: name, bytes: Array(file)) }
  }

  struct Volume: Decodable {
    let name: String
    let file: Data
    let shape: [Int]
    let values: [Double]
    let spacing: [Double]
    let slices: [[Double]]
    let planes: [[Double]]

    var content: FileContent { FileContent(path: name, bytes: Array(file)) }
  }

  let arrays: [SavedArray]
  let archives: [Archive]
  let volumes: [Volume]

  static func load() throws -> ArrayFixtures {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/arrays.json")
    return try JSONDecoder().decode(ArrayFixtures.self, from: Data(contentsOf: file))
  }
}
