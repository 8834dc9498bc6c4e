import Kernels

/// A place in the memory of a plan, in floats from the start of a buffer.
struct PlanSlot: Equatable, Sendable {
  let buffer: Int
  let offset: Int

  init(_ buffer: Int, offset: Int = 0) {
    self.buffer = buffer
    self.offset = offset
  }

  /// Buffers that the model owns, and from the last of these numbers down the constants; all others lie in the arena.
  static let parameters = -1, gradients = -2, statistics = -3, firstConstant = -4

  /// Whether it is a tensor from outside, which no step writes.
  var isConstant: Bool { buffer <= Self.firstConstant }
  /// Whether it holds values of the model.
  var isOfModel: Bool { buffer == Self.parameters || buffer == Self.statistics }

  func advanced(by count: Int) -> PlanSlot { PlanSlot(buffer, offset: offset + count) }
}

/// What changes from run to run: the sources of random numbers, and what was found.
final class PlanRun {
  /// Source of dropout's choices.
  var stream: RandomStream
  /// Source of an objective's draws.
  let draws: DrawSource
  var loss = 0.0
  /// What was wrong with the data.
  var failure: TensorError?

  init(_ streams: PlanStreams) {
    stream = streams.dropout
    draws = streams.draws
  }
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
  /// Buffers that stay as they are from run to run.
  private var preparedBuffers: Set<Int> = []
  private var slots: [Int: PlanSlot] = [:]
  private var kept: [Int: [PlanSlot]] = [:]
  /// Gradients by value, as far as they are summed up.
  var gradients: [Int: PlanSlot] = [:]
  /// Parameters whose gradient has been written.
  var writtenParameters: Set<Int> = []
  /// Nodes through which the gradient of the output flows.
  private(set) lazy var differentiatedNodes = graph.differentiatedNodes()
  /// The gradient of the first output with respect to itself.
  private var seed: PlanSlot?
  private var node: Int?
  private var isBackward = false

  init(_ graph: PlanGraph, threads: Int, keepsPreparations: Bool) {
    self.graph = graph
    self.threads = threads
    self.keepsPreparations = keepsPreparations
    for (index, value) in graph.values.enumerated() {
      switch value.source {
      case .input: slots[index] = input(count: value.floatCount)
      case .constant(let position): slots[index] = PlanSlot(PlanSlot.firstConstant - position)
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
    let value = graph.values[operand.value]
    let slot = slots[operand.value] ?? buffer(value.floatCount)
    slots[operand.value] = slot
    return slot.advanced(by: value.elementType == .int64 ? 2 * operand.offset : operand.offset)
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

  /// Adds a step that makes something ready from parameters or constants, left out while these stay the same.
  func preparation(
    _ name: String, reads: [PlanSlot], writes: [PlanSlot], bind: @escaping (PlanMemory) -> PlanAction
  ) {
    let isKept = reads.allSatisfy {
      $0.isConstant || keepsPreparations && $0.isOfModel || preparedBuffers.contains($0.buffer)
    }
    if isKept {
      for slot in writes {
        preparedBuffers.insert(slot.buffer)
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
    for output in graph.outputs { keep(self[output]) }
  }

  /// Adds the backward steps: the gradient of the first output, a single number.
  ///
  /// - Throws: ``TensorError/backwardOfMany(shape:)``.
  func addBackward() throws {
    guard graph.outputs[0].count == 1 else { throw TensorError.backwardOfMany(shape: graph.outputs[0].shape) }
    addGradient()
  }

  /// As ``addBackward()``, where the first output is known to be a single number.
  func addGradient() {
    let loss = graph.outputs[0]
    isBackward = true
    let one = buffer(1)
    seed = one
    step("seed", reads: [], writes: [one]) { memory in
      let g = memory[one]
      return { _ in g.pointee = 1 }
    }
    contribute(to: loss, same: one)
    for (index, node) in graph.nodes.enumerated().reversed()
    where !node.outputs.isEmpty && node.inputs.contains(where: \.needsGradient) {
      guard let gy = gradients.removeValue(forKey: node.output.value) else { continue }
      self.node = index
      node.operation.backward(node, gy, self)
    }
    node = nil
    if graph.hasTrainedParameters { clearUnwrittenParameters() }
    for input in graph.inputs where input.needsGradient { keepGradient(of: input) }
  }

  /// Whether a gradient is known to be 1, so that nothing need be multiplied by it.
  func isOne(_ gradient: PlanSlot) -> Bool { gradient == seed }

  /// Keeps an input's gradient until after the last step; zeros where nothing depends on the input.
  private func keepGradient(of input: PlanOperand) {
    if gradients[input.value] == nil {
      let slot = buffer(input.count), count = input.count
      step("fill", reads: [], writes: [slot]) { memory in
        let g = memory[slot]
        return { _ in Kernels.elementwise.fill(0, g, count) }
      }
      gradients[input.value] = slot
    }
    gradients[input.value].map(keep)
  }
}
