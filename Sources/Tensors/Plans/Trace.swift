import Synchronization

/// A dry run of a model that notes each operation, so that a plan can be made of them.
///
/// While a trace is current, operations run as ever and note what they did. Views need no note: a tensor is known by
/// its memory. What the trace cannot follow is an obstacle, and there is no plan then: a value that came from
/// elsewhere, a number read out of a tensor, a random choice, a write in place.
///
/// One thread makes it; the threads inside an operation note nothing.
public final class Trace: @unchecked Sendable {
  @TaskLocal static var current: Trace?
  /// Traces under way on any thread: to look for one of this thread costs more than to read a number.
  private static let running = Atomic<Int>(0)

  /// The current trace, asked for where single numbers are read.
  static var watching: Trace? { running.load(ordering: .relaxed) == 0 ? nil : current }

  /// What stands in the way of a plan; nil if nothing does.
  public private(set) var obstacle: String?
  /// Words drawn so far from the stream of dropout, by operations that noted it.
  public private(set) var streamPosition: UInt64 = 0

  private var values: [PlanValue] = []
  private var nodes: [PlanNode] = []
  private let input: Tensor
  /// Values by storage; storages are kept, so that no other takes the place of one.
  private var known: [ObjectIdentifier: (storage: Storage, value: Int, start: Int, version: Int)] = [:]
  /// Parameters in one storage, by their first element.
  private var vectors: [ObjectIdentifier: [(range: Range<Int>, value: Int)]] = [:]
  private var vectorVersions: [ObjectIdentifier: (storage: Storage, version: Int)] = [:]

  /// Prepares a dry run.
  ///
  /// - Parameters:
  ///   - input: The batch, of any values.
  ///   - trainable: Parameters as the model's layers see them: views into one vector.
  ///   - statistics: The same of the running statistics.
  public init(input: Tensor, trainable: [Tensor], statistics: [Tensor]) {
    self.input = input
    _ = define(input, .input)
    for (tensors, isTrainable) in [(trainable, true), (statistics, false)] {
      for tensor in tensors where tensor.count > 0 {
        let value = values.count
        values.append(
          PlanValue(
            source: isTrainable ? .parameter(tensor.offset) : .statistic(tensor.offset), shape: tensor.shape,
            strides: tensor.strides, elementType: tensor.elementType, needsGradient: tensor.needsGradient))
        let key = ObjectIdentifier(tensor.storage)
        vectors[key, default: []].append((tensor.offset..<tensor.offset + tensor.count, value))
        vectorVersions[key] = (tensor.storage, tensor.storage.version)
      }
    }
  }

  /// Runs the model and returns what it did; nil where there is an ``obstacle``.
  public func graph(of body: (_ input: Tensor) throws -> Tensor) rethrows -> PlanGraph? {
    Self.running.add(1, ordering: .relaxed)
    defer { Self.running.subtract(1, ordering: .relaxed) }
    let output = try Self.$current.withValue(self) { try body(input) }
    guard obstacle == nil, let result = operand(output), let batch = operand(input) else { return nil }
    var graph = PlanGraph(values: values, nodes: nodes, input: batch, output: result)
    graph.dropUnused()
    return graph
  }

  /// Runs `body` unseen: an operation made of others, which notes itself as a whole.
  static func hiding<R>(_ body: () throws -> R) rethrows -> R {
    current == nil ? try body() : try $current.withValue(nil, operation: body)
  }

  /// Numbers were read out of a tensor: what is done with them cannot be followed.
  func noteReading() { fail("numbers are read out of a tensor") }

  func fail(_ reason: String) { obstacle = obstacle ?? reason }

  // MARK: Notes

  func note(_ operation: String, _ note: PlanNote?, _ result: Tensor) {
    // A view, or something that only matters if a noted operation reads it.
    guard let note, obstacle == nil else { return }
    let tensors = note.inputs.map(\.tensor) + note.outputs
    guard tensors.allSatisfy({ $0.count > 0 && ($0.elementType == .float32 || $0.storage === input.storage) }) else {
      return fail("\(operation) works on an empty tensor, or one that is not float32")
    }
    guard let inputs = inputs(of: operation, note) else { return }
    nodes.append(
      PlanNode(operation: note.operation, inputs: inputs, outputs: note.outputs.map { define($0, .computed) }))
  }

  /// Notes a write to statistics, which `body` does; the first input is what is written.
  func noteWrite(_ operation: String, _ note: PlanNote, _ body: () throws -> Void) rethrows {
    let inputs = inputs(of: operation, note)
    try body()
    guard let inputs, case .statistic = values[inputs[0].value].source else {
      return fail("\(operation) writes to something that is no statistic of the model")
    }
    let storage = note.inputs[0].tensor.storage
    vectorVersions[ObjectIdentifier(storage)] = (storage, storage.version)
    nodes.append(PlanNode(operation: note.operation, inputs: inputs, outputs: []))
  }

  /// Notes that a stream was drawn from, between two positions.
  func noteDraws(from start: UInt64, to end: UInt64) {
    if start != streamPosition { fail("numbers are drawn by something else than dropout") }
    streamPosition = end
  }

  private func inputs(of operation: String, _ note: PlanNote) -> [PlanOperand]? {
    var inputs: [PlanOperand] = []
    for (tensor, strides) in note.inputs {
      guard let operand = operand(tensor) else {
        fail("\(operation) reads a value that no known operation computed")
        return nil
      }
      inputs.append(strides.map { laidOut(operand, $0) } ?? operand)
    }
    return obstacle == nil ? inputs : nil
  }

  /// The operand in the memory order that a kernel needs: itself, or a copy.
  private func laidOut(_ operand: PlanOperand, _ strides: [Int]) -> PlanOperand {
    if Tensor.agree(operand.shape, operand.strides, strides) { return operand }
    guard operand.isDense || !operand.strides.contains(0) || !operand.needsGradient else {
      fail("a repeated value needs a gradient")
      return operand
    }
    let copy = PlanOperand(
      value: values.count, offset: 0, shape: operand.shape, strides: strides, needsGradient: operand.needsGradient)
    values.append(
      PlanValue(
        source: .computed, shape: operand.shape, strides: strides, elementType: .float32,
        needsGradient: operand.needsGradient))
    nodes.append(PlanNode(operation: CopyOperation(), inputs: [operand], outputs: [copy]))
    return copy
  }

  // MARK: Values

  private func define(_ tensor: Tensor, _ source: PlanValue.Source) -> PlanOperand {
    let value = values.count
    values.append(
      PlanValue(
        source: source, shape: tensor.shape, strides: tensor.strides, elementType: tensor.elementType,
        needsGradient: tensor.needsGradient))
    known[ObjectIdentifier(tensor.storage)] = (tensor.storage, value, tensor.offset, tensor.storage.version)
    return PlanOperand(
      value: value, offset: 0, shape: tensor.shape, strides: tensor.strides, needsGradient: tensor.needsGradient)
  }

  private func operand(_ tensor: Tensor) -> PlanOperand? {
    let key = ObjectIdentifier(tensor.storage)
    var found: (value: Int, start: Int)?
    if let entry = known[key] {
      if entry.version != entry.storage.version { fail("a value is changed in place") }
      found = (entry.value, entry.start)
    } else if let parts = vectors[key], let part = parts.first(where: { $0.range.contains(tensor.offset) }) {
      if let kept = vectorVersions[key], kept.version != kept.storage.version {
        fail("a parameter is changed in place")
      }
      found = (part.value, part.range.lowerBound)
    }
    return found.map {
      PlanOperand(
        value: $0.value, offset: tensor.offset - $0.start, shape: tensor.shape, strides: tensor.strides,
        needsGradient: tensor.needsGradient)
    }
  }
}
