import TestSupport
import Testing

@testable import Tensors

/// Types that tensors have not, and metadata that is null: put together by hand from the format's description.
@Suite struct StoredTypeTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func load(_ type: String, _ count: Int, _ bytes: [UInt8]) throws -> Tensor {
    let header = Array(
      #"{"__metadata__":null,"a":{"dtype":"\#(type)","shape":[\#(count)],"data_offsets":[0,\#(bytes.count)]}}"#.utf8)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    let path = try folder.write("types.safetensors", length + header + bytes)
    let (tensors, metadata) = try TensorFile.load(path)
    let described = try TensorFile.describe(path).tensors
    #expect(metadata.isEmpty && described[0].elementType == tensors[0].tensor.elementType)
    #expect(described[0].shape == tensors[0].tensor.shape)
    return tensors[0].tensor
  }

  private func words(_ values: [UInt16]) -> [UInt8] { values.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] } }

  /// Bits and numbers of IEEE 754 half precision, from its own tables.
  @Test func halvesBecomeFloats() throws {
    let tensor = try load("F16", 7, words([0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400, 0xfc00, 0x3555]))
    #expect(tensor.elementType == .float32)
    #expect(tensor.floats == [1, -2, 65_504, 0x1p-24, 0x1p-14, -.infinity, 0.333251953125])
    #expect(try load("F16", 1, words([0x7e00])).floats[0].isNaN)
  }

  /// A bfloat16 is the upper half of a float32.
  @Test func brainFloatsBecomeFloats() throws {
    #expect(try load("BF16", 4, words([0x3f80, 0xc049, 0x7f80, 0x0000])).floats == [1, -3.140625, .infinity, 0])
  }

  @Test func narrowWholeNumbersBecomeLongOnes() throws {
    let int32 = try load("I32", 3, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0x80])
    #expect(int32.elementType == .int64 && int32.values == [-1, 2_147_483_647, -2_147_483_648])
    #expect(try load("U32", 1, [0xff, 0xff, 0xff, 0xff]).values == [4_294_967_295])
    #expect(try load("I16", 2, words([0x8000, 0x7fff])).values == [-32_768, 32_767])
    #expect(try load("U16", 1, words([0xffff])).values == [65_535])
    #expect(try load("I8", 3, [0x80, 0x7f, 0xff]).values == [-128, 127, -1])
  }

  @Test func truthValuesBecomeZeroAndOne() throws {
    let tensor = try load("BOOL", 4, [0, 1, 1, 0])
    #expect(tensor.elementType == .uint8 && tensor.values == [0, 1, 1, 0])
  }

  @Test func emptyTensorsOfAllTypesAreRead() throws {
    for type in StoredType.allCases { #expect(try load(type.rawValue, 0, []).count == 0) }
  }
}
