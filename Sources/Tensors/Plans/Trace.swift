import Synchronization

/// A dry run of a computation that notes each operation, so that a plan can be made of them.
///
/// Nothing is computed: shapes follow from shapes, values are symbolic. Views need no note: a tensor is known by its
/// memory. A tensor that was made outside is a constant of the plan, by reference. What the trace cannot follow is an
/// obstacle, and there is no plan then: a value that no known operation computed, a number read out of a symbolic
/// tensor, a random choice that no operation of plans makes, a write in place.
///
/// One thread makes it; the threads inside an operation note nothing.
public final class Trace: @unchecked Sendable {
  /// The trace of the running code, and whether operations note themselves in it.
  private struct Scope {
    let trace: Trace
    let isHidden: Bool
  }

  @TaskLocal private static var scope: Scope?
  /// Traces under way on any thread: to look for one of this thread costs more than to read a number.
  private static let running = Atomic<Int>(0)

  @usableFromInline static var isAnyRunning: Bool { running.load(ordering: .relaxed) > 0 }

  /// The trace that runs on this thread: memory is symbolic then, and no kernel runs.
  static var dry: Trace? { isAnyRunning ? scope?.trace : nil }
  @usableFromInline static var isDry: Bool { dry != nil }

  /// The trace in which operations of this thread note themselves.
  static var current: Trace? {
    guard isAnyRunning, let scope, !scope.isHidden else { return nil }
    return scope.trace
  }

  /// Whether a trace runs on this thread.
  public static var isTracing: Bool { isDry }

  /// What stands in the way of a plan; nil if nothing does.
  public private(set) var obstacle: String?
  /// Words drawn so far from the stream of dropout, by operations that noted it.
  public private(set) var streamPosition: UInt64 = 0
  let memory = SymbolicMemory()

  /// Where in a script the running operation was called; nil where no script runs.
  private var location: () -> String? = { nil }
  private var values: [PlanValue] = []
  private var nodes: [PlanNode] = []
  private var constants: [Tensor] = []
  private var inputs: [Tensor] = []
  /// The trace inside of which this one runs.
  private let outer: Trace?
  /// Values of the outer trace that this one reads: inputs after those it was begun with.
  public private(set) var captured: [Tensor] = []
  /// Values by storage; storages are kept, so that no other takes the place of one.
  private var known: [ObjectIdentifier: (storage: Storage, value: Int, start: Int, version: Int)] = [:]
  /// Results of operations that plans do not know, by storage: the operation, and where it was called.
  private var foreign: [ObjectIdentifier: (storage: Storage, operation: String, place: String?)] = [:]
  /// Parameters in one storage, by their first element.
  private var vectors: [ObjectIdentifier: [(range: Range<Int>, value: Int)]] = [:]
  private var vectorVersions: [ObjectIdentifier: (storage: Storage, version: Int)] = [:]
  private var constantValues: [ConstantKey: Int] = [:]

  private struct ConstantKey: Hashable {
    let storage: ObjectIdentifier
    let range: Range<Int>
    let elementType: ElementType
  }

  /// Whether values made inside are constants where no operation made them; otherwise only those made outside are.
  var takesConstants = false

  public init() { outer = Self.current }

  /// Prepares a dry run, whose values may be made inside of ``run(_:)`` to take no memory.
  ///
  /// - Parameters:
  ///   - inputs: What differs from run to run: batch, labels, and so on; of any values.
  ///   - trainable: Parameters as the layers see them: views into one vector.
  ///   - statistics: The same of the running statistics.
  public func begin(inputs: [Tensor], trainable: [Tensor] = [], statistics: [Tensor] = []) {
    self.inputs = inputs
    for (index, input) in inputs.enumerated() { _ = define(input, .input(index)) }
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

  /// Runs a computation and returns what it did; nil where there is an ``obstacle``.
  public func graph(of body: (_ inputs: [Tensor]) throws -> [Tensor]) rethrows -> PlanGraph? {
    let given = inputs
    let outputs = try run { try body(given) }
    guard obstacle == nil else { return nil }
    let results = outputs.compactMap { operand($0) }
    let sources = inputs.compactMap { operand($0) }
    guard results.count == outputs.count, sources.count == inputs.count, obstacle == nil else {
      for output in outputs where operand(output) == nil { fail(unknownReason(output, "the result")) }
      return nil
    }
    var graph = PlanGraph(values: values, nodes: nodes, constants: constants, inputs: sources, outputs: results)
    graph.dropUnused()
    return graph
  }

  /// Runs `body` dry, as part of this trace.
  public func run<R>(_ body: () throws -> R) rethrows -> R {
    Self.running.add(1, ordering: .relaxed)
    defer { Self.running.subtract(1, ordering: .relaxed) }
    return try Self.$scope.withValue(Scope(trace: self, isHidden: false), operation: body)
  }

  /// Tells the trace of this thread, if one runs, what stands in the way of its plan.
  public static func obstruct(_ reason: String) { dry?.fail(reason) }

  /// Tells the trace of this thread, if one runs, where in a script the running operation was called.
  public static func locate(_ location: @escaping () -> String?) { dry?.location = location }

  /// Runs `body` unseen: an operation made of others, which notes itself as a whole.
  static func hiding<R>(_ body: () throws -> R) rethrows -> R {
    guard let trace = dry else { return try body() }
    return try $scope.withValue(Scope(trace: trace, isHidden: true), operation: body)
  }

  /// Runs `body` as if no trace were under way: what it makes is real, and a constant of the plan.
  public static func outside<R>(_ body: () throws -> R) rethrows -> R {
    guard isDry else { return try body() }
    return try $scope.withValue(nil, operation: body)
  }

  /// A number was read: what is done with it cannot be followed, unless it belongs to a constant.
  func noteReading(of tensor: Tensor) {
    let key = ObjectIdentifier(tensor.storage)
    if tensor.storage.isSymbolic || known[key] != nil || vectors[key] != nil {
      fail("a number is read out of a tensor")
    }
  }

  /// Notes what stands in the way of a plan, and where; the first obstacle counts.
  public func fail(_ reason: String) {
    guard obstacle == nil else { return }
    obstacle = reason + (location().map { " (\($0))" } ?? "")
  }

  // MARK: Notes

  /// Notes an operation.
  ///
  /// - Parameter sources: Inputs of the tape; a result that shares memory with one is a view and needs no note.
  func note(_ operation: String, _ note: PlanNote?, _ result: Tensor, from sources: [Tensor] = []) {
    guard obstacle == nil else { return }
    guard let note else {
      return sources.contains { $0.storage === result.storage } ? () : noteForeign(operation, result)
    }
    let tensors = note.inputs.map(\.tensor) + note.outputs
    if let odd = tensors.first(where: { $0.count == 0 || ![.float32, .int64].contains($0.elementType) }) {
      return fail(
        odd.count == 0 ? "\(operation) works on an empty tensor" : "\(operation) works on a \(odd.elementType) tensor")
    }
    guard let inputs = inputs(of: operation, note) else { return }
    nodes.append(
      PlanNode(operation: note.operation, inputs: inputs, outputs: note.outputs.map { define($0, .computed) }))
  }

  /// Remembers a result that plans cannot compute: it matters only if a noted operation reads it.
  private func noteForeign(_ operation: String, _ result: Tensor) {
    let key = ObjectIdentifier(result.storage)
    guard result.storage.isSymbolic, known[key] == nil, vectors[key] == nil, foreign[key] == nil else { return }
    foreign[key] = (result.storage, operation, location())
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
    if start != streamPosition { fail("random numbers are drawn by something else than dropout") }
    streamPosition = end
  }

  private func inputs(of operation: String, _ note: PlanNote) -> [PlanOperand]? {
    var inputs: [PlanOperand] = []
    for (tensor, strides) in note.inputs {
      guard let operand = operand(tensor) else {
        fail(unknownReason(tensor, operation))
        return nil
      }
      inputs.append(strides.map { laidOut(operand, $0) } ?? operand)
    }
    return obstacle == nil ? inputs : nil
  }

  private func unknownReason(_ tensor: Tensor, _ reader: String) -> String {
    guard let source = foreign[ObjectIdentifier(tensor.storage)] else {
      return "\(reader) reads a value that no operation known to plans computed"
    }
    return "plans do not know '\(source.operation)'" + (source.place.map { ", called at \($0)" } ?? "")
  }

  /// The operand in the memory order that a kernel needs: itself, or a copy.
  private func laidOut(_ operand: PlanOperand, _ strides: [Int]) -> PlanOperand {
    if Tensor.agree(operand.shape, operand.strides, strides) { return operand }
    let type = values[operand.value].elementType
    let copy = PlanOperand(
      value: values.count, offset: 0, shape: operand.shape, strides: strides, needsGradient: operand.needsGradient)
    values.append(
      PlanValue(
        source: .computed, shape: operand.shape, strides: strides, elementType: type,
        needsGradient: operand.needsGradient))
    nodes.append(PlanNode(operation: CopyOperation(of: type), inputs: [operand], outputs: [copy]))
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
    } else if isFromOutside(tensor) {
      found = constant(tensor)
    } else if let outer, outer.knows(tensor) {
      return capture(tensor)
    }
    return found.map {
      PlanOperand(
        value: $0.value, offset: tensor.offset - $0.start, shape: tensor.shape, strides: tensor.strides,
        needsGradient: tensor.needsGradient)
    }
  }

  /// Whether a tensor was made outside: a constant, if no operation knows it.
  private func isFromOutside(_ tensor: Tensor) -> Bool {
    !tensor.storage.isSymbolic || takesConstants && foreign[ObjectIdentifier(tensor.storage)] == nil
  }

  /// Whether a tensor is a constant of the trace of this thread, if one runs.
  static func isConstant(_ tensor: Tensor) -> Bool {
    guard let trace = dry else { return false }
    let key = ObjectIdentifier(tensor.storage)
    return trace.isFromOutside(tensor) && trace.known[key] == nil && trace.vectors[key] == nil
  }

  private func knows(_ tensor: Tensor) -> Bool {
    let key = ObjectIdentifier(tensor.storage)
    return known[key] != nil || vectors[key] != nil || outer?.knows(tensor) ?? false
  }

  /// Takes a value of the trace around this one as a further input.
  private func capture(_ tensor: Tensor) -> PlanOperand? {
    let position = inputs.count
    let input = tensor.detach()
    inputs.append(input)
    captured.append(tensor)
    return define(input, .input(position))
  }

  /// The value of a tensor that was made outside: the stretch of memory that it looks into.
  private func constant(_ tensor: Tensor) -> (value: Int, start: Int)? {
    guard [.float32, .int64].contains(tensor.elementType), tensor.count > 0 else { return nil }
    if tensor.needsGradient {
      fail("a tensor with a gradient of its own comes from outside")
      return nil
    }
    let last = zip(tensor.shape, tensor.strides).reduce(tensor.offset) { $0 + ($1.0 - 1) * $1.1 }
    let range = tensor.offset..<last + 1
    let key = ConstantKey(
      storage: ObjectIdentifier(tensor.storage), range: range, elementType: tensor.elementType)
    if let value = constantValues[key] { return (value, tensor.offset) }
    let stretch = Tensor(
      storage: tensor.storage, shape: [range.count], strides: [1], offset: range.lowerBound,
      elementType: tensor.elementType)
    constantValues[key] = values.count
    values.append(
      PlanValue(
        source: .constant(constants.count), shape: [range.count], strides: [1], elementType: tensor.elementType,
        needsGradient: false))
    constants.append(stretch)
    return (values.count - 1, tensor.offset)
  }
}
