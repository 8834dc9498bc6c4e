import Kernels

/// Writes into the memory of a tensor and of all its views. Never recorded: a value that takes part in a gradient
/// refuses it, and a value that a recorded operation saved makes `backward` refuse.
extension Tensor {
  @discardableResult
  public func add_(_ other: Tensor) throws -> Tensor { try update("add_", .add, other) }
  @discardableResult
  public func sub_(_ other: Tensor) throws -> Tensor { try update("sub_", .subtract, other) }
  @discardableResult
  public func mul_(_ other: Tensor) throws -> Tensor { try update("mul_", .multiply, other) }
  @discardableResult
  public func div_(_ other: Tensor) throws -> Tensor { try update("div_", .divide, other) }

  @discardableResult
  public func add_(_ number: Double) throws -> Tensor { try update("add_", .add, scalar(number)) }
  @discardableResult
  public func sub_(_ number: Double) throws -> Tensor { try update("sub_", .subtract, scalar(number)) }
  @discardableResult
  public func mul_(_ number: Double) throws -> Tensor { try update("mul_", .multiply, scalar(number)) }
  @discardableResult
  public func div_(_ number: Double) throws -> Tensor { try update("div_", .divide, scalar(number)) }

  /// Sets every element.
  @discardableResult
  public func fill_(_ number: Double) throws -> Tensor {
    try expectWritable("fill_")
    try elementType.expectHolds(number, op: "fill_")
    if isDense {
      withWrite { write(repeating: number) }
    } else {
      let value = try Tensor.full([], number, elementType)
      withWrite { overwrite(with: value.stretched(to: shape)) }
    }
    return self
  }

  /// Sets the element at a distance from the start of the storage, in elements, already checked.
  public func setElement(offset: Int, _ number: Double) throws {
    try expectWritable("fill_")
    try elementType.expectHolds(number, op: "fill_")
    withWrite { write(number, at: offset - self.offset) }
  }

  /// Sets the element of an int64 tensor at a distance from the start of the storage, already checked, exactly.
  public func setInteger(offset: Int, _ number: Int) throws {
    try expectWritable("fill_")
    withWrite { int64Pointer[offset - self.offset] = Int64(number) }
  }

  /// Takes over the values of a tensor that stretches to this shape.
  @discardableResult
  public func copy_(_ source: Tensor) throws -> Tensor {
    try expectWritable("copy_")
    guard source.elementType == elementType else {
      throw TensorError.elementType(op: "copy_", got: source.elementType, expected: "\(elementType) is needed")
    }
    guard Shape.broadcast(shape, source.shape) == shape else {
      throw TensorError.shapes(op: "copy_", shape, source.shape, hint: "the source must stretch to the destination")
    }
    // A source in the same memory is copied first, so that no element is read after it was written.
    let safe = source.storage === storage ? source.copied(strides: source.shape.rowMajorStrides) : source
    withWrite { overwrite(with: safe.stretched(to: shape)) }
    return self
  }

  /// Adds `scale * other`, in one pass where both lie alike.
  @discardableResult
  public func addScaled_(_ other: Tensor, _ scale: Double) throws -> Tensor {
    try expectWritable("add_scaled_")
    if elementType == .float32, other.elementType == .float32, shape == other.shape, isDense,
      Self.agree(shape, strides, other.strides)
    {
      try withWrite {
        try Interrupt.forEachRun(of: count) { run in
          Kernels.elementwise.axpy(
            Float(scale), other.floatPointer + run.lowerBound, floatPointer + run.lowerBound, run.count)
        }
      }
      return self
    }
    return try add_(try Tape.withoutRecording { try other.mul(scale) })
  }

  /// Moves a running statistic the given share of the way to a batch's: x = (1 - share) x + share * batch.
  @discardableResult
  public func move_(towards batch: Tensor, share: Double) throws -> Tensor {
    func write() throws {
      try mul_(1 - share)
      try addScaled_(batch, share)
    }
    guard let trace = Trace.current else {
      try write()
      return self
    }
    let note = PlanNote(MovePlanOperation(share: share), [(self, [1]), (batch, [1])])
    try trace.noteWrite("move_", note) { try Trace.hiding(write) }
    return self
  }

  private func update(_ op: String, _ operation: BinaryOperation, _ other: Tensor) throws -> Tensor {
    try expectWritable(op)
    guard Shape.broadcast(shape, other.shape) == shape else {
      throw TensorError.shapes(
        op: op, shape, other.shape, hint: "the operand must stretch to the tensor that is written")
    }
    if elementType == other.elementType, elementType.isFloat, isDense,
      other.storage !== storage || Self.agree(shape, strides, other.stretchedStrides(to: shape)),
      let alignment = Alignment(self, other)
    {
      try withWrite { try BinaryKernel.walk(operation, alignment, self, other, self) }
    } else {
      let result = try Tape.withoutRecording { try BinaryKernel.run(operation, op, detach(), other) }
      withWrite { overwrite(with: result) }
    }
    return self
  }

  private func expectWritable(_ op: String) throws {
    if needsGradient && Tape.isRecording { throw TensorError.inPlaceOnGradient(op: op) }
  }

  private func withWrite(_ body: () throws -> Void) rethrows {
    storage.version += 1
    try body()
  }

  private func scalar(_ number: Double) throws -> Tensor { try Tensor.full([], number, elementType) }
}
