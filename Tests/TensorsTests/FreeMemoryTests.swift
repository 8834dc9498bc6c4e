import Testing

@testable import Tensors

@Suite struct FreeMemoryTests {
  @Test("a block larger than what is free is refused with both sizes")
  func refusal() throws {
    let free = try #require(FreeMemory.byteCount)
    #expect(free > 0)
    #expect(throws: TensorError.self) { try FreeMemory.expect(free * 2, "zeros", [free / 2]) }
    #expect(
      "\(TensorError.noMemory(op: "zeros", shape: [1024], needed: 8 << 20, free: 4 << 20))"
        == "zeros: shape [1024] needs 8 MiB; 4 MiB are free")
  }

  @Test("small blocks are not asked about")
  func small() throws { try FreeMemory.expect(FreeMemory.smallestAsked - 1, "zeros", []) }
}
