import Testing

@testable import Tensors

@Suite("The memory of plans")
struct ArenaLayoutTests {
  /// A chain of steps with fixed pseudorandom reads, so that lives overlap in many ways.
  private static func builder(_ seed: UInt64, inPlace: Bool) -> PlanBuilder {
    let value = PlanValue(
      source: .input(0), shape: [40], strides: [1], elementType: .float32, needsGradient: false)
    let operand = PlanOperand(value: 0, offset: 0, shape: [40], strides: [1], needsGradient: false)
    let builder = PlanBuilder(
      PlanGraph(values: [value], nodes: [], inputs: [operand], outputs: [operand]), threads: 1, keepsPreparations: false
    )
    var stream = RandomStream(seed: seed, purpose: "arena")
    var made = [builder[operand]]
    for _ in 0..<60 {
      let reads = (0..<2).map { _ in made[max(0, made.count - 1 - stream.integer(below: 9)) % made.count] }
      let write = builder.buffer(1 + stream.integer(below: 100))
      builder.step(
        "step", reads: reads, writes: [write], inPlace: inPlace ? reads.map { (write, $0) } : []
      ) { _ in { _ in } }
      made.append(write)
    }
    builder.keep(made[made.count - 1])
    return builder
  }

  /// First and last step that touch each buffer, found anew.
  private static func lives(_ builder: PlanBuilder) -> [Int: ClosedRange<Int>] {
    var touches: [Int: [Int]] = [:]
    for buffer in builder.inputBuffers { touches[buffer, default: []].append(-1) }
    for (index, step) in builder.steps.enumerated() {
      for slot in step.reads + step.writes { touches[slot.buffer, default: []].append(index) }
    }
    for buffer in builder.outputBuffers { touches[buffer, default: []].append(builder.steps.count) }
    return touches.mapValues { $0.min()!...$0.max()! }
  }

  @Test("two values never share a place while both live", arguments: [false, true])
  func noOverlap(inPlace: Bool) {
    var shared = 0, unshared = 0
    for seed in 1...20 {
      let builder = Self.builder(UInt64(seed), inPlace: inPlace)
      let layout = ArenaLayout(builder), lives = Self.lives(builder), counts = builder.bufferCounts
      for a in counts.indices {
        guard let life = lives[a] else { continue }
        #expect(layout.offsets[a] % 16 == 0 && layout.offsets[a] + counts[a] <= layout.count)
        for b in 0..<a {
          guard let other = lives[b] else { continue }
          let apart =
            layout.offsets[a] + counts[a] <= layout.offsets[b] || layout.offsets[b] + counts[b] <= layout.offsets[a]
          // In place: the step that reads one for the last time writes the other.
          let isHandedOver = inPlace && (life.lowerBound == other.upperBound || other.lowerBound == life.upperBound)
          #expect(apart || isHandedOver || !life.overlaps(other), "buffers \(a) and \(b) of seed \(seed)")
        }
      }
      shared += layout.count
      unshared += layout.unsharedCount
    }
    #expect(shared * 2 < unshared)
  }

  @Test("an output takes the place of an input that is read for the last time")
  func inPlace() {
    let fresh = ArenaLayout(Self.builder(3, inPlace: false)), reused = ArenaLayout(Self.builder(3, inPlace: true))
    #expect(fresh.owner == Array(fresh.owner.indices))
    #expect(reused.owner != Array(reused.owner.indices))
  }
}
