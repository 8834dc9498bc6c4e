import Foundation
import Testing

@testable import Tensors

@Suite struct ProfilerTests {
  private func group(_ name: String, _ profile: Profile) throws -> Profile.Group {
    try #require(profile.groups.first { $0.name == name }, "no group \(name) in\n\(profile)")
  }

  @Test func `a product of matrices has 2 m n k operations, and its gradients as many each`() throws {
    let a = try Tensor.ones([12, 5]).requiresGradient(), b = try Tensor.ones([5, 7]).requiresGradient()
    let (_, profile) = try Profiler.run { try a.matmul(b).sum().backward() }
    let forward = try group("matmul", profile), backward = try group("matmul backward", profile)
    #expect(forward.calls == 1)
    #expect(forward.flops == 2 * 12 * 5 * 7)
    #expect(forward.bytes == 4 * (12 * 5 + 5 * 7 + 12 * 7))
    #expect(backward.calls == 1)
    #expect(backward.flops == 2 * forward.flops)
  }

  @Test func `a convolution has two operations for each tap of each output`() throws {
    let x = try Tensor.ones([2, 3, 6, 5]), w = try Tensor.ones([4, 3, 3, 3])
    let (_, profile) = try Profiler.run { try x.conv2d(weight: w, stride: 1, padding: 1) }
    #expect(try group("conv2d", profile).flops == 2 * 2 * 4 * 6 * 5 * 3 * 9)
  }

  @Test func `what is measured inside an operation counts once`() throws {
    let (_, profile) = Profiler.run {
      Profiler.measure("outer", flops: 100, bytes: 10) {
        Profiler.measure("inner", flops: 30, bytes: 40) { usleep(2000) }
        Profiler.measure("outer", flops: 5) {}
        Profiler.measureBackward("inner", flops: 1) {}
      }
      Profiler.measure("inner", flops: 7) {}
    }
    let outer = try group("outer", profile), inner = try group("inner", profile)
    #expect(outer.calls == 1 && inner.calls == 2)
    #expect(try group("inner backward", profile).flops == 1)
    #expect(outer.flops == 100 - 30 - 1)
    #expect(inner.flops == 37)
    #expect(outer.bytes == 0 && inner.bytes == 40)
    // The pause is inside the inner operation alone.
    #expect(inner.seconds >= 0.002)
    let sum = profile.groups.reduce(profile.elsewhere) { $0 + $1.seconds }
    #expect(abs(sum - profile.seconds) <= 1e-6)
  }

  @Test func `other threads are measured only where they inherit, and operations of other profiles never`() throws {
    let (other, outer) = Profiler.run {
      let (_, inner) = Profiler.run { Profiler.measure("mine", flops: 1) {} }
      Profiler.measure("theirs", flops: 2) {}
      let inheritance = Profiler.inheritance
      Parallel.withThreads(2) {
        Parallel.forEach(4) { _ in Profiler.measure("worker", flops: 3) {} }
      }
      let thread = Thread {
        Profiler.measure("stranger") {}
        Profiler.inherit(inheritance) { Profiler.measure("heir", flops: 4) {} }
      }
      thread.start()
      while !thread.isFinished { usleep(100) }
      return inner
    }
    #expect(other.groups.map(\.name) == ["mine"])
    #expect(outer.groups.map(\.name).sorted() == ["heir", "theirs", "worker"])
    #expect(try group("worker", outer).flops == 12)
  }

  @Test func `an operation that throws is measured, and its error passes`() throws {
    struct Failure: Error {}
    let (_, profile) = Profiler.run {
      #expect(throws: Failure.self) { try Profiler.measure("broken", flops: 9) { throw Failure() } }
    }
    #expect(try group("broken", profile).flops == 9)
  }

  @Test func `a measured computation has the same bits as one that is not`() throws {
    var stream = RandomStream(seed: 3, purpose: "profile")
    let x = try Tensor.normal([4, 3, 9, 8], &stream), w = try Tensor.normal([5, 3, 3, 3], &stream).requiresGradient()
    func step() throws -> [Double] {
      let loss = try x.conv2d(weight: w, padding: 1).silu().square().mean()
      return try loss.values + loss.backward()[w]!.values
    }
    let plain = try step(), (measured, profile) = try Profiler.run(step)
    #expect(plain == measured)
    #expect(profile.groups.count > 4)
  }

  @Test func `a block of memory counts as fresh or as used before`() throws {
    let count = 25_000
    func blocks() throws -> Profile { try Profiler.run { try Tensor.uninitialized([count]).count }.1 }
    // Other tests draw from the same pool meanwhile, so a block that was just given back may be gone once or twice.
    let profiles = try (0..<20).map { _ in try blocks() }
    #expect(profiles.allSatisfy { $0.fresh.count + $0.reused.count == 1 })
    #expect(profiles.allSatisfy { $0.fresh.bytes + $0.reused.bytes >= 4 * count })
    #expect(profiles.contains { $0.reused.count == 1 })
  }

  @Test func `the table names each group with its rates`() throws {
    let (_, profile) = Profiler.run { Profiler.measure("work", flops: 5_000_000, bytes: 2_500_000) { usleep(1000) } }
    let text = profile.table(peak: 1e12)
    #expect(text.contains("work"))
    #expect(text.contains("2.50"))
    #expect(text.contains("one thread reaches 1000.0 GFLOP/s at most"))
    let lines = text.split(separator: "\n")
    #expect(lines[0].hasPrefix("operation  calls"))
    #expect(lines[0].count == lines[1].count)
  }
}
