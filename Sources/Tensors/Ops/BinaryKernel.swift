import Glibc
import Kernels

/// One function of two numbers, over tensors that stretch to a common shape.
enum BinaryKernel {
  /// Computes `a op b` without recording; the result keeps the memory order of the operand that is not stretched.
  static func run(_ operation: BinaryOperation, _ op: String, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    if Tensor.areWhole(a, b), let whole = operation.onWholeNumbers { return try WholeNumbers.run(whole, op, a, b) }
    try a.expectFloat(op)
    guard a.elementType == b.elementType else {
      throw TensorError.elementType(op: op, got: b.elementType, expected: "both operands must be \(a.elementType)")
    }
    let shape = try Tensor.broadcast(op, a, b)
    if a.shape == shape, let alignment = Alignment(a, b) {
      let y = a.uninitializedLike()
      try walk(operation, alignment, a, b, y)
      return y
    }
    if b.shape == shape, operation.isCommutative, let alignment = Alignment(b, a) {
      let y = b.uninitializedLike()
      try walk(operation, alignment, b, a, y)
      return y
    }
    let y = try Tensor.uninitialized(shape, a.elementType, op: op)
    y.overwrite(with: a.stretched(to: shape))
    if let alignment = Alignment(y, b) {
      try walk(operation, alignment, y, b, y)
    } else {
      try walk(operation, .same, y, b.stretched(to: shape, op: op).contiguousCopyIfNeeded(), y)
    }
    return y
  }

  /// Walks both operands; `y` may be `a`.
  static func walk(_ operation: BinaryOperation, _ alignment: Alignment, _ a: Tensor, _ b: Tensor, _ y: Tensor) throws {
    try Profiler.measure("\(operation)", flops: a.count, bytes: 2 * a.byteCount + b.byteCount) {
      if a.elementType == .float64 { return try walkDoubles(operation, alignment, a, b, y) }
      let (x, z, out) = (a.floatPointer, b.floatPointer, y.floatPointer)
      switch alignment {
      case .same:
        try Interrupt.forEachRun(of: a.count) { run in
          let start = run.lowerBound
          Kernels.elementwise.binary(operation, x + start, z + start, out + start, run.count)
        }
      case .rows(let rows, let columns): try walkRows(operation, x, z, out, rows, columns)
      case .groups(let groups, let rows, let columns):
        for group in 0..<groups {
          let start = group * rows * columns
          try walkRows(operation, x + start, z + group * columns, out + start, rows, columns)
        }
      case .columns(let rows, let columns):
        try forEachRow(rows, columns) { row, run in
          let start = row * columns + run.lowerBound
          Kernels.elementwise.binaryScalar(operation, x + start, z[row], out + start, run.count)
        } several: { first, count in
          let start = first * columns
          Kernels.elementwise.binaryColumns(operation, x + start, z + first, out + start, count, columns)
        }
      }
    }
  }

  private static func walkRows(
    _ operation: BinaryOperation, _ x: UnsafeMutablePointer<Float>, _ z: UnsafeMutablePointer<Float>,
    _ out: UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Int
  ) throws {
    try forEachRow(rows, columns) { row, run in
      let start = row * columns + run.lowerBound
      Kernels.elementwise.binary(operation, x + start, z + run.lowerBound, out + start, run.count)
    } several: { first, count in
      let start = first * columns
      Kernels.elementwise.binaryRows(operation, x + start, z, out + start, count, columns)
    }
  }

  /// Calls one of the bodies for pieces that take some milliseconds: runs of one long row, or several short rows.
  private static func forEachRow(
    _ rows: Int, _ columns: Int, _ one: (_ row: Int, _ run: Range<Int>) -> Void,
    several: (_ first: Int, _ count: Int) -> Void
  ) throws {
    if rows > 1 && columns < Interrupt.runLength {
      return try Interrupt.forEachRun(of: rows, size: Swift.max(1, Interrupt.runLength / Swift.max(columns, 1))) {
        several($0.lowerBound, $0.count)
      }
    }
    for row in 0..<rows { try Interrupt.forEachRun(of: columns) { one(row, $0) } }
  }

  private static func walkDoubles(
    _ operation: BinaryOperation, _ alignment: Alignment, _ a: Tensor, _ b: Tensor, _ y: Tensor
  ) throws {
    let (x, z, out) = (a.doublePointer, b.doublePointer, y.doublePointer)
    try Interrupt.forEachRun(of: a.count) { run in
      for i in run {
        let j =
          switch alignment {
          case .same: i
          case .rows(_, let columns): i % columns
          case .columns(_, let columns): i / columns
          case .groups(_, let rows, let columns): i / (rows * columns) * columns + i % columns
          }
        out[i] = operation.value(x[i], z[j])
      }
    }
  }

  /// Computes `a op s`, or `s op a`, without recording.
  static func run(_ operation: BinaryOperation, _ op: String, _ a: Tensor, _ scalar: Double, reversed: Bool) throws
    -> Tensor
  {
    try a.expectFloat(op)
    let x = a.isDense ? a : a.contiguousCopyIfNeeded()
    let y = x.uninitializedLike()
    try Profiler.measure("\(operation)", flops: x.count, bytes: 2 * x.byteCount) {
      try Interrupt.forEachRun(of: x.count) { walk(operation, x, scalar, y, $0, reversed: reversed) }
    }
    return y
  }

  private static func walk(
    _ operation: BinaryOperation, _ x: Tensor, _ scalar: Double, _ y: Tensor, _ run: Range<Int>, reversed: Bool
  ) {
    if x.elementType == .float64 {
      for i in run {
        let value = x.doublePointer[i]
        y.doublePointer[i] = reversed ? operation.value(scalar, value) : operation.value(value, scalar)
      }
      return
    }
    let (input, output) = (x.floatPointer + run.lowerBound, y.floatPointer + run.lowerBound)
    if reversed {
      Kernels.elementwise.scalarBinary(operation, Float(scalar), input, output, run.count)
    } else {
      Kernels.elementwise.binaryScalar(operation, input, Float(scalar), output, run.count)
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
