import Glibc
import Kernels

/// One function of two numbers, over tensors that stretch to a common shape.
enum BinaryKernel {
  /// Computes `a op b` without recording; the result keeps the memory order of the operand that is not stretched.
  static func run(_ operation: BinaryOperation, _ op: String, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    try a.expectFloat(op)
    guard a.elementType == b.elementType else {
      throw TensorError.elementType(op: op, got: b.elementType, expected: "both operands must be \(a.elementType)")
    }
    let shape = try Tensor.broadcast(op, a, b)
    if a.shape == shape, let alignment = Alignment(a, b) {
      let y = a.uninitializedLike()
      walk(operation, alignment, a, b, y)
      return y
    }
    if b.shape == shape, operation.isCommutative, let alignment = Alignment(b, a) {
      let y = b.uninitializedLike()
      walk(operation, alignment, b, a, y)
      return y
    }
    let x = a.stretched(to: shape).contiguousCopyIfNeeded(), z = b.stretched(to: shape).contiguousCopyIfNeeded()
    let y = try Tensor.uninitialized(shape, a.elementType, op: op)
    walk(operation, .same, x, z, y)
    return y
  }

  /// Walks both operands; `y` may be `a`.
  static func walk(_ operation: BinaryOperation, _ alignment: Alignment, _ a: Tensor, _ b: Tensor, _ y: Tensor) {
    Profiler.measure("\(operation)", flops: a.count, bytes: 2 * a.byteCount + b.byteCount) {
      walkMemory(operation, alignment, a, b, y)
    }
  }

  private static func walkMemory(
    _ operation: BinaryOperation, _ alignment: Alignment, _ a: Tensor, _ b: Tensor, _ y: Tensor
  ) {
    if a.elementType == .float64 { return walkDoubles(operation, alignment, a, b, y) }
    let (x, z, out) = (a.floatPointer, b.floatPointer, y.floatPointer)
    switch alignment {
    case .same: Kernels.elementwise.binary(operation, x, z, out, a.count)
    case .rows(let rows, let columns): Kernels.elementwise.binaryRows(operation, x, z, out, rows, columns)
    case .columns(let rows, let columns):
      if rows == 1 {
        Kernels.elementwise.binaryScalar(operation, x, z[0], out, columns)
      } else {
        Kernels.elementwise.binaryColumns(operation, x, z, out, rows, columns)
      }
    }
  }

  private static func walkDoubles(
    _ operation: BinaryOperation, _ alignment: Alignment, _ a: Tensor, _ b: Tensor, _ y: Tensor
  ) {
    let (x, z, out) = (a.doublePointer, b.doublePointer, y.doublePointer)
    for i in 0..<a.count {
      let j =
        switch alignment {
        case .same: i
        case .rows(_, let columns): i % columns
        case .columns(_, let columns): i / columns
        }
      out[i] = operation.value(x[i], z[j])
    }
  }

  /// Computes `a op s`, or `s op a`, without recording.
  static func run(_ operation: BinaryOperation, _ op: String, _ a: Tensor, _ scalar: Double, reversed: Bool) throws
    -> Tensor
  {
    try a.expectFloat(op)
    let x = a.isDense ? a : a.contiguousCopyIfNeeded()
    let y = x.uninitializedLike()
    Profiler.measure("\(operation)", flops: x.count, bytes: 2 * x.byteCount) {
      walk(operation, x, scalar, y, reversed: reversed)
    }
    return y
  }

  private static func walk(
    _ operation: BinaryOperation, _ x: Tensor, _ scalar: Double, _ y: Tensor, reversed: Bool
  ) {
    if x.elementType == .float64 {
      for i in 0..<x.count {
        let value = x.doublePointer[i]
        y.doublePointer[i] = reversed ? operation.value(scalar, value) : operation.value(value, scalar)
      }
    } else if reversed {
      Kernels.elementwise.scalarBinary(operation, Float(scalar), x.floatPointer, y.floatPointer, x.count)
    } else {
      Kernels.elementwise.binaryScalar(operation, x.floatPointer, Float(scalar), y.floatPointer, x.count)
    }
  }
}

extension BinaryOperation {
  var isCommutative: Bool {
    switch self {
    case .add, .multiply, .maximum, .minimum, .equal: true
    case .subtract, .divide, .power, .less, .lessEqual: false
    }
  }

  /// Value in float64, the oracle of the kernel.
  func value(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .maximum: a.isNaN || b.isNaN ? .nan : Swift.max(a, b)
    case .minimum: a.isNaN || b.isNaN ? .nan : Swift.min(a, b)
    case .power: Glibc.pow(a, b)
    case .equal: a == b ? 1 : 0
    case .less: a < b ? 1 : 0
    case .lessEqual: a <= b ? 1 : 0
    }
  }
}
