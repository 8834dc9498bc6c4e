import Tensors
import TestSupport
import Testing

@testable import Datasets

@Suite("Grids and files of pictures") struct PictureGridTests {
  /// Pictures of 2 x 3 pixels of one shade each.
  private func shades(_ count: Int, channels: Int = 1) throws -> Tensor {
    let size = channels * 6
    return Tensor((0..<count * size).map { Float($0 / size) / 10 }, shape: [count, channels, 2, 3])
  }

  @Test("Pictures stand in rows with gaps between them")
  func grid() throws {
    let grid = try PictureTensors.grid(shades(5), columns: 2)
    #expect(grid.shape == [1, 8, 7])
    let rows = grid.values.map { ($0 * 100).rounded() / 100 }
    #expect(Array(rows[0..<7]) == [0, 0, 0, 0.2, 0.1, 0.1, 0.1])
    #expect(Array(rows[14..<21]) == [0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2])
    #expect(Array(rows[42..<49]) == [0.4, 0.4, 0.4, 0.2, 0.2, 0.2, 0.2])
    #expect(try PictureTensors.grid(shades(5), gap: 0).shape == [1, 4, 9])
    #expect(try PictureTensors.grid(shades(2, channels: 3), columns: 9).shape == [3, 2, 7])
  }

  @Test("Only the border of a region is drawn, and the rest stays")
  func outline() throws {
    let images = try Tensor.full([1, 1, 5, 5], 0.5)
    let mask = Tensor(
      bytes: (0..<25).map { $0 / 5 > 0 && $0 % 5 > 0 && $0 / 5 < 4 && $0 % 5 < 4 ? 1 : 0 }, shape: [1, 1, 5, 5])
    let drawn = try PictureTensors.outline(images, masks: mask)
    #expect(drawn.shape == [1, 3, 5, 5])
    let red = Array(drawn.values.prefix(25))
    #expect(red.filter { $0 == 1 }.count == 8 && red[12] == 0.5 && red[0] == 0.5 && red[6] == 1)
    #expect(drawn.values.suffix(25).filter { $0 < 0.2 }.count == 8)
    #expect(images.values.allSatisfy { $0 == 0.5 })
  }

  @Test("A saved picture is read back, grey and in color", arguments: [1, 3])
  func roundTrip(channels: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/picture.png"
    let pixels = (0..<channels * 35).map { Float($0 * 7 % 256) / 255 }
    let image = Tensor(pixels, shape: [channels, 5, 7])
    try PictureTensors.save(image, to: path)
    let decoded = try ImageDecoder.decode(FileContent(path: path))
    #expect(decoded.width == 7 && decoded.height == 5 && decoded.channels == channels)
    #expect(try PictureTensors.tensor(decoded).contiguous().floats == pixels)
  }

  @Test("Pixels out of range are cut, and those that are no number refused")
  func range() throws {
    let path = try TemporaryFolder().path + "x.png"
    #expect(throws: DatasetError.self) { try PictureTensors.save(Tensor([Float.nan], shape: [1, 1, 1]), to: path) }
    let folder = try TemporaryFolder()
    try PictureTensors.save(Tensor([-1, 7] as [Float], shape: [1, 1, 2]), to: folder.path + "/y.png")
    #expect(try ImageDecoder.decode(FileContent(path: folder.path + "/y.png")).bytes == [0, 255])
  }

  @Test("What is no picture, and folders that are not there, are errors of their own kinds")
  func refused() throws {
    let path = try TemporaryFolder().path
    for shape in [[2, 3], [2, 2, 3], [1, 0, 3], [1, 1, 2, 3]] {
      #expect(throws: DatasetError.self) { try PictureTensors.save(Tensor.zeros(shape), to: path + "/x.png") }
    }
    #expect(throws: FileError.self) { try PictureTensors.save(Tensor.zeros([1, 2, 3]), to: path + "/no/x.png") }
    #expect(throws: DatasetError.self) { try PictureTensors.grid(Tensor.zeros([1, 2, 3])) }
    #expect(throws: DatasetError.self) { try PictureTensors.grid(shades(2), columns: 0) }
    #expect(throws: DatasetError.self) { try PictureTensors.grid(shades(2), gap: 65) }
    #expect(throws: DatasetError.self) { try PictureTensors.outline(shades(2), masks: shades(1)) }
    #expect(throws: DatasetError.self) { try PictureTensors.outline(shades(2, channels: 2), masks: shades(2)) }
  }
}
