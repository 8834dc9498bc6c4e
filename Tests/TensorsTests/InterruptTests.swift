import Dispatch
import Synchronization
import Testing

@testable import Tensors

/// Serialized: one thread at a time can ask for its own loops to stop.
@Suite(.serialized) struct InterruptTests {
  private static let large = 1 << 19

  /// Runs `body` while this thread is asked to stop.
  private func asked<R>(_ body: () throws -> R) rethrows -> R {
    Interrupt.requestOnThisThread()
    defer { Interrupt.clear() }
    return try body()
  }

  @Test func `runs cover everything in order, and none follows a request`() throws {
    var seen: [Range<Int>] = []
    try Interrupt.forEachRun(of: 10, size: 4) { seen.append($0) }
    #expect(seen == [0..<4, 4..<8, 8..<10])
    seen = []
    #expect(throws: Interrupted.self) {
      try Interrupt.forEachRun(of: 10, size: 4) { run in
        seen.append(run)
        Interrupt.requestOnThisThread()
      }
    }
    Interrupt.clear()
    #expect(seen == [0..<4])
  }

  /// The end of the buffer is as it was: the loop did not go on.
  @Test func `drawing ends early`() {
    var stream = RandomStream(seed: 1, purpose: .script)
    for isNormal in [true, false] {
      var buffer = [Float](repeating: -7, count: Self.large)
      buffer.withUnsafeMutableBufferPointer { floats in
        asked {
          isNormal
            ? stream.fillNormal(floats.baseAddress!, count: floats.count)
            : stream.fillUniform(floats.baseAddress!, count: floats.count)
        }
      }
      #expect(buffer[0] != -7 && buffer[Self.large - 1] == -7)
    }
  }

  @Test func `copies and fillings end early`() throws {
    let x = try Tensor.ones([Self.large]), y = try Tensor.zeros([Self.large])
    asked { y.overwrite(with: x) }
    #expect(y.element(at: [Self.large - 1]) == 0)
    asked { y.write(repeating: 3) }
    #expect(y.element(at: [0]) == 3 && y.element(at: [Self.large - 1]) == 0)
  }

  private static let calls: [(String, @Sendable (Tensor) throws -> Tensor)] = [
    ("add", { try $0.add($0) }), ("add number", { try $0.add(1) }), ("exp", { try $0.exp() }),
    ("add_", { try $0.detach().add_($0) }), ("add_scaled_", { try $0.detach().addScaled_($0, 2) }),
    ("sum", { try $0.sum() }), ("sum of columns", { try $0.sum(axes: [0]) }), ("max", { try $0.max() }),
    ("max of columns", { try $0.max(axis: 0) }), ("argmax", { try $0.argmax() }), ("sort", { try $0.sort().values }),
    ("topk", { try $0.topK(1).values }), ("median", { try $0.median() }),
    ("cumsum", { try $0.cumulativeSum(axis: 1) }), ("prod", { try $0.product() }), ("any", { try $0.any() }),
    ("where", { try $0.choose($0, $0) }), ("floor_divide", { try $0.floorDivide($0) }),
    ("remainder", { try $0.remainder($0) }), ("nonzero", { try $0.nonzero() }),
    ("whole numbers", { try $0.to(.int64).add(Tensor(labels: [1], shape: [])) }),
    ("full", { try Tensor.full($0.shape, 1) }), ("arange", { try Tensor.arange($0.count) }),
    ("linspace", { try Tensor.linspace(0, 1, count: $0.count) }),
    (
      "randn",
      {
        var stream = RandomStream(seed: 1, purpose: .script)
        return try Tensor.normal($0.shape, &stream)
      }
    ),
    ("power", { try $0.narrow(axis: 1, start: 0, count: 2).powerIteration(limit: 1_000_000).vector }),
    ("eigh", { try $0.narrow(axis: 1, start: 0, count: 2).contiguous().eigh().values }),
    ("nnls", { try $0.narrow(axis: 1, start: 0, count: 2).nonnegativeLeastSquares($0.select(axis: 0, 1)).weights }),
    (
      "nnls_gram",
      {
        try $0.narrow(axis: 1, start: 0, count: 2).nonnegativeLeastSquares(products: $0.select(axis: 0, 1).clone())
      }
    ),
  ]

  @Test func `operations throw, both precisions`() throws {
    let small = Tensor([2.0, 1, 1, 2], shape: [2, 2])
    for type in [ElementType.float32, .float64] {
      let matrix = try Tensor.full([2, Self.large / 2], 1, type)
      for (name, call) in Self.calls {
        let x = ["power", "eigh", "nnls", "nnls_gram"].contains(name) ? small.to(type) : matrix
        #expect(throws: Interrupted.self, "\(name) of \(type)") { try asked { _ = try call(x) } }
      }
    }
  }

  @Test func `another thread's loops go on`() {
    let answer = Answer(), done = DispatchSemaphore(value: 0)
    asked {
      DispatchQueue.global().async {
        answer.isStopped.withLock { $0 = Interrupt.isRequested }
        done.signal()
      }
      done.wait()
      #expect(Interrupt.isRequested)
    }
    #expect(answer.isStopped.withLock { $0 } == false)
  }
}

private final class Answer: Sendable {
  let isStopped = Mutex<Bool?>(nil)
}
