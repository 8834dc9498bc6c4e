import Tensors
import Testing

@testable import Datasets

@Suite struct StampTests {
  /// Two color images of 2 x 2, channels-last, grey at 51.
  private func images() throws -> Dataset {
    try Dataset(
      name: "images", samples: SampleStorage(bytes: [UInt8](repeating: 51, count: 24), sampleShape: [3, 2, 2]),
      labels: [0, 1], classNames: ["a", "b"])
  }

  private func stamp(_ values: [Float], _ shape: [Int], mask: [Float]? = nil, opacity: Double = 1) throws -> Stamp {
    try Stamp(
      pattern: Tensor(values, shape: shape), mask: mask.map { Tensor($0, shape: Array(shape.suffix(2))) }, row: 1,
      column: 0, opacity: opacity, sampleShape: [3, 2, 2])
  }

  @Test func `a plane lies over every channel of the chosen samples, and labels stay`() throws {
    let set = try images().stamped(stamp([1, 0], [1, 2]), at: [1])
    let inputs = try set.wholeBatch().inputs.contiguous().floats
    let plane: [Float] = [0.2, 0.2, 1, 0]
    #expect(inputs == [Float](repeating: 0.2, count: 12) + plane + plane + plane)
    #expect(set.labels == [0, 1] && set.count == 2)
  }

  @Test func `each channel may have a plane of its own, with holes and seen through`() throws {
    let pattern = try stamp([1, 1, 0.6, 0.6, 0, 0], [3, 1, 2], mask: [0, 1], opacity: 0.5)
    let image = try images().stamped(pattern).batch([0]).inputs.contiguous().floats
    let expected: [Float] = [0.2, 0.2, 0.2, 0.6, 0.2, 0.2, 0.2, 0.4, 0.2, 0.2, 0.2, 0.1]
    #expect(zip(image, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func `views of a stamped set show it, under their own scaling, and stamps lie over stamps`() throws {
    let once = try images().stamped(stamp([1], [1, 1]), at: [0])
    let twice = try once.stamped(stamp([0.6], [1, 1], opacity: 0.5)).subset([1, 0])
      .normalized(mean: [0.2, 0.2, 0.2], deviation: [0.5, 0.5, 0.5])
    let places = try twice.wholeBatch().inputs.contiguous().floats.enumerated().filter { $0.offset % 4 == 2 }
    #expect(zip(places.map(\.element), [0.4, 0.4, 0.4, 1.2, 1.2, 1.2] as [Float]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func `the samples stay the same ones, with their groups`() throws {
    let clean = try Dataset(
      name: "v", inputs: Tensor([1, 2, 3] as [Float], shape: [3, 1]), labels: Tensor(labels: [0, 1, 0]),
      classNames: ["a", "b"], groups: ["p", "q", "p"])
    let pattern = try Stamp(pattern: Tensor([9] as [Float]), row: 0, column: 0, sampleShape: [1])
    let stamped = try clean.stamped(pattern, at: [2])
    #expect(stamped.overlap(with: clean) == 3 && clean.overlap(with: stamped) == 3)
    #expect(try stamped.ids() == clean.ids() && stamped.groupNumbers == clean.groupNumbers)
    #expect(stamped.origin(of: 2)?.group == "p")
    #expect(try stamped.standardizedPerSample().count == 3 && stamped.wholeBatch().inputs.floats == [1, 2, 9])
    #expect(try clean.wholeBatch().inputs.floats == [1, 2, 3])
  }

  @Test(arguments: [
    ([1, 1, 1] as [Float], [1, 3], "rows 2 to 2, columns 1 to 3"), ([1, 1], [2, 1], "rows 2 to 3"),
    ([1, 1], [2], "shape of the pattern"), ([1, 1], [2, 1, 1], "channels of the pattern"),
    ([.nan], [1, 1], "not finite"),
  ])
  func `what does not fit is refused`(values: [Float], shape: [Int], part: String) throws {
    let error = #expect(throws: DatasetError.self) { try stamp(values, shape) }
    #expect(error.map { "\($0)".contains(part) } == true, "\(String(describing: error))")
    #expect(throws: DatasetError.self) { try stamp([1], [1, 1], opacity: 0) }
    #expect(throws: DatasetError.self) {
      try Stamp(
        pattern: .ones([1, 2]), mask: .ones([1, 1]), row: 0, column: 0, sampleShape: [3, 2, 2])
    }
    #expect(throws: DatasetError.self) { try images().stamped(stamp([1], [1, 1]), at: [2]) }
  }
}
