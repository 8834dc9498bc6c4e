import Synchronization
@testable import Tensors
import Testing

@Suite struct SubnormalsTests {
  private struct Stop: Error {}

  /// A product too small for a normal number, which the compiler cannot know.
  private func tinyProduct() throws -> Double {
    try Tensor([Float.leastNormalMagnitude], shape: [1]).mul(0.25).item()
  }

  @Test func `inside the scope they are zero and after it they are not`() throws {
    #expect(try tinyProduct() > 0)
    #expect(try Subnormals.asZero { try tinyProduct() } == 0)
    #expect(try tinyProduct() > 0)
  }

  @Test func `an error ends the scope as well`() throws {
    #expect(throws: Stop.self) { try Subnormals.asZero { throw Stop() } }
    #expect(!Subnormals.areZero)
  }

  @Test func `a scope inside another changes nothing and ends nothing`() throws {
    let (inner, outer) = try Subnormals.asZero {
      (try Subnormals.asZero { try tinyProduct() }, try tinyProduct())
    }
    #expect(inner == 0 && outer == 0)
  }

  @Test(arguments: [false, true]) func `threads of one operation do as their caller does`(areZero: Bool) {
    let alike = Atomic(0)
    Parallel.withThreads(3) {
      Subnormals.scope(areZero) {
        Parallel.forEach(64) { _ in
          if Subnormals.areZero == areZero { alike.add(1, ordering: .relaxed) }
        }
      }
    }
    #expect(alike.load(ordering: .relaxed) == 64)
    #expect(!Subnormals.areZero)
  }
}
