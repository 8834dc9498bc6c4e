import TestSupport
import Tensors

/// Cases of elements in order, taken by position, and in other places.
extension OperationCase {
  /// Drawn values are all different, so moving one a little changes no order.
  static let orders: [OperationCase] = [
    OperationCase("sort", [[3, 7]]) { try $0[0].sort(axis: 1).values },
    OperationCase("sort descending", [[5, 3, 2]]) { try $0[0].sort(axis: 0, isDescending: true).values },
    OperationCase("topk", [[4, 9]]) { try $0[0].topK(3, axis: -1).values },
    OperationCase("topk smallest", [[9, 2]]) { try $0[0].topK(2, axis: 0, isLargest: false).values },
    OperationCase("kth_value", [[4, 5]]) { try $0[0].kthValue(2, axis: 0) },
    OperationCase("median", [[4, 5]]) { try $0[0].median(axis: 1, keepAxis: true) },
    OperationCase("median of all", [[2, 3]]) { try $0[0].median() },
    OperationCase("quantile", [[3, 8]]) { try $0[0].quantile(0.3, axis: 1) },
    OperationCase("max of two axes", [[2, 3, 4]]) { try $0[0].max(axes: [0, 2]) },
    OperationCase("max of columns", [[5, 20]]) { try $0[0].max(axis: 0) },
    OperationCase("min of images", [[2, 3, 4, 4]]) { try $0[0].min(axes: [0, 2, 3], keepAxes: true) },
  ]

  static let accumulations: [OperationCase] = [
    OperationCase("cumsum", [[3, 5]]) { try $0[0].cumulativeSum(axis: 1) },
    OperationCase("cumsum of columns", [[4, 2, 2]]) { try $0[0].cumulativeSum(axis: 0) },
    OperationCase("prod", [[3, 4]]) { try $0[0].product(axes: [1]) },
    OperationCase("prod of all", [[2, 3]]) { try $0[0].product() },
    OperationCase("std", [[3, 4]]) { try $0[0].standardDeviation(axes: [0], isUnbiased: true) },
    OperationCase("std of all", [[7]]) { try $0[0].standardDeviation(keepAxes: true) },
    OperationCase("norm of rows", [[3, 4]]) { try $0[0].norm(axes: [1], keepAxes: true) },
    OperationCase("norm of columns", [[3, 4]]) { try $0[0].norm(axes: [0]) },
  ]

  static let places: [OperationCase] = [
    OperationCase("gather along rows", [[3, 4]]) {
      try $0[0].gather(along: 1, Tensor(labels: [3, 3, 0, 1, 0, 0], shape: [3, 2]))
    },
    OperationCase("gather along columns", [[3, 2, 2]]) {
      try $0[0].gather(along: 0, Tensor(labels: [0, 2, 2, 2], shape: [1, 2, 2]))
    },
    OperationCase("select_where rows", [[3, 2]]) { try $0[0].select(where: Tensor([Float(1), 0, 1])) },
    OperationCase("select_where elements", [[2, 2]]) {
      try $0[0].select(where: Tensor([Float(0), 1, 1, 0], shape: [2, 2]))
    },
    OperationCase("flip", [[2, 3, 2]]) { try $0[0].flip(axes: [0, -1]) },
    OperationCase("roll", [[2, 5]]) { try $0[0].roll(-7, axis: 1) },
    OperationCase("pad", [[2, 3]]) { try $0[0].pad(axis: 0, before: 2, after: 1, value: 0.5) },
    OperationCase("pixel_shuffle", [[2, 8, 2, 3]]) { try $0[0].pixelShuffle(2) },
    OperationCase("pixel_unshuffle", [[1, 2, 4, 6]]) { try $0[0].pixelUnshuffle(2) },
  ]

  static let powers: [OperationCase] = [
    OperationCase("pow of tensors", [Operand([2, 3], in: 0.3...2), Operand([3])]) { try $0[0].pow($0[1]) },
    OperationCase("pow of a number", [[2, 3]]) { try $0[0].raising(1.7) },
    OperationCase("remainder", [Operand([4], in: 2.1...2.9), Operand([4], in: 0.8...1)]) { try $0[0].remainder($0[1]) },
    OperationCase("where with numbers", [[2, 3]]) {
      let zero = try Tensor.full([], 0.25, $0[0].elementType)
      return try $0[0].gt(0).choose($0[0], zero)
    },
    OperationCase("where other", [[4, 3, 2, 2]]) {
      let zero = try Tensor.full([], 0.25, $0[0].elementType)
      return try $0[0].detach().gt(0).choose(zero, $0[0])
    },
  ]

  /// Everything above.
  static let ordered = orders + accumulations + places + powers
}
