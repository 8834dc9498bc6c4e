import Synchronization
import Testing

@testable import Tensors

@Suite struct ParallelTests {
  /// Both forms, as one call.
  private static func forEach(_ isCounted: Bool, _ chunks: Int, _ body: @Sendable (Int) -> Void) {
    isCounted ? Parallel.forEach(chunks, workers: 3) { chunk, _ in body(chunk) } : Parallel.forEach(chunks, body)
  }

  @Test(arguments: [false, true]) func `each chunk is done once, by a worker that is there`(isCounted: Bool) {
    for (threads, chunks) in [(1, 5), (3, 100), (8, 2), (3, 0), (2, 1)] {
      let calls = Mutex([Int](repeating: 0, count: chunks))
      Parallel.withThreads(threads) {
        Self.forEach(isCounted, chunks) { chunk in calls.withLock { $0[chunk] += 1 } }
        Parallel.forEach(chunks, workers: 3) { _, worker in #expect(0..<min(3, threads) ~= worker) }
      }
      #expect(calls.withLock { $0 } == [Int](repeating: 1, count: chunks))
    }
  }

  /// A product of normal numbers that is too small to be one, formed on each thread.
  @Test(arguments: [false, true], [false, true])
  func `numbers too small are on every thread what they are on the caller's`(isCounted: Bool, areZero: Bool) throws {
    let products = Mutex<[Float]>([])
    let tiny = Tensor([Float.leastNormalMagnitude])
    Parallel.withThreads(3) {
      Subnormals.scope(areZero) {
        Self.forEach(isCounted, 64) { _ in
          let product = (try? tiny.mul(0.25).floats.first) ?? .nan
          products.withLock { $0.append(product) }
        }
      }
    }
    let expected = areZero ? 0 : Float.leastNormalMagnitude / 4
    #expect(products.withLock { $0 } == [Float](repeating: expected, count: 64))
  }

  @Test(arguments: [false, true]) func `what threads do is part of the caller's profile`(isCounted: Bool) {
    let (_, profile) = Profiler.run {
      Parallel.withThreads(3) {
        Self.forEach(isCounted, 32) { _ in Profiler.measure("inner", flops: 10) {} }
      }
    }
    let group = profile.groups.first { $0.name == "inner" }
    #expect(group?.calls == 32 && group?.flops == 320)
  }
}
