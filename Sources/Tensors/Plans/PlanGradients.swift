import Kernels

/// Where a step writes a gradient, and what to call when that step has been added.
struct PlanSink {
  let slot: PlanSlot
  var finish: () -> Void = {}
}

/// How the parts of a gradient come together: the first is written, further ones are added, in the order of the tape.
extension PlanBuilder {
  /// Lets `write` compute an operand's gradient into the slot it is given, without gaps, in the operand's memory order.
  func contribute(to operand: PlanOperand, _ write: (PlanSlot) -> Void) {
    guard operand.needsGradient else { return }
    let sink = sink(for: operand)
    write(sink.slot)
    sink.finish()
  }

  /// Where to write an operand's gradient, and what to call when the step that writes it has been added.
  ///
  /// An operand that needs no gradient gets a place that nothing reads, for kernels that write several at once.
  func sink(for operand: PlanOperand) -> PlanSink {
    guard operand.needsGradient else { return PlanSink(slot: buffer(operand.count)) }
    if operand.isRepeated { return repeatedSink(operand) }
    if case .parameter(let start) = graph.values[operand.value].source {
      return isWhole(operand)
        ? parameterSink(operand, PlanSlot(PlanSlot.gradients, offset: start))
        : parameterPartSink(operand, PlanSlot(PlanSlot.gradients, offset: start))
    }
    let slot = buffer(operand.count)
    guard isWhole(operand) else { return PlanSink(slot: slot) { self.addPart(slot, of: operand) } }
    guard gradients[operand.value] != nil else {
      gradients[operand.value] = slot
      return PlanSink(slot: slot)
    }
    return PlanSink(slot: slot) { self.add(slot, to: operand) }
  }

  /// As ``sink(for:)``, for a kernel that adds what has come together already: it is to be read, too.
  func sink(adding operand: PlanOperand) -> (sink: PlanSink, past: PlanSlot?) {
    guard operand.needsGradient, isWhole(operand), graph.values[operand.value].hasOwnGradient,
      let past = gradients[operand.value]
    else { return (sink(for: operand), nil) }
    let sum = buffer(operand.count)
    gradients[operand.value] = sum
    return (PlanSink(slot: sum), past)
  }

  /// Takes an existing gradient over as a whole operand's.
  func contribute(to operand: PlanOperand, same gy: PlanSlot) {
    guard operand.needsGradient else { return }
    guard isWhole(operand), graph.values[operand.value].hasOwnGradient else {
      return contribute(to: operand) { copy(gy, to: $0, operand.count) }
    }
    if gradients[operand.value] == nil {
      gradients[operand.value] = gy
    } else {
      add(gy, to: operand)
    }
  }

  /// Where a kernel may write the gradient of a view with gaps: a buffer of the whole value, which others share.
  ///
  /// - Returns: The slot of the operand's first element, to be written with the operand's strides; nil where the views
  ///   of the value overlap or leave something out.
  func sharedGradient(of operand: PlanOperand) -> PlanSlot? {
    guard operand.needsGradient, isPartitioned(operand.value) else { return nil }
    let whole = gradients[operand.value] ?? buffer(graph.values[operand.value].count)
    gradients[operand.value] = whole
    return whole.advanced(by: operand.offset)
  }

  /// Sets the gradients to zero that no step wrote.
  func clearUnwrittenParameters() {
    for (index, value) in graph.values.enumerated() where !writtenParameters.contains(index) {
      guard case .parameter(let start) = value.source else { continue }
      fill(PlanSlot(PlanSlot.gradients, offset: start), value.count)
    }
  }

  /// Whether an operand covers its value, in the same order of memory.
  private func isWhole(_ operand: PlanOperand) -> Bool {
    operand.offset == 0 && operand.count == graph.values[operand.value].count && operand.isDense
  }

  /// As ``sink(for:)``; a place that nothing reads where there is no operand.
  func sink(for operand: PlanOperand?, orOf count: Int) -> PlanSink {
    operand.map { sink(for: $0) } ?? PlanSink(slot: buffer(count))
  }

  private func parameterSink(_ operand: PlanOperand, _ target: PlanSlot) -> PlanSink {
    if writtenParameters.insert(operand.value).inserted { return PlanSink(slot: target) }
    let part = buffer(operand.count), count = operand.count
    return PlanSink(slot: part) {
      self.step("add", reads: [part, target], writes: [target], flops: count) { memory in
        let (p, g) = (memory[part], memory[target])
        return { _ in Kernels.elementwise.axpy(1, p, g, count) }
      }
    }
  }

  /// The gradient of a view into a parameter is added to the parameter's, which starts at zero.
  private func parameterPartSink(_ operand: PlanOperand, _ target: PlanSlot) -> PlanSink {
    let count = graph.values[operand.value].count, part = buffer(operand.count)
    if writtenParameters.insert(operand.value).inserted { fill(target, count) }
    return PlanSink(slot: part) {
      let strided = StridedCopy(shape: operand.shape, from: operand.denseStrides, to: operand.strides)
      self.step("add", reads: [part, target], writes: [target], flops: operand.count) { memory in
        let (p, g) = (UnsafePointer(memory[part]), memory[target] + operand.offset)
        return { _ in strided.add(p, to: g) }
      }
    }
  }

  /// Every place of an element has its share in the element's gradient.
  private func repeatedSink(_ operand: PlanOperand) -> PlanSink {
    let once = operand.unrepeated, whole = buffer(operand.count)
    return PlanSink(slot: whole) {
      self.contribute(to: once) { self.columnSums(whole, $0, operand.count / once.count, once.count) }
    }
  }

  /// Adds the step that sets `count` floats to zero.
  private func fill(_ slot: PlanSlot, _ count: Int) {
    step("fill", reads: [], writes: [slot]) { memory in
      let place = memory[slot]
      return { _ in Kernels.elementwise.fill(0, place, count) }
    }
  }

  private func addPart(_ part: PlanSlot, of operand: PlanOperand) {
    if let target = sharedGradient(of: operand) { return scatter(part, operand, to: target) }
    // The views overlap, or leave something out: each part is stretched with zeros and added as a whole.
    let value = graph.values[operand.value]
    let whole = buffer(value.count)
    fill(whole, value.count)
    scatter(part, operand, to: whole.advanced(by: operand.offset))
    let all = PlanOperand(
      value: operand.value, offset: 0, shape: value.shape, strides: value.strides, needsGradient: true)
    contribute(to: all, same: whole)
  }

  private func scatter(_ part: PlanSlot, _ operand: PlanOperand, to target: PlanSlot) {
    let strided = StridedCopy(shape: operand.shape, from: operand.denseStrides, to: operand.strides)
    step("copy", reads: [part], writes: [target]) { memory in
      let (p, g) = (UnsafePointer(memory[part]), memory[target])
      return { _ in strided.run(p, g) }
    }
  }

  private func copy(_ source: PlanSlot, to target: PlanSlot, _ count: Int) {
    step("copy", reads: [source], writes: [target]) { memory in
      let (x, y) = (memory[source], memory[target])
      return { _ in y.update(from: x, count: count) }
    }
  }

  private func add(_ part: PlanSlot, to operand: PlanOperand) {
    guard let old = gradients[operand.value] else { return }
    let sum = buffer(operand.count), count = operand.count
    step("add", reads: [old, part], writes: [sum], inPlace: [(sum, old), (sum, part)], flops: count) { memory in
      let (a, b, y) = (memory[old], memory[part], memory[sum])
      return { _ in Kernels.elementwise.binary(.add, a, b, y, count) }
    }
    gradients[operand.value] = sum
  }

  /// Whether the operands that need the gradient of a value cover each of its elements exactly once.
  private func isPartitioned(_ value: Int) -> Bool {
    let parts = differentiatedNodes.flatMap(\.inputs).filter { $0.value == value && $0.needsGradient }
    let count = graph.values[value].count
    guard graph.values[value].hasOwnGradient, !graph.outputs.contains(where: { $0.value == value }),
      parts.reduce(0, { $0 + $1.count }) == count
    else { return false }
    var covered = [Bool](repeating: false, count: count)
    for part in parts {
      for position in part.positions {
        guard !covered[position] else { return false }
        covered[position] = true
      }
    }
    return true
  }
}

extension PlanOperand {
  /// Every element's position in the value.
  var positions: [Int] {
    var positions = [offset]
    for axis in shape.indices {
      positions = positions.flatMap { start in (0..<shape[axis]).map { start + $0 * strides[axis] } }
    }
    return positions
  }
}
