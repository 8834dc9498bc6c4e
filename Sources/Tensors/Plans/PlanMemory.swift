/// The memory of one plan: an arena that all its steps share, and the model's vectors.
///
/// Two buffers share a place where the last step that touches one comes before the first step of the other. The arena
/// is one block, aligned to cache lines, and lives as long as the plan: no step allocates.
final class PlanMemory {
  private let arena: UnsafeMutablePointer<Float>
  /// Keeps the block of the arena; nil where that is a part of another plan's.
  private let block: Storage?
  private let offsets: [Int]
  private let parameters: UnsafeMutablePointer<Float>
  private let gradients: UnsafeMutablePointer<Float>?
  private let statistics: UnsafeMutablePointer<Float>
  private let constants: [UnsafeMutablePointer<Float>]

  init(
    _ layout: ArenaLayout, in arena: Storage, parameters: Tensor, gradients: Tensor?, statistics: Tensor,
    constants: [Tensor]
  ) {
    self.constants = constants.map(\.firstFloat)
    block = arena
    self.arena = arena.base.assumingMemoryBound(to: Float.self)
    offsets = layout.offsets
    self.parameters = parameters.floatPointer - parameters.offset
    self.gradients = gradients?.floatPointer
    self.statistics = statistics.floatPointer - statistics.offset
  }

  /// The memory of a plan that runs as one step of another, in a buffer of that.
  init(_ layout: ArenaLayout, inside outer: PlanMemory, at slot: PlanSlot, constants: [Tensor]) {
    self.constants = constants.map(\.firstFloat)
    block = nil
    arena = outer[slot]
    offsets = layout.offsets
    (parameters, gradients, statistics) = (outer.parameters, outer.gradients, outer.statistics)
  }

  /// First float of a slot. Valid as long as the plan lives.
  subscript(slot: PlanSlot) -> UnsafeMutablePointer<Float> {
    switch slot.buffer {
    case PlanSlot.parameters: parameters + slot.offset
    case PlanSlot.gradients: gradients! + slot.offset
    case PlanSlot.statistics: statistics + slot.offset
    case ...PlanSlot.firstConstant: constants[PlanSlot.firstConstant - slot.buffer] + slot.offset
    default: arena + offsets[slot.buffer] + slot.offset
    }
  }
}

extension Tensor {
  /// First element, as plans count memory: in floats.
  fileprivate var firstFloat: UnsafeMutablePointer<Float> {
    (storage.base + offset * elementType.byteCount).assumingMemoryBound(to: Float.self)
  }
}

/// Where each buffer of a plan lies in its arena.
struct ArenaLayout {
  /// First float of each buffer.
  private(set) var offsets: [Int]
  /// Steps from the first to the last that touch each buffer; -1 is before the first step.
  private(set) var lifetimes: [ClosedRange<Int>?]
  /// Floats of the arena.
  private(set) var count = 0
  /// Floats of all buffers together, had each a place of its own.
  let unsharedCount: Int
  /// The buffer whose place a buffer took over in place; itself for most.
  private(set) var owner: [Int]

  private let counts: [Int]

  /// Bytes of a buffer of the arena; 0 for scratch memory of one step, and for the model's vectors.
  func byteCount(of buffer: Int) -> Int {
    guard buffer >= 0, let life = lifetimes[buffer], life.count > 1 || owner[buffer] != buffer else { return 0 }
    return counts[buffer] * MemoryLayout<Float>.stride
  }

  /// Floats that a cache line holds: buffers start at its multiples.
  private static let alignment = 16

  init(_ builder: PlanBuilder) {
    counts = builder.bufferCounts
    offsets = [Int](repeating: 0, count: counts.count)
    owner = Array(counts.indices)
    lifetimes = Self.lifetimes(builder)
    unsharedCount = counts.reduce(0) { $0 + Self.rounded($1) }
    mergeInPlace(builder)
    place()
  }

  private static func rounded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }

  private static func lifetimes(_ builder: PlanBuilder) -> [ClosedRange<Int>?] {
    var lifetimes = [ClosedRange<Int>?](repeating: nil, count: builder.bufferCounts.count)
    func touch(_ buffer: Int, _ step: Int) {
      guard buffer >= 0 else { return }
      let old = lifetimes[buffer] ?? step...step
      lifetimes[buffer] = Swift.min(old.lowerBound, step)...Swift.max(old.upperBound, step)
    }
    for buffer in builder.inputBuffers { touch(buffer, -1) }
    for (index, step) in builder.steps.enumerated() {
      for slot in step.reads + step.writes { touch(slot.buffer, index) }
    }
    for buffer in builder.outputBuffers { touch(buffer, builder.steps.count) }
    return lifetimes
  }

  /// Lets outputs take the place of inputs that are read for the last time.
  private mutating func mergeInPlace(_ builder: PlanBuilder) {
    for (index, step) in builder.steps.enumerated() {
      for (output, input) in step.inPlace where output.buffer >= 0 && input.buffer >= 0 {
        let old = owner[input.buffer]
        guard output.offset == 0, input.offset == 0, owner[output.buffer] == output.buffer, old != output.buffer,
          builder.bufferCounts[output.buffer] <= builder.bufferCounts[old],
          let life = lifetimes[old], life.upperBound == index,
          let next = lifetimes[output.buffer], next.lowerBound == index,
          step.reads.allSatisfy({ $0.buffer < 0 || owner[$0.buffer] != old || $0 == input })
        else { continue }
        owner[output.buffer] = old
        lifetimes[old] = life.lowerBound...next.upperBound
        break
      }
    }
  }

  /// Gives the largest buffers their places first, each at the lowest offset that is free during its life.
  private mutating func place() {
    var placed: [Int] = []
    let order = counts.indices.filter { owner[$0] == $0 && lifetimes[$0] != nil }
      .sorted { counts[$0] != counts[$1] ? counts[$0] > counts[$1] : $0 < $1 }
    for buffer in order {
      guard let life = lifetimes[buffer] else { continue }
      let size = Self.rounded(counts[buffer])
      var offset = 0
      for other in placed where lifetimes[other]!.overlaps(life) {
        if offset + size <= offsets[other] { break }
        offset = Swift.max(offset, offsets[other] + Self.rounded(counts[other]))
      }
      offsets[buffer] = offset
      count = Swift.max(count, offset + size)
      placed.insert(buffer, at: placed.firstIndex { offsets[$0] > offset } ?? placed.count)
    }
    for buffer in counts.indices where owner[buffer] != buffer { offsets[buffer] = offsets[owner[buffer]] }
  }
}

extension PlanStep {
  /// Bytes that the step reads and writes at least once, each buffer counted whole.
  func byteCount(_ layout: ArenaLayout) -> Int {
    (reads + writes).reduce(0) { $0 + layout.byteCount(of: $1.buffer) }
  }
}
