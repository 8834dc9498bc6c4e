import Testing

@testable import Tensors

@Suite struct MemoryBudgetTests {
  @Test(arguments: [
    ("4G", 4 << 30), ("500M", 500 << 20), ("1.5g", 3 << 29), ("64k", 65536), ("1000", 1000), ("2T", 2 << 40),
  ])
  func `a limit is read from a number and a unit`(text: String, bytes: Int) {
    #expect(MemoryBudget.limit(named: text) == bytes)
  }

  @Test(arguments: ["", "G", "-1G", "0", "much", "1e400", "4 GB", "nan", "inf"])
  func `a text that names no size gives none`(text: String) { #expect(MemoryBudget.limit(named: text) == nil) }

  @Test func `sizes are told in the unit that fits`() {
    #expect(MemoryBudget.sizeText(400 << 20) == "400 MiB")
    #expect(MemoryBudget.sizeText(3 << 30) == "3.0 GiB")
    #expect(MemoryBudget.sizeText((2 << 30) + (100 << 20)) == "2.1 GiB")
  }

  @Test func `the standard limit lies within the machine's memory`() {
    #expect(MemoryBudget.standard > Tensor.byteLimit / 8)
    #expect(MemoryBudget.standard <= Tensor.byteLimit)
  }

  @Test func `a pool counts what is in use, tells an overrun and forgets it`() throws {
    let pool = StoragePool(limit: 10_000)
    let small = StoragePool.sizeClass(of: 4096), large = StoragePool.sizeClass(of: 8192)
    let first = try #require(pool.take(small))
    #expect(pool.used == 4096 && pool.overrun.pointee == 0)
    #expect(pool.fits(4096) && !pool.fits(8192))
    let second = try #require(pool.take(large))
    #expect(pool.used == 12_288 && pool.overrun.pointee == 1)
    pool.give(second, large)
    #expect(pool.used == 4096 && pool.overrun.pointee == 0)
    pool.limit = 4000
    #expect(pool.overrun.pointee == 1)
    pool.give(first, small)
    #expect(pool.used == 0 && pool.overrun.pointee == 0)
  }

  /// A view takes no memory, but each operation on it takes as much as it would written out.
  @Test func `what a small tensor is stretched to must fit before anything is written`() throws {
    struct Refused: Error {}
    let column = try Tensor.ones([600, 1]), row = try Tensor.ones([1, 600])
    let stretched: [(String, () throws -> Tensor)] = [
      ("expand", { try column.expand([600, 600]) }), ("mul", { try column.mul(row) }),
      ("gt", { try column.gt(row) }), ("remainder", { try column.remainder(row) }),
      ("where", { try column.gt(0).choose(row, column) }),
    ]
    for (name, operation) in stretched {
      #expect(throws: Refused.self, "\(name)") {
        try MemoryBudget.guarded(by: { if $0 >= 600 * 600 * 4 { throw Refused() } }, operation)
      }
      #expect(try MemoryBudget.guarded(by: { _ in }, operation).count == 360_000, "\(name)")
    }
  }

  @Test func `free blocks give way to a block of another size`() throws {
    let pool = StoragePool(limit: 10_000)
    let small = StoragePool.sizeClass(of: 4096), large = StoragePool.sizeClass(of: 8192)
    pool.give(try #require(pool.take(small)), small)
    let block = try #require(pool.take(large))
    #expect(pool.used == 8192 && pool.overrun.pointee == 0)
    pool.give(block, large)
    pool.trim()
    #expect(pool.fits(10_000) == false && pool.fits(8192))
  }
}

@Suite(.serialized) struct TapeMemoryTests {
  /// The recording of one number is a chain of nodes that no tensor's memory accounts for.
  @Test func `a recording counts towards the limit while it lives`() throws {
    let pool = StoragePool.shared, before = pool.used, steps = 500_000
    let leaf = try Tensor([Float(1)]).requiresGradient()
    var x = leaf
    for _ in 0..<steps { x = try x.add(1) }
    // Other tests run meanwhile; what they take and give is small beside this.
    let during = pool.used
    #expect(during - before > steps * 512)
    x = leaf
    #expect(during - pool.used > steps * 512)
  }
}
