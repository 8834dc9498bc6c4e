/// A place in the memory of a plan, in floats from the start of a buffer.
struct PlanSlot: Equatable, Sendable {
  let buffer: Int
  let offset: Int

  init(_ buffer: Int, offset: Int = 0) {
    self.buffer = buffer
    self.offset = offset
  }

  /// Buffers that the model owns; all others lie in the arena.
  static let parameters = -1, gradients = -2, statistics = -3

  func advanced(by count: Int) -> PlanSlot { PlanSlot(buffer, offset: offset + count) }
}

/// What changes from run to run: the source of dropout, and what was found.
final class PlanRun {
  var stream: RandomStream
  var loss = 0.0
  /// What was wrong with the data.
  var failure: TensorError?

  init(stream: RandomStream) { self.stream = stream }
}

/// One step of a plan, bound to its memory.
typealias PlanAction = (PlanRun) -> Void

/// A step before its buffers have a place.
struct PlanStep {
  let name: String
  /// Position in the graph's nodes; nil for the loss.
  let node: Int?
  let isBackward: Bool
  let reads: [PlanSlot]
  let writes: [PlanSlot]
  /// An output that may take the place of an input, if nothing reads that any more.
  let inPlace: [(output: PlanSlot, input: PlanSlot)]
  let flops: Int
  /// Whether it depends on the parameters alone, and is left out while they stay the same.
  let isPreparation: Bool
  let bind: (PlanMemory) -> PlanAction
}

/// Turns a graph into steps: forward, the loss, and backward.
final class PlanBuilder {
  let graph: PlanGraph
  /// Threads that a step may use; decides scratch memory alone, never a result.
  let threads: Int
  let convolutions = ConvolutionMode.current.preference
  /// Whether the parameters stay the same from run to run, as in evaluation.
  let keepsPreparations: Bool
  private(set) var steps: [PlanStep] = []
  /// Floats of each buffer.
  private(set) var bufferCounts: [Int] = []
  /// Buffers whose contents must live from before the first step, or until after the last.
  private(set) var inputBuffers: [Int] = [], outputBuffers: [Int] = []
  private var slots: [Int: PlanSlot] = [:]
  private var kept: [Int: [PlanSlot]] = [:]
  /// Gradients by value, as far as they are summed up.
  var gradients: [Int: PlanSlot] = [:]
  /// Parameters whose gradient has been written.
  var writtenParameters: Set<Int> = []
  /// Nodes through which the gradient of the output flows.
  private(set) lazy var differentiatedNodes = graph.differentiatedNodes()
  private var node: Int?
  private var isBackward = false

  init(_ graph: PlanGraph, threads: Int, keepsPreparations: Bool) {
    self.graph = graph
    self.threads = threads
    self.keepsPreparations = keepsPreparations
    for (index, value) in graph.values.enumerated() {
      switch value.source {
      case .input:
        let words = value.elementType.byteCount / MemoryLayout<Float>.stride
        slots[index] = input(count: value.count * Swift.max(words, 1))
      case .parameter(let start): slots[index] = PlanSlot(PlanSlot.parameters, offset: start)
      case .statistic(let start): slots[index] = PlanSlot(PlanSlot.statistics, offset: start)
      case .computed: break
      }
    }
  }

  // MARK: Memory

  /// Takes a buffer in the arena.
  func buffer(_ count: Int) -> PlanSlot {
    bufferCounts.append(Swift.max(count, 1))
    return PlanSlot(bufferCounts.count - 1)
  }

  /// Takes a buffer that is filled before the first step.
  func input(count: Int) -> PlanSlot {
    let slot = buffer(count)
    inputBuffers.append(slot.buffer)
    return slot
  }

  /// Keeps a buffer until after the last step.
  func keep(_ slot: PlanSlot) { if slot.buffer >= 0 { outputBuffers.append(slot.buffer) } }

  /// Where an operand lies.
  subscript(operand: PlanOperand) -> PlanSlot {
    if let slot = slots[operand.value] { return slot.advanced(by: operand.offset) }
    let slot = buffer(graph.values[operand.value].count)
    slots[operand.value] = slot
    return slot.advanced(by: operand.offset)
  }

  /// Buffers that the forward steps of the current operation leave for its backward steps.
  var saved: [PlanSlot] {
    get { kept[node ?? -1] ?? [] }
    set { kept[node ?? -1] = newValue }
  }

  // MARK: Steps

  func step(
    _ name: String, reads: [PlanSlot], writes: [PlanSlot], inPlace: [(output: PlanSlot, input: PlanSlot)] = [],
    flops: Int = 0, bind: @escaping (PlanMemory) -> PlanAction
  ) {
    steps.append(
      PlanStep(
        name: name, node: node, isBackward: isBackward, reads: reads, writes: writes, inPlace: inPlace, flops: flops,
        isPreparation: false, bind: bind))
  }

  /// Adds a step that makes something ready from parameters.
  func preparation(
    _ name: String, reads: [PlanSlot], writes: [PlanSlot], bind: @escaping (PlanMemory) -> PlanAction
  ) {
    let isKept =
      keepsPreparations && reads.allSatisfy { $0.buffer == PlanSlot.parameters || $0.buffer == PlanSlot.statistics }
    if isKept {
      for slot in writes {
        inputBuffers.append(slot.buffer)
        outputBuffers.append(slot.buffer)
      }
    }
    steps.append(
      PlanStep(
        name: name, node: node, isBackward: isBackward, reads: reads, writes: writes, inPlace: [], flops: 0,
        isPreparation: isKept, bind: bind))
  }

  func addForward() {
    for (index, node) in graph.nodes.enumerated() {
      self.node = index
      node.operation.forward(node, self)
    }
    node = nil
    keep(self[graph.output])
  }

  /// Adds the backward steps, from the gradient of the model's output.
  func addBackward(from gradient: PlanSlot) {
    isBackward = true
    gradients[graph.output.value] = gradient
    for (index, node) in graph.nodes.enumerated().reversed()
    where !node.outputs.isEmpty && node.inputs.contains(where: \.needsGradient) {
      guard let gy = gradients.removeValue(forKey: node.output.value) else { continue }
      self.node = index
      node.operation.backward(node, gy, self)
    }
    node = nil
    clearUnwrittenParameters()
  }
}
