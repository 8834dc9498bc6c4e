import Glibc
import Kernels

/// Arithmetic of two tensors that stretch to a common shape, and of a tensor and a number.
///
/// - Throws: ``TensorError/shapes(op:_:_:hint:)``, and ``TensorError/elementType(op:got:expected:)`` for integers or
///   for operands of two types.
extension Tensor {
  public func add(_ other: Tensor) throws -> Tensor {
    let (a, b) = (shape, other.shape)
    let y = try BinaryKernel.run(.add, "add", self, other)
    return Tape.record(
      "add", [self, other], saving: [], y, plan: BinaryPlanOperation.note(.add, self, other, y)
    ) { g, needs in
      [needs[0] ? try g.summed(to: a) : nil, needs[1] ? try g.summed(to: b) : nil]
    }
  }

  public func sub(_ other: Tensor) throws -> Tensor {
    let (a, b) = (shape, other.shape)
    let y = try BinaryKernel.run(.subtract, "sub", self, other)
    return Tape.record(
      "sub", [self, other], saving: [], y, plan: BinaryPlanOperation.note(.subtract, self, other, y)
    ) { g, needs in
      [needs[0] ? try g.summed(to: a) : nil, needs[1] ? try g.neg().summed(to: b) : nil]
    }
  }

  public func mul(_ other: Tensor) throws -> Tensor {
    let (a, b) = (detach(), other.detach())
    let y = try BinaryKernel.run(.multiply, "mul", self, other)
    return Tape.record(
      "mul", [self, other], saving: [a, b], y, plan: BinaryPlanOperation.note(.multiply, self, other, y)
    ) { g, needs in
      [
        needs[0] ? try g.mul(b).summed(to: a.shape) : nil,
        needs[1] ? try g.mul(a).summed(to: b.shape) : nil,
      ]
    }
  }

  public func div(_ other: Tensor) throws -> Tensor {
    let (a, b) = (detach(), other.detach())
    let y = try BinaryKernel.run(.divide, "div", self, other)
    return Tape.record(
      "div", [self, other], saving: [a, b], y, plan: BinaryPlanOperation.note(.divide, self, other, y)
    ) { g, needs in
      let scaled = try g.div(b)
      return [
        needs[0] ? try scaled.summed(to: a.shape) : nil,
        needs[1] ? try scaled.mul(a).div(b).neg().summed(to: b.shape) : nil,
      ]
    }
  }

  /// Takes the larger of each pair; equal values share the gradient evenly. A NaN on either side stays.
  public func maximum(_ other: Tensor) throws -> Tensor { try extremum(.maximum, "maximum", other) }

  /// Takes the smaller of each pair; equal values share the gradient evenly. A NaN on either side stays.
  public func minimum(_ other: Tensor) throws -> Tensor { try extremum(.minimum, "minimum", other) }

  private func extremum(_ operation: BinaryOperation, _ op: String, _ other: Tensor) throws -> Tensor {
    let (a, b) = (detach(), other.detach())
    let y = try BinaryKernel.run(operation, op, self, other)
    return Tape.record(
      op, [self, other], saving: [a, b], y, plan: BinaryPlanOperation.note(operation, self, other, y)
    ) { g, needs in
      let isLess = try operation == .maximum ? b.lt(a) : a.lt(b)
      let share = try isLess.add(a.eq(b).mul(0.5))
      return [
        needs[0] ? try g.mul(share).summed(to: a.shape) : nil,
        needs[1] ? try g.mul(share.subtracted(from: 1)).summed(to: b.shape) : nil,
      ]
    }
  }

  public func add(_ number: Double) throws -> Tensor {
    let y = try BinaryKernel.run(.add, "add", self, number, reversed: false)
    return Tape.record("add", [self], saving: [], y, plan: ScalarPlanOperation.note(.add, self, number, y)) { g, _ in
      [g]
    }
  }

  public func sub(_ number: Double) throws -> Tensor { try add(-number) }

  public func mul(_ number: Double) throws -> Tensor {
    let y = try BinaryKernel.run(.multiply, "mul", self, number, reversed: false)
    return Tape.record("mul", [self], saving: [], y, plan: ScalarPlanOperation.note(.multiply, self, number, y)) {
      g, _ in
      [try g.mul(number)]
    }
  }

  public func div(_ number: Double) throws -> Tensor {
    let y = try BinaryKernel.run(.divide, "div", self, number, reversed: false)
    return Tape.record("div", [self], saving: [], y, plan: ScalarPlanOperation.note(.divide, self, number, y)) { g, _ in
      [try g.div(number)]
    }
  }

  /// Returns `number - self`.
  public func subtracted(from number: Double) throws -> Tensor {
    let y = try BinaryKernel.run(.subtract, "sub", self, number, reversed: true)
    return Tape.record(
      "sub", [self], saving: [], y, plan: ScalarPlanOperation.note(.subtract, self, number, y, reversed: true)
    ) { g, _ in [try g.neg()] }
  }

  /// Returns `number / self`.
  public func dividing(_ number: Double) throws -> Tensor {
    let x = detach()
    let y = try BinaryKernel.run(.divide, "div", self, number, reversed: true)
    let quotient = y.detach()
    return Tape.record(
      "div", [self], saving: [x, quotient], y,
      plan: ScalarPlanOperation.note(.divide, self, number, y, reversed: true)
    ) { g, _ in [try g.mul(quotient).div(x).neg()] }
  }

  /// Raises each element to a power. The gradient at 0 of a power below 1 is infinite, as it is.
  public func pow(_ exponent: Double) throws -> Tensor {
    if exponent == 2 { return try square() }
    let x = detach()
    let y = try BinaryKernel.run(.power, "pow", self, exponent, reversed: false)
    return Tape.record(
      "pow", [self], saving: [x], y, plan: ScalarPlanOperation.note(.power, self, exponent, y)
    ) { g, _ in
      [exponent == 0 ? g.zerosLike() : try g.mul(x.pow(exponent - 1)).mul(exponent)]
    }
  }

  /// Raises each element to the power of another's. The gradient of the power is 0 where its base is.
  public func pow(_ other: Tensor) throws -> Tensor {
    let (a, b) = (detach(), other.detach())
    let y = try BinaryKernel.run(.power, "pow", self, other)
    let power = y.detach()
    return Tape.record(
      "pow", [self, other], saving: [a, b, power], y, plan: BinaryPlanOperation.note(.power, self, other, y)
    ) { g, needs in
      [
        needs[0] ? try g.mul(b.baseSlope(a)).summed(to: a.shape) : nil,
        needs[1] ? try g.mul(power.exponentSlope(a)).summed(to: b.shape) : nil,
      ]
    }
  }

  /// Returns `number` to the power of each element. The gradient is 0 for 0 as the base.
  public func raising(_ number: Double) throws -> Tensor {
    let y = try BinaryKernel.run(.power, "pow", self, number, reversed: true)
    let (power, factor) = (y.detach(), number == 0 ? 0 : Glibc.log(number))
    return Tape.record(
      "pow", [self], saving: [power], y, plan: ScalarPlanOperation.note(.power, self, number, y, reversed: true)
    ) { g, _ in
      [factor == 0 ? g.zerosLike() : try g.mul(power).mul(factor)]
    }
  }

  /// The derivative of `base ^ self` by the base: 0 where this exponent is.
  private func baseSlope(_ base: Tensor) throws -> Tensor {
    let slope = try BinaryKernel.run(.power, "pow", base, sub(1)).mul(self)
    return try ne(0).stretched(to: slope.shape).choose(slope, Tensor.full([], 0, elementType))
  }

  /// The derivative of `base ^ exponent`, which this is, by the exponent.
  private func exponentSlope(_ base: Tensor) throws -> Tensor {
    let slope = try mul(base.log())
    return try base.ne(0).stretched(to: slope.shape).choose(slope, Tensor.full([], 0, elementType))
  }

  /// Limits each element to `lower` to `upper`; the gradient is 0 outside.
  public func clamp(_ lower: Double, _ upper: Double) throws -> Tensor {
    guard lower <= upper else {
      throw TensorError.value(op: "clamp", what: "lower", got: "\(lower)", allowed: "at most upper = \(upper)")
    }
    try expectFloat("clamp")
    if elementType == .float32 {
      let (low, high) = (Float(lower), Float(upper))
      return walked(
        "clamp", .clamp(low: low, high: high), { Kernels.elementwise.clamp(low, high, $0, $1, $2) },
        gradient: { Kernels.elementwise.clampGradient(low, high, $0, $1, $2, $3) })
    }
    let x = detach()
    let raised = try BinaryKernel.run(.maximum, "clamp", self, lower, reversed: false)
    let y = try BinaryKernel.run(.minimum, "clamp", raised, upper, reversed: false)
    return Tape.record("clamp", [self], saving: [x], y) { g, _ in [try g.mul(x.ge(lower).mul(x.le(upper)))] }
  }

  /// Multiplies negative elements by `slope`.
  public func leakyRelu(_ slope: Double = 0.01) throws -> Tensor {
    try expectFloat("leaky_relu")
    if elementType == .float32 {
      let slope = Float(slope)
      return walked(
        "leaky_relu", .leakyRelu(slope: slope), { Kernels.elementwise.leakyRelu(slope, $0, $1, $2) },
        gradient: { Kernels.elementwise.leakyReluGradient(slope, $0, $1, $2, $3) })
    }
    let x = detach()
    let y = try Tape.withoutRecording { try x.relu().sub(x.neg().relu().mul(slope)) }
    return Tape.record("leaky_relu", [self], saving: [x], y) { g, _ in
      let isPositive = try x.gt(0)
      return [try g.mul(isPositive.mul(1 - slope).add(slope))]
    }
  }

  /// Walks float32 memory in its own order with a kernel, and back with the kernel of its gradient.
  private func walked(
    _ op: String, _ function: BoundedPlanOperation.Function,
    _ value: (_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ n: Int) -> Void,
    gradient:
      @escaping (
        _ x: UnsafePointer<Float>, _ gy: UnsafePointer<Float>, _ gx: UnsafeMutablePointer<Float>, _ n: Int
      ) -> Void
  ) -> Tensor {
    let x = (isDense ? self : contiguousCopyIfNeeded()).detach()
    let y = x.uninitializedLike()
    Profiler.measure(op, flops: count, bytes: 2 * byteCount) { value(x.floatPointer, y.floatPointer, count) }
    return Tape.record(
      op, [self], saving: [x], y,
      plan: PlanNote(BoundedPlanOperation(function: function, name: op), [(self, x.strides)], y)
    ) { g, _ in
      let gy = g.laidOut(x.strides), gx = x.uninitializedLike()
      gradient(x.floatPointer, gy.floatPointer, gx.floatPointer, x.count)
      return [gx]
    }
  }
}

/// Comparisons give 1 where they hold and 0 elsewhere, in the type of the operands; they have no gradient.
extension Tensor {
  public func eq(_ other: Tensor) throws -> Tensor { try Self.compared(.equal, "eq", self, other) }
  public func lt(_ other: Tensor) throws -> Tensor { try Self.compared(.less, "lt", self, other) }
  public func le(_ other: Tensor) throws -> Tensor { try Self.compared(.lessEqual, "le", self, other) }
  public func gt(_ other: Tensor) throws -> Tensor { try Self.compared(.less, "gt", other, self) }
  public func ge(_ other: Tensor) throws -> Tensor { try Self.compared(.lessEqual, "ge", other, self) }
  public func ne(_ other: Tensor) throws -> Tensor { try eq(other).subtracted(from: 1) }

  public func eq(_ number: Double) throws -> Tensor { try compared(.equal, "eq", number) }
  public func lt(_ number: Double) throws -> Tensor { try compared(.less, "lt", number) }
  public func le(_ number: Double) throws -> Tensor { try compared(.lessEqual, "le", number) }
  public func gt(_ number: Double) throws -> Tensor { try compared(.less, "gt", number, reversed: true) }
  public func ge(_ number: Double) throws -> Tensor { try compared(.lessEqual, "ge", number, reversed: true) }
  public func ne(_ number: Double) throws -> Tensor { try eq(number).subtracted(from: 1) }

  private static func compared(
    _ operation: BinaryOperation, _ op: String, _ a: Tensor, _ b: Tensor
  ) throws -> Tensor {
    let y = try BinaryKernel.run(operation, op, a, b)
    return Trace.constant(op, y, BinaryPlanOperation.note(operation, a.detach(), b.detach(), y))
  }

  private func compared(
    _ operation: BinaryOperation, _ op: String, _ number: Double, reversed: Bool = false
  ) throws -> Tensor {
    let y = try BinaryKernel.run(operation, op, self, number, reversed: reversed)
    return Trace.constant(op, y, ScalarPlanOperation.note(operation, detach(), number, y, reversed: reversed))
  }

  /// Takes elements of `a` where this one is not 0, and of `b` elsewhere.
  ///
  /// - Parameters: `a` and `b` stretch to this shape. What is not taken may be anything, also NaN.
  public func choose(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    let shape = try Self.broadcast("where", self, a)
    let condition = detach()
    _ = try Self.broadcast("where", self, b)
    let y = try Self.select(condition, a, b, shape)
    let (aShape, bShape) = (a.shape, b.shape)
    return Tape.record(
      "where", [a, b], saving: [condition], y, plan: ChoosePlanOperation.note(condition, a, b, y)
    ) { g, needs in
      let zero = try Tensor.zeros([], g.elementType)
      return [
        needs[0] ? try Self.select(condition, g, zero, shape).summed(to: aShape) : nil,
        needs[1] ? try Self.select(condition, zero, g, shape).summed(to: bShape) : nil,
      ]
    }
  }

  private static func select(_ condition: Tensor, _ a: Tensor, _ b: Tensor, _ shape: Shape) throws -> Tensor {
    guard a.elementType == b.elementType, a.elementType.isFloat, condition.elementType.isFloat else {
      throw TensorError.elementType(op: "where", got: b.elementType, expected: "float operands of one type are needed")
    }
    return try Choice(condition, a, b, shape).run()
  }
}
