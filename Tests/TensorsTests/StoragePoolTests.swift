import Testing

@testable import Tensors

@Suite struct StoragePoolTests {
  @Test(arguments: [0, 1, 63, 64, 65, 80, 1000, 4096, 5_000_001, 1 << 33])
  func `a size class holds its size and wastes at most a fifth`(byteCount: Int) {
    let held = StoragePool.byteCount(ofClass: StoragePool.sizeClass(of: byteCount))
    #expect(held >= byteCount)
    #expect(byteCount < 64 || Double(held) <= 1.25 * Double(byteCount))
  }

  @Test func `a freed block serves the next request of its size`() {
    let size = 123_456
    let first = Storage(byteCount: size).base
    let second = Storage(byteCount: size)
    #expect(second.base == first)
  }

  @Test func `blocks start at 64-byte boundaries`() {
    for size in [1, 100, 3_000_000] { #expect(Int(bitPattern: Storage(byteCount: size).base) % 64 == 0) }
  }
}
