import TestSupport
import Tensors

/// Cases of products, convolutions and pooling: ordinary, odd and degenerate sizes.
extension OperationCase {
  static let products: [OperationCase] = [
    OperationCase("matmul", [[2, 3], [3, 4]]) { try $0[0].matmul($0[1]) },
    OperationCase("matmul", [[1, 1], [1, 1]]) { try $0[0].matmul($0[1]) },
    OperationCase("matmul", [[17, 33], [33, 7]], terms: 33) { try $0[0].matmul($0[1]) },
    OperationCase("matmul", [[3], [3, 2]]) { try $0[0].matmul($0[1]) },
    OperationCase("matmul", [[2, 3], [3]]) { try $0[0].matmul($0[1]) },
    OperationCase("matmul", [[5], [5]]) { try $0[0].matmul($0[1]) },
    OperationCase("matmul", [[2, 3, 4], [4, 5]]) { try $0[0].matmul($0[1]) },
    OperationCase("matmul", [[2, 1, 3, 4], [5, 4, 2]]) { try $0[0].matmul($0[1]) },
    OperationCase("matmul", [[4, 2], [3, 2, 1]]) { try $0[0].matmul($0[1]) },
    OperationCase("matmul", [[0, 3], [3, 2]]) { try $0[0].matmul($0[1]) },
    OperationCase("matmul", [[2, 3], [4, 3]]) { try $0[0].matmul($0[1].t()) },
    OperationCase("linear", [[4, 3], [5, 3], [5]]) { try $0[0].linear(weight: $0[1], bias: $0[2]) },
    OperationCase("linear", [[2, 3, 4], [1, 4]]) { try $0[0].linear(weight: $0[1]) },
    OperationCase("linear", [[3], [2, 3], [2]]) { try $0[0].linear(weight: $0[1], bias: $0[2]) },
    OperationCase("dot", [[7], [7]]) { try $0[0].dot($0[1]) },
    OperationCase("gather_rows", [[2, 4, 3]]) {
      try $0[0].gatherRows(Tensor(labels: [3, 0, 3, 1, 2, 2], shape: [2, 3]))
    },
    OperationCase("scatter_rows", [[2, 3, 2]]) {
      try $0[0].scatterRows(Tensor(labels: [3, 0, 3, 1, 2, 2], shape: [2, 3]), rows: 4)
    },
  ]

  static let convolutions: [OperationCase] = [
    convolution([2, 3, 5, 5], [4, 3, 3, 3], padding: 1),
    convolution([1, 1, 1, 1], [1, 1, 1, 1]),
    convolution([2, 1, 7, 6], [8, 1, 3, 3], padding: 1),
    convolution([2, 4, 6, 5], [6, 4, 3, 2], stride: 2, padding: 1),
    convolution([1, 3, 9, 7], [5, 3, 5, 5], stride: 2, padding: 2),
    convolution([2, 5, 4, 4], [3, 5, 1, 1]),
    convolution([2, 5, 5, 4], [3, 5, 1, 1], stride: 2),
    convolution([2, 6, 5, 5], [6, 1, 3, 3], padding: 1, groups: 6),
    convolution([1, 4, 6, 6], [8, 2, 3, 3], stride: 2, padding: 1, groups: 2),
    convolution([2, 3, 3, 4], [2, 3, 3, 4]),
    convolution([1, 17, 4, 3], [33, 17, 3, 3], padding: 1),
    convolution([1, 32, 8, 8], [32, 32, 3, 3], padding: 1),
    OperationCase("conv2d", [[2, 3, 4, 4], [2, 3, 3, 3]], terms: 27) { try $0[0].conv2d(weight: $0[1]) },
    transposed([2, 3, 4, 4], [3, 2, 3, 3]),
    transposed([1, 4, 3, 5], [4, 3, 2, 2], stride: 2),
    transposed([2, 4, 3, 3], [4, 2, 3, 3], stride: 2, padding: 1, outputPadding: 1, groups: 2),
    transposed([1, 1, 1, 1], [1, 1, 4, 4], stride: 2, padding: 1),
  ]

  private static func convolution(
    _ x: [Int], _ weight: [Int], stride: Int = 1, padding: Int = 0, groups: Int = 1
  ) -> OperationCase {
    let name = "conv2d stride \(stride) padding \(padding) groups \(groups)"
    return OperationCase(name, [x, weight, [weight[0]]], terms: x[0] * x[2] * x[3] * weight[1]) {
      try $0[0].conv2d(weight: $0[1], bias: $0[2], stride: stride, padding: padding, groups: groups)
    }
  }

  private static func transposed(
    _ x: [Int], _ weight: [Int], stride: Int = 1, padding: Int = 0, outputPadding: Int = 0, groups: Int = 1
  ) -> OperationCase {
    let name = "conv_transpose2d stride \(stride) padding \(padding) groups \(groups)"
    return OperationCase(name, [x, weight, [weight[1] * groups]], terms: x[0] * x[2] * x[3] * weight[1]) {
      try $0[0].convTranspose2d(
        weight: $0[1], bias: $0[2], stride: stride, padding: padding, outputPadding: outputPadding, groups: groups)
    }
  }

  static let pooling: [OperationCase] = [
    OperationCase("max_pool2d 2", [[2, 3, 4, 6]]) { try $0[0].maxPool2d(kernel: 2) },
    OperationCase("max_pool2d 3 stride 2 padding 1", [[2, 2, 5, 7]]) {
      try $0[0].maxPool2d(kernel: 3, stride: 2, padding: 1)
    },
    OperationCase("max_pool2d 1", [[1, 1, 1, 1]]) { try $0[0].maxPool2d(kernel: 1) },
    OperationCase("max_pool2d 3 stride 1", [[1, 17, 3, 4]]) { try $0[0].maxPool2d(kernel: 3, stride: 1) },
    OperationCase("average_pool2d 2", [[2, 3, 4, 6]]) { try $0[0].averagePool2d(kernel: 2) },
    OperationCase("average_pool2d 3 stride 2 padding 1", [[2, 2, 5, 7]]) {
      try $0[0].averagePool2d(kernel: 3, stride: 2, padding: 1)
    },
    OperationCase("global_average_pool2d", [[2, 5, 3, 4]]) { try $0[0].globalAveragePool2d() },
    OperationCase("global_average_pool2d", [[1, 1, 1, 1]]) { try $0[0].globalAveragePool2d() },
    OperationCase("upsample_nearest2d 2", [[2, 3, 2, 3]]) { try $0[0].upsampleNearest2d(scale: 2) },
    OperationCase("upsample_nearest2d 3", [[1, 1, 1, 2]]) { try $0[0].upsampleNearest2d(scale: 3) },
  ]
}
