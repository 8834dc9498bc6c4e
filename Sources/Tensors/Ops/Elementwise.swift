import Kernels

/// One function of one number: its name, what it computes, and its derivative.
///
/// A new function is a row in ``all`` and, for float32, a case of the kernels' `UnaryOperation`; gradient checks,
/// the Lua method and its help follow from the row.
public struct ElementwiseFunction: Sendable {
  /// Name in scripts.
  public let name: String
  /// One sentence for help texts.
  public let summary: String
  let kernel: UnaryOperation
  /// Value in float64, the oracle of the kernel.
  let value: @Sendable (Double) -> Double
  /// Derivative from input x and output y.
  let derivative: @Sendable (_ x: Double, _ y: Double) -> Double
  /// Where tests draw inputs from: inside the domain, away from kinks.
  public let domain: ClosedRange<Double>
}

extension Tensor {
  /// Applies a function to every element. Shape and memory order stay.
  ///
  /// - Throws: ``TensorError/elementType(op:got:expected:)`` for integers.
  public func apply(_ function: ElementwiseFunction) throws -> Tensor {
    try expectFloat(function.name)
    let x = isDense ? self : contiguousCopyIfNeeded()
    let y = x.uninitializedLike()
    try Profiler.measure(function.name, flops: count, bytes: 2 * x.byteCount) {
      try Interrupt.forEachRun(of: x.count) { Self.write(function, of: x, to: y, $0) }
    }
    let (input, output) = (x.detach(), y.detach())
    return Tape.record(
      function.name, [self], saving: [input, output], y,
      plan: PlanNote(UnaryPlanOperation(function: function.kernel, name: function.name), [(self, x.strides)], y)
    ) { gradient, _ in
      [try Self.pull(function, input, output, gradient.laidOut(output.strides))]
    }
  }

  private static func write(_ function: ElementwiseFunction, of x: Tensor, to y: Tensor, _ run: Range<Int>) {
    if x.elementType == .float32 {
      Kernels.elementwise.unary(
        function.kernel, x.floatPointer + run.lowerBound, y.floatPointer + run.lowerBound, run.count)
    } else {
      for i in run { y.doublePointer[i] = function.value(x.doublePointer[i]) }
    }
  }

  private static func pull(_ function: ElementwiseFunction, _ x: Tensor, _ y: Tensor, _ gy: Tensor) throws -> Tensor {
    let gx = x.uninitializedLike()
    try Profiler.measure(function.name, flops: 2 * x.count, bytes: 3 * x.byteCount) {
      try Interrupt.forEachRun(of: x.count) { run in
        guard x.elementType != .float32 else {
          let start = run.lowerBound
          return Kernels.elementwise.unaryGradient(
            function.kernel, x.floatPointer + start, y.floatPointer + start, gy.floatPointer + start,
            gx.floatPointer + start, run.count)
        }
        for i in run {
          gx.doublePointer[i] = gy.doublePointer[i] * function.derivative(x.doublePointer[i], y.doublePointer[i])
        }
      }
    }
    return gx
  }

  func expectFloat(_ op: String) throws {
    guard elementType.isFloat else {
      throw TensorError.elementType(op: op, got: elementType, expected: "float32 or float64 is needed; convert with to")
    }
  }

  public func neg() throws -> Tensor {
    elementType == .int64
      ? try WholeNumbers.run(.subtract, "neg", Tensor(labels: [0], shape: []), self) : try apply(.neg)
  }
  public func abs() throws -> Tensor { try apply(.abs) }
  public func sign() throws -> Tensor { try apply(.sign) }
  public func square() throws -> Tensor { try apply(.square) }
  public func sqrt() throws -> Tensor { try apply(.sqrt) }
  public func reciprocal() throws -> Tensor { try apply(.reciprocal) }
  public func exp() throws -> Tensor { try apply(.exp) }
  public func log() throws -> Tensor { try apply(.log) }
  public func sin() throws -> Tensor { try apply(.sin) }
  public func cos() throws -> Tensor { try apply(.cos) }
  public func relu() throws -> Tensor { try apply(.relu) }
  public func relu6() throws -> Tensor { try apply(.relu6) }
  public func gelu() throws -> Tensor { try apply(.gelu) }
  public func silu() throws -> Tensor { try apply(.silu) }
  public func sigmoid() throws -> Tensor { try apply(.sigmoid) }
  public func tanh() throws -> Tensor { try apply(.tanh) }
  public func softplus() throws -> Tensor { try apply(.softplus) }
  public func floor() throws -> Tensor { try apply(.floor) }
  public func round() throws -> Tensor { try apply(.round) }
}
