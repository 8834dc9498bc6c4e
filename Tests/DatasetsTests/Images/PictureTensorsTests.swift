import Tensors
import Testing

@testable import Datasets

@Suite struct PictureTensorsTests {
  /// `[h, w, c]` bytes of a fixture as `[c, h, w]` floats.
  private func tensor(_ fixture: ImageFixtures.Resized) throws -> Tensor { try PictureTensors.tensor(fixture.image) }

  @Test func resizingAgreesWithTheReference() throws {
    for (index, fixture) in try ImageFixtures.load().resized.enumerated() {
      let images = try tensor(fixture)
      let resized = try PictureTensors.resize(
        images, height: fixture.size[0], width: fixture.size[1], filter: .bilinear)
      #expect(resized.shape == [fixture.shape[2]] + fixture.size)
      let values = try resized.permute([1, 2, 0]).contiguous().values
      let worst = zip(values, fixture.bilinear).map { abs($0 * 255 - $1) }.max() ?? 255
      #expect(worst <= 0.002, "case \(index): \(worst) apart")
      let several = try Tensor.stack([images, images])
      let both = try PictureTensors.resize(
        several, height: fixture.size[0], width: fixture.size[1], filter: .bilinear)
      #expect(try both.select(axis: 0, 1).contiguous().values == resized.contiguous().values)
    }
  }

  @Test func cropsAreTheMiddle() throws {
    let images = Tensor((0..<24).map(Float.init), shape: [1, 4, 6])
    #expect(try PictureTensors.centerCrop(images, height: 2, width: 2).contiguous().values == [8, 9, 14, 15])
    #expect(throws: DatasetError.self) { try PictureTensors.centerCrop(images, height: 5, width: 2) }
    #expect(throws: DatasetError.self) { try PictureTensors.centerCrop(images, height: 0, width: 2) }
  }

  @Test func greyWeighsTheColors() throws {
    let images = Tensor([1, 0, 0, 1, 0, 0] as [Float], shape: [3, 1, 2])
    let grey = try PictureTensors.grey(images)
    #expect(grey.shape == [1, 1, 2])
    #expect(zip(grey.values, [0.299, 0.587]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(try PictureTensors.grey(grey).values == grey.values)
    #expect(throws: DatasetError.self) { try PictureTensors.grey(Tensor([1, 2] as [Float], shape: [2, 1, 1])) }
  }

  @Test func shapesThatAreNoPicturesAreRefused() throws {
    for bad in [Tensor([1] as [Float]), try Tensor.zeros([1, 0, 2]), Tensor(labels: [1, 2], shape: [1, 1, 2])] {
      #expect(throws: DatasetError.self) { try PictureTensors.resize(bad, height: 1, width: 1, filter: .area) }
    }
  }
}
