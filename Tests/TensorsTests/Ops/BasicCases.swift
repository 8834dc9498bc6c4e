import TestSupport
import Tensors

/// Cases of arithmetic, reductions and views.
extension OperationCase {
  /// Each function of one number, at sizes with and without a remainder of the vector width.
  static let elementwise: [OperationCase] = ElementwiseFunction.all.flatMap { function in
    [[1], [3, 7], [2, 3, 2, 3], []].map { shape in
      OperationCase(function.name, [Operand(shape, in: function.domain)]) { try $0[0].apply(function) }
    }
  }

  static let arithmetic: [OperationCase] =
    [
      [[2, 3], [2, 3]], [[2, 3], [3]], [[3], [2, 3]], [[2, 1], [1, 3]], [[2, 3], []], [[2, 3, 2, 2], [3, 1, 1]],
      [[1], [1]],
    ].flatMap { shapes in
      [
        OperationCase("add", shapes) { try $0[0].add($0[1]) },
        OperationCase("sub", shapes) { try $0[0].sub($0[1]) },
        OperationCase("mul", shapes) { try $0[0].mul($0[1]) },
        OperationCase("div", [Operand(shapes[0]), Operand(shapes[1], in: 0.5...2)]) { try $0[0].div($0[1]) },
        OperationCase("maximum", shapes) { try $0[0].maximum($0[1]) },
        OperationCase("minimum", shapes) { try $0[0].minimum($0[1]) },
      ]
    } + [
      OperationCase("scalar arithmetic", [Operand([2, 5], in: 0.5...2)]) {
        try $0[0].mul(3).add(1).sub(0.5).div(2).dividing(2).subtracted(from: 1)
      },
      OperationCase("pow", [Operand([2, 5], in: 0.5...2)]) { try $0[0].pow(2.5) },
      OperationCase("pow square", [[5]]) { try $0[0].pow(2) },
      OperationCase("clamp", [[4, 5]]) { try $0[0].clamp(-1, 0.7) },
      OperationCase("leaky_relu", [[4, 5]]) { try $0[0].leakyRelu(0.1) },
      OperationCase("where", [[2, 3], [3]]) {
        let condition = Tensor([1, 0, 1, 0, 0, 1] as [Double], shape: [2, 3]).to($0[0].elementType)
        return try condition.choose($0[0], $0[1])
      },
    ]

  static let reductions: [OperationCase] = [
    OperationCase("sum", [[2, 3, 4]], terms: 24) { try $0[0].sum() },
    OperationCase("sum axis 1", [[2, 3, 4]]) { try $0[0].sum(axes: [1]) },
    OperationCase("sum first and last", [[2, 3, 4]]) { try $0[0].sum(axes: [0, -1], keepAxes: true) },
    OperationCase("sum images", [[2, 3, 4, 5]], terms: 40) { try $0[0].sum(axes: [0, 2, 3]) },
    OperationCase("mean", [[1, 7]]) { try $0[0].mean(axes: [1]) },
    OperationCase("variance", [[3, 4]]) { try $0[0].variance(axes: [0]) },
    OperationCase("variance unbiased", [[9]]) { try $0[0].variance(isUnbiased: true) },
    OperationCase("norm", [[3, 4]]) { try $0[0].norm() },
    OperationCase("max", [[3, 4]]) { try $0[0].max(axis: 1) },
    OperationCase("max of all", [[2, 3, 2]]) { try $0[0].max() },
    OperationCase("min", [[3, 4]]) { try $0[0].min(axis: 0, keepAxis: true) },
  ]

  static let views: [OperationCase] = [
    OperationCase("narrow", [[4, 5]]) { try $0[0].narrow(axis: 1, start: 1, count: 3) },
    OperationCase("select", [[4, 5]]) { try $0[0].select(axis: -1, 2) },
    OperationCase("row", [[3, 2]]) { try $0[0].row(1) },
    OperationCase("transpose", [[2, 3, 4]]) { try $0[0].transpose(0, 2) },
    OperationCase("permute", [[2, 3, 4, 2]]) { try $0[0].permute([2, 0, 3, 1]) },
    OperationCase("reshape", [[2, 6]]) { try $0[0].reshape([3, -1]) },
    OperationCase("flatten", [[2, 3, 2, 2]]) { try $0[0].flatten(from: 1) },
    OperationCase("squeeze", [[2, 1, 3]]) { try $0[0].squeeze(1) },
    OperationCase("unsqueeze", [[2, 3]]) { try $0[0].unsqueeze(-1) },
    OperationCase("expand", [[2, 1]]) { try $0[0].expand([3, 2, 4]) },
    OperationCase("contiguous", [[2, 3]]) { try $0[0].t().contiguous() },
    OperationCase("channels_last", [[2, 3, 2, 2]]) { try $0[0].channelsLast() },
    OperationCase("clone", [[2, 3]]) { try $0[0].clone().mul(2) },
    OperationCase("concatenate", [[2, 3], [2, 1]]) { try Tensor.concatenate([$0[0], $0[1]], axis: 1) },
    OperationCase("concatenate images", [[2, 3, 2, 2], [2, 1, 2, 2]]) { try Tensor.concatenate($0, axis: 1) },
    OperationCase("stack", [[3], [3]]) { try Tensor.stack([$0[0], $0[1]], axis: 1) },
    OperationCase("gather", [[3, 2]]) { try $0[0].gather(Tensor(labels: [2, 0, 2])) },
  ]

  /// Differentiable, but in steps too coarse for central differences.
  static let conversions: [OperationCase] = [
    OperationCase("to", [[2, 3]]) {
      $0[0].to($0[0].elementType == .float32 ? .float64 : .float32).to($0[0].elementType)
    }
  ]
}
