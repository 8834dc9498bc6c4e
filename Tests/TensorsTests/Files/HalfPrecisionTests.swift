import TestSupport
import Testing

@testable import Tensors

/// Tensors that are written in half precision.
struct HalfPrecisionTests {
  @Test func `all bits are read back as they were, and a number goes to the nearest one`() {
    for bits in UInt16.min...UInt16.max {
      let value = HalfPrecision.float(bits)
      if value.isNaN {
        #expect(HalfPrecision.float(HalfPrecision.bits(value)).isNaN)
      } else {
        #expect(HalfPrecision.bits(value) == bits)
      }
    }
    #expect(HalfPrecision.bits(1 + 0.4 / 1024) == HalfPrecision.bits(1))
    #expect(HalfPrecision.float(HalfPrecision.bits(1 + 0.6 / 1024)) == 1 + 1.0 / 1024)
    #expect(HalfPrecision.float(HalfPrecision.bits(1e6)) == .infinity)
  }

  @Test func `some tensors of a file are written so, and all come back in their order of widths`() throws {
    let folder = try TemporaryFolder(), path = folder.path + "/mixed.safetensors"
    let rough = Tensor([0.1, -2, 70_000, 3] as [Float], shape: [2, 2]), exact = Tensor([0.1] as [Float])
    let labels = Tensor(labels: [4, 5, 6])
    try TensorFile.save(
      [("rough", rough), ("exact", exact), ("labels", labels)], halves: ["rough", "labels"], to: path)
    let file = try TensorFile.load(path)
    #expect(file.tensors.map(\.name) == ["labels", "exact", "rough"])
    #expect(file.tensors[0].tensor.integers == [4, 5, 6] && file.tensors[1].tensor.floats == [0.1])
    #expect(file.tensors[2].tensor.shape == [2, 2] && file.tensors[2].tensor.elementType == .float32)
    #expect(file.tensors[2].tensor.floats == [0.099975586, -2, .infinity, 3])
  }
}
