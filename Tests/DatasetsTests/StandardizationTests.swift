import Tensors
import Testing

@testable import Datasets

@Suite struct StandardizationTests {
  private func set() throws -> Dataset {
    let bytes: [UInt8] = [10, 200, 30, 90, 0, 255, 7, 7, 128, 64, 5, 250, 40, 40, 40, 40]
    return try Dataset(
      name: "set", samples: SampleStorage(bytes: bytes, sampleShape: [2, 1, 2]), labels: [0, 1, 0, 1],
      classNames: ["a", "b"])
  }

  private func moments(_ values: [Double]) -> (Double, Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / Double(values.count)).squareRoot())
  }

  @Test func eachSampleGetsMeanZeroAndDeviationOne() throws {
    let standard = try set().subset([2, 0, 3]).standardizedPerSample()
    #expect(standard.labels == [0, 0, 1] && standard.sampleShape == [2, 1, 2])
    for position in 0..<2 {
      let (mean, deviation) = moments(try standard.batch([position]).inputs.values)
      #expect(abs(mean) < 1e-6 && abs(deviation - 1) < 1e-6)
    }
    #expect(try standard.batch([2]).inputs.values == [0, 0, 0, 0])
  }
}
