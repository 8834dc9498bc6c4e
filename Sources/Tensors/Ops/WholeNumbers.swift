import Glibc
import Kernels

/// Arithmetic of int64 tensors: exact, or an error.
enum WholeNumbers {
  /// What is done with two numbers.
  enum Operation: Sendable {
    case add, subtract, multiply, maximum, minimum
    /// The quotient, rounded down.
    case floorDivide
    /// What the quotient leaves; it has the sign of the divisor.
    case remainder
    case equal, less, lessEqual
  }

  /// Computes `a operation b` of two int64 tensors that stretch to one shape.
  ///
  /// - Throws: ``TensorError/value(op:what:got:allowed:)`` for a result out of range, or a division by 0.
  static func run(_ operation: Operation, _ op: String, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    let shape = try Tensor.broadcast(op, a, b)
    let strides = a.shape == shape && a.isDense ? a.strides : shape.rowMajorStrides
    let left = try a.stretched(to: shape, op: op).laidOut(strides)
    let right = try b.stretched(to: shape, op: op).laidOut(strides)
    let isComparison = operation.isComparison
    let result = try Tensor.uninitialized(shape, isComparison ? .float32 : .int64, strides: strides, op: op)
    try Profiler.measure(op, bytes: 3 * result.byteCount) {
      let (x, y) = (left.int64Pointer, right.int64Pointer)
      try Interrupt.forEachRun(of: result.count) { run in
        if isComparison {
          for i in run { result.floatPointer[i] = operation.holds(x[i], y[i]) ? 1 : 0 }
        } else {
          for i in run { result.int64Pointer[i] = try operation.value(op, x[i], y[i]) }
        }
      }
    }
    return result
  }
}

extension WholeNumbers.Operation {
  var isComparison: Bool {
    switch self {
    case .equal, .less, .lessEqual: true
    default: false
    }
  }

  func holds(_ a: Int64, _ b: Int64) -> Bool {
    switch self {
    case .equal: a == b
    case .less: a < b
    default: a <= b
    }
  }

  @inline(__always)
  func value(_ op: String, _ a: Int64, _ b: Int64) throws -> Int64 {
    switch self {
    case .add: try .checked(op, a, "+", b, a.addingReportingOverflow)
    case .subtract: try .checked(op, a, "-", b, a.subtractingReportingOverflow)
    case .multiply: try .checked(op, a, "*", b, a.multipliedReportingOverflow)
    case .maximum: Swift.max(a, b)
    case .minimum: Swift.min(a, b)
    case .floorDivide:
      try .checked(op, a, "//", Self.divisor(op, b), a.dividedReportingOverflow) - (Self.roundsDown(a, b) ? 1 : 0)
    case .remainder:
      try Self.divisor(op, b) == -1 ? 0 : a % b + (Self.roundsDown(a, b) ? b : 0)
    case .equal, .less, .lessEqual: holds(a, b) ? 1 : 0
    }
  }

  private static func divisor(_ op: String, _ b: Int64) throws -> Int64 {
    if b == 0 { throw TensorError.value(op: op, what: "divisor", got: "0", allowed: "any other number is allowed") }
    return b
  }

  /// Whether the exact quotient lies below the one that is cut off towards 0.
  private static func roundsDown(_ a: Int64, _ b: Int64) -> Bool { b != -1 && a % b != 0 && (a < 0) != (b < 0) }
}

extension Int64 {
  /// The result of an operation that tells of overflow.
  ///
  /// - Throws: ``TensorError/value(op:what:got:allowed:)``.
  @inline(__always)
  static func checked(
    _ op: String, _ a: Int64, _ sign: String, _ b: Int64,
    _ operation: (Int64) -> (partialValue: Int64, overflow: Bool)
  ) throws -> Int64 {
    let (value, overflow) = operation(b)
    if overflow {
      throw TensorError.value(
        op: op, what: "result", got: "\(a) \(sign) \(b)", allowed: "int64 holds -2^63 to 2^63 - 1")
    }
    return value
  }
}

extension Tensor {
  /// Whether both hold whole numbers that are computed exactly.
  static func areWhole(_ a: Tensor, _ b: Tensor) -> Bool { a.elementType == .int64 && b.elementType == .int64 }

  /// Divides and rounds down: whole numbers exactly, floats as `floor(a / b)`. It has no gradient.
  ///
  /// - Throws: ``TensorError``, also for whole numbers by 0.
  public func floorDivide(_ other: Tensor) throws -> Tensor {
    if Self.areWhole(self, other) { return try WholeNumbers.run(.floorDivide, "floor_divide", self, other) }
    return try Tape.withoutRecording { try div(other).floor() }
  }

  /// Returns what ``floorDivide(_:)`` leaves, with the sign of the divisor: exactly, also for floats.
  ///
  /// - Throws: ``TensorError``, also for whole numbers by 0; floats give NaN there.
  public func remainder(_ other: Tensor) throws -> Tensor {
    let op = "remainder"
    if Self.areWhole(self, other) { return try WholeNumbers.run(.remainder, op, self, other) }
    try Self.expectAlike(op, self, other)
    let shape = try Self.broadcast(op, self, other)
    let (a, b) = (detach(), other.detach())
    let left = try a.stretched(to: shape, op: op).contiguousCopyIfNeeded()
    let right = try b.stretched(to: shape, op: op).contiguousCopyIfNeeded()
    let y = try Tensor.uninitialized(shape, elementType, op: op)
    try Profiler.measure(op, flops: y.count, bytes: 3 * y.byteCount) {
      try Interrupt.forEachRun(of: y.count) { run in
        for i in run {
          let divisor = right.element(offset: right.offset + i)
          let rest = fmod(left.element(offset: left.offset + i), divisor)
          y.write(rest * divisor < 0 ? rest + divisor : rest, at: i)
        }
      }
    }
    return Tape.record(op, [self, other], saving: [a, b], y) { g, needs in
      [
        needs[0] ? try g.summed(to: a.shape) : nil,
        needs[1] ? try g.mul(a.floorDivide(b)).neg().summed(to: b.shape) : nil,
      ]
    }
  }

  /// Adds whole numbers up over axes.
  ///
  /// - Throws: ``TensorError/value(op:what:got:allowed:)`` for a sum out of range.
  func wholeSum(axes: [Int]?, keepAxes: Bool) throws -> Tensor {
    let rows = AxisRows(self, axes: try resolved(axes, op: "sum")), width = rows.width
    let y = try Tensor.uninitialized(keepAxes ? rows.kept : rows.dropped, .int64, op: "sum")
    let x = rows.source.int64Pointer
    try Profiler.measure("sum", bytes: byteCount) {
      for row in 0..<rows.count {
        var sum: Int64 = 0
        try Interrupt.forEachRun(of: width) { run in
          for j in run {
            sum = try Int64.checked("sum", sum, "+", x[row * width + j], sum.addingReportingOverflow)
          }
        }
        y.int64Pointer[row] = sum
      }
    }
    return y
  }
}

extension BinaryOperation {
  /// The operation on int64; nil where the result is not whole.
  var onWholeNumbers: WholeNumbers.Operation? {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .maximum: .maximum
    case .minimum: .minimum
    case .equal: .equal
    case .less: .less
    case .lessEqual: .lessEqual
    case .divide, .power: nil
    }
  }
}
