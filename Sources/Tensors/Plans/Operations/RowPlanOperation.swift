import Kernels

/// A number for each row: what lies over some axes.
struct RowPlanOperation: PlanOperation, Equatable {
  enum Function: Equatable {
    /// The square root of the sum of squares. Its gradient at a row of zeros is 0.
    case norm
    /// The mean squared distance from the mean; the divisor is one less than the number of values if unbiased.
    case variance(isUnbiased: Bool)
    /// The square root of the variance. Its gradient is 0 where it is 0 itself.
    case deviation(isUnbiased: Bool)
    case product
    /// 1 where any element is 0, or where any is not; 0 elsewhere, and no gradient.
    case anyZero, anyNonzero
  }

  let function: Function
  let rows: Int
  let size: Int

  /// Notes a function over resolved axes; `y` has the other axes in their order.
  static func note(_ function: Function, _ x: Tensor, over axes: [Int], _ y: Tensor) -> PlanNote? {
    guard x.elementType == .float32 else { return nil }
    return PlanNote(
      Self(function: function, rows: y.count, size: x.count / Swift.max(y.count, 1)), [(x, x.rowStrides(over: axes))], y
    )
  }

  var name: String {
    switch function {
    case .norm: "norm"
    case .variance: "variance"
    case .deviation: "std"
    case .product: "prod"
    case .anyZero, .anyNonzero: "any"
    }
  }

  func flops(_ node: PlanNode) -> Int { 3 * rows * size }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, rows, size) = (builder[node.inputs[0]], builder[node.output], rows, size)
    let value = function.value(size)
    builder.step(name, reads: [x], writes: [y], flops: flops(node)) { memory in
      let (input, output) = (memory[x], memory[y])
      return { _ in for row in 0..<rows { output[row] = value(input + row * size) } }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (x, y, rows, size) = (builder[node.inputs[0]], builder[node.output], rows, size)
    guard let gradient = function.gradient(size) else { return }
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy, x, y], writes: [gx], flops: 2 * flops(node)) { memory in
        let (g, input, output, out) = (memory[gy], memory[x], memory[y], memory[gx])
        return { _ in
          for row in 0..<rows { gradient(g[row], input + row * size, output[row], out + row * size) }
        }
      }
    }
  }
}

extension RowPlanOperation.Function {
  /// Computes the number of a row.
  fileprivate func value(_ size: Int) -> (Input) -> Float {
    switch self {
    case .norm: { Float(Kernels.reduction.dot($0, $0, size)).squareRoot() }
    case .variance(let isUnbiased): { Float(Self.squares($0, size) / Self.divisor(size, isUnbiased)) }
    case .deviation(let isUnbiased):
      { Float((Self.squares($0, size) / Self.divisor(size, isUnbiased)).squareRoot()) }
    case .product: { x in Float((0..<size).reduce(1.0) { $0 * Double(x[$1]) }) }
    case .anyZero: { x in (0..<size).contains { x[$0] == 0 } ? 1 : 0 }
    case .anyNonzero: { x in (0..<size).contains { x[$0] != 0 } ? 1 : 0 }
    }
  }

  /// Writes the gradient of a row, from that of its number; nil where there is none.
  fileprivate func gradient(_ size: Int) -> ((_ g: Float, _ x: Input, _ y: Float, _ gx: Output) -> Void)? {
    switch self {
    case .norm:
      { g, x, y, gx in
        if y == 0 { return Kernels.elementwise.fill(0, gx, size) }
        Kernels.elementwise.scale(g / y, x, gx, size)
      }
    case .variance(let isUnbiased):
      { g, x, _, gx in Self.writeDeviations(x, size, 2 * Double(g) / Self.divisor(size, isUnbiased), gx) }
    case .deviation(let isUnbiased):
      { g, x, y, gx in
        if y == 0 { return Kernels.elementwise.fill(0, gx, size) }
        Self.writeDeviations(x, size, Double(g) / (Double(y) * Self.divisor(size, isUnbiased)), gx)
      }
    case .product: { g, x, _, gx in Self.writeOthers(x, size, g, gx) }
    case .anyZero, .anyNonzero: nil
    }
  }

  private static func divisor(_ size: Int, _ isUnbiased: Bool) -> Double { Double(size) - (isUnbiased ? 1 : 0) }

  /// The mean, so that that of equal elements is that element.
  private static func mean(_ x: Input, _ size: Int) -> Double {
    let first = Double(x[0])
    return first + (Kernels.reduction.sum(x, size) - first * Double(size)) / Double(size)
  }

  private static func squares(_ x: Input, _ size: Int) -> Double {
    let mean = mean(x, size)
    var sum = 0.0
    for i in 0..<size { sum += (Double(x[i]) - mean) * (Double(x[i]) - mean) }
    return sum
  }

  private static func writeDeviations(_ x: Input, _ size: Int, _ factor: Double, _ gx: Output) {
    let mean = mean(x, size)
    for i in 0..<size { gx[i] = Float((Double(x[i]) - mean) * factor) }
  }

  /// The product of all others, times what comes in: without a division, since an element may be 0.
  private static func writeOthers(_ x: Input, _ size: Int, _ g: Float, _ gx: Output) {
    var product = 1.0
    for i in 0..<size {
      gx[i] = Float(product)
      product *= Double(x[i])
    }
    product = Double(g)
    for i in (0..<size).reversed() {
      gx[i] = Float(Double(gx[i]) * product)
      product *= Double(x[i])
    }
  }
}

/// Sums of each element and all before it, along rows.
struct CumulativeSumPlanOperation: PlanOperation, Equatable {
  let name = "cumsum"
  let rows: Int
  let size: Int

  /// Notes sums along a resolved axis, which comes last in the memory of `y`.
  static func note(_ x: Tensor, along axis: Int, _ y: Tensor) -> PlanNote? {
    guard x.elementType == .float32 else { return nil }
    return PlanNote(
      Self(rows: x.count / Swift.max(x.shape[axis], 1), size: x.shape[axis]), [(x, x.rowStrides(over: [axis]))], y)
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, rows, size) = (builder[node.inputs[0]], builder[node.output], rows, size)
    builder.step(name, reads: [x], writes: [y], inPlace: [(y, x)], flops: rows * size) { memory in
      let (input, output) = (memory[x], memory[y])
      return { _ in
        for row in 0..<rows {
          var sum = 0.0
          for i in row * size..<(row + 1) * size {
            sum += Double(input[i])
            output[i] = Float(sum)
          }
        }
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (rows, size) = (rows, size)
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy], writes: [gx], inPlace: [(gx, gy)], flops: rows * size) { memory in
        let (g, out) = (memory[gy], memory[gx])
        return { _ in
          for row in 0..<rows {
            var sum = 0.0
            for i in (row * size..<(row + 1) * size).reversed() {
              sum += Double(g[i])
              out[i] = Float(sum)
            }
          }
        }
      }
    }
  }
}
