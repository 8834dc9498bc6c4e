import TestSupport
import Tensors

/// Small programs whose plans meet what single operations do not: values read several times, views of computed values,
/// conditions, and whole numbers that are computed.
extension OperationCase {
  static let compositions = conditions + lookupsOfComputed + mixtures + chains + unequalViews + modulations

  private static let conditions: [OperationCase] = [
    OperationCase("where with a number", [[3, 4]]) {
      try $0[0].gt(0).choose($0[0].square(), Tensor.full([], 0.5, $0[0].elementType))
    },
    OperationCase("where with a number first", [[3, 4]]) {
      try $0[0].lt(0.5).choose(Tensor.full([], -1, $0[0].elementType), $0[0])
    },
    OperationCase("where with two numbers", [[3, 4]]) {
      let type = $0[0].elementType
      return try $0[0].le(0).choose(Tensor.full([], 2, type), Tensor.full([], 3, type)).mul($0[0])
    },
    OperationCase("where with one condition", [[3, 4], [3, 4]]) { try $0[0].sum().gt(0).choose($0[0], $0[1]) },
    OperationCase("where with a stretched side", [[2, 3], [3], [2, 1]]) { try $0[0].ge(0).choose($0[1], $0[2]) },
    OperationCase("comparisons", [[3, 5], [3, 5]]) {
      let (x, z) = ($0[0], $0[1])
      let less = try x.mul(x.lt(z)).add(z.mul(x.le(z))), more = try x.mul(x.gt(z)).add(z.mul(x.ge(z)))
      return try less.sub(more.mul(0.5)).add(x.mul(x.eq(z))).add(z.mul(x.ne(z)))
    },
    OperationCase("comparisons with a row", [[3, 5], [5]]) { try $0[0].mul($0[0].lt($0[1])).add($0[1].lt($0[0])) },
    OperationCase("comparisons with numbers", [[3, 5]]) {
      let x = $0[0]
      let sides = try x.lt(0.5).add(x.le(-0.5).mul(2)).add(x.gt(1).mul(3)).add(x.ge(-1).mul(4))
      return try x.mul(sides.add(x.eq(0)).add(x.ne(0)))
    },
    OperationCase("maximum with a number", [[3, 4]]) {
      let type = $0[0].elementType
      return try $0[0].maximum(Tensor.full([], -0.3, type)).minimum(Tensor.full([], 0.7, type))
    },
    OperationCase("maximum of equal numbers", [[3, 4]]) { try $0[0].maximum($0[0].mul(1)).minimum($0[0].add(0)) },
  ]

  private static let lookupsOfComputed: [OperationCase] = [
    OperationCase("positions as numbers", [[3, 4]]) {
      try $0[0].mul($0[0].argmax(axis: 1).to($0[0].elementType).unsqueeze(1))
    },
    OperationCase("rows of the largest", [[3, 4]]) { try $0[0].gather($0[0].argmax(axis: 0)) },
    OperationCase("rows of the smallest", [[3, 2, 2]]) { try $0[0].gather($0[0].argmin(axis: 0).flatten()) },
    OperationCase("pick of the largest", [[3, 4]]) { try $0[0].pick($0[0].argmax(axis: 1)) },
    OperationCase("cross_entropy of its own labels", [[3, 4]]) {
      try $0[0].crossEntropy(labels: $0[0].argmax(axis: 1))
    },
    OperationCase("rows of computed numbers", [[4, 2], [3, 2]]) {
      let indices = try $0[1].sigmoid().mul(3).to(.int64)
      return try $0[0].embedding(indices.t().contiguous())
    },
    OperationCase("one_hot of the largest", [[3, 4]]) {
      try $0[0].mul($0[0].argmax(axis: 1).oneHot(classes: 4).to($0[0].elementType))
    },
    OperationCase("parts of sorted rows", [[3, 6]]) {
      let (values, positions) = try $0[0].sort(axis: 1, isDescending: true)
      return try values.add($0[0].gather(along: 1, positions)).sub($0[0].median(axis: 1, keepAxis: true))
    },
    OperationCase("rows of joined numbers", [[4, 3]]) {
      let indices = try Tensor.concatenate([$0[0].argmax(axis: 0), $0[0].argmin(axis: 0)])
      return try $0[0].gather(indices.narrow(axis: 0, start: 1, count: 4))
    },
  ]

  private static let mixtures: [OperationCase] = [
    OperationCase("one value read often", [[3, 4]]) {
      let x = try $0[0].sin()
      return try x.mul(x).add(x).div(x.square().add(1)).sub(x.dividing(0.1).tanh())
    },
    OperationCase("powers", [Operand([2, 7], in: 0.5...2)]) {
      let x = $0[0]
      return try x.pow(-1.5).add(x.pow(0)).add(x.pow(1)).add(x.pow(3)).add(x.pow(0.5)).sub(x.dividing(3))
    },
    OperationCase("extremes along axes", [[3, 4, 2]]) {
      let x = $0[0]
      return try x.max(axis: 0, keepAxis: true).sub(x.min(axis: 0, keepAxis: true)).mul(x.max(axis: 1, keepAxis: true))
    },
    OperationCase("moments", [[4, 6]], terms: 24) {
      let x = $0[0]
      let deviation = try x.variance(axes: [1], keepAxes: true, isUnbiased: true).add(0.1).sqrt()
      return try x.sub(x.mean(axes: [1], keepAxes: true)).div(deviation).add(x.mean()).add(x.norm())
    },
    OperationCase("attention by hand", [[2, 2, 3, 4], [2, 2, 5, 4], [2, 2, 5, 3]]) {
      let weights = try $0[0].matmul($0[1].transpose(-1, -2)).mul(0.5).softmax()
      return try weights.matmul($0[2]).permute([0, 2, 1, 3]).flatten(from: 2)
    },
    OperationCase("matmul of stretched batches", [[2, 1, 3, 4], [5, 4, 2], [4, 4]]) {
      try $0[0].matmul($0[2]).matmul($0[1]).sum(axes: [1])
    },
    OperationCase("fixed normalization after a convolution", [[2, 3, 4, 4], [4, 3, 3, 3], [4], [4]], terms: 64) {
      let type = $0[0].elementType
      let y = try $0[0].conv2d(weight: $0[1], padding: 1).batchNorm(
        mean: Tensor([0.5, -1, 0, 1] as [Double]).to(type), variance: Tensor([2, 0.25, 1, 0.5] as [Double]).to(type),
        weight: $0[2], bias: $0[3])
      return try y.relu()
    },
    OperationCase("time embedding", [[2, 4, 3, 3], [2, 4], [4], [4]], terms: 36) {
      let shift = try $0[1].sin().reshape([2, 4, 1, 1])
      return try $0[0].groupNorm(groups: 2, weight: $0[2], bias: $0[3]).add(shift).silu()
    },
    OperationCase("binary_cross_entropy of a computed target", [[3, 4], [3, 4]]) {
      try $0[0].binaryCrossEntropyWithLogits($0[1].sigmoid().detach(), reduction: .none)
    },
  ]

  /// Functions of each element that follow each other: plans go through memory once for them.
  static let chains: [OperationCase] = [
    OperationCase("chain of functions", [[3, 700], [3, 700]]) {
      try $0[0].mul(2).sub(0.5).clamp(-1, 1).square().abs().neg().leakyRelu(0.1).relu6().add($0[1])
    },
    OperationCase("chain with a cheap end", [[41], [41], [41]]) {
      try $0[0].add($0[1]).mul($0[2]).subtracted(from: 1).div(3).sub($0[1])
    },
    OperationCase("chain with a costly end", [[41, 60], [41, 60]]) { try $0[0].mul(0.5).sub($0[1]).sigmoid().add(1) },
    OperationCase("chain on the right", [[5, 3], [5, 3]]) {
      try $0[1].mul($0[0].add(1).relu()).add($0[1].sub($0[0].mul(3)))
    },
    OperationCase("chain that meets its start", [[2, 50]]) {
      let x = try $0[0].sin()
      return try x.mul(3).add(x).mul(x).add(2)
    },
    OperationCase("sample of a distribution", [[4, 9], [4, 9], [4, 9]]) {
      try $0[0].add($0[1].mul(0.5).exp().mul($0[2]))
    },
  ]

  /// A number for each channel of each image, where the plan holds the channels of a pixel side by side.
  private static let modulations: [OperationCase] = [
    OperationCase("modulated normalization", [[2, 4, 3, 3], [2, 4], [2, 4], [4], [4]], terms: 36) {
      let (factor, shift) = (try $0[1].add(1).reshape([2, 4, 1, 1]), try $0[2].reshape([2, 4, 1, 1]))
      return try $0[0].groupNorm(groups: 2, weight: $0[3], bias: $0[4]).mul(factor).add(shift).silu()
    },
    OperationCase("modulated normalization alone", [[3, 6, 5, 2], [3, 6, 1, 1], [3, 6, 1, 1]], terms: 60) {
      try $0[0].groupNorm(groups: 3, weight: nil, bias: nil).mul($0[1]).add($0[2])
    },
    OperationCase("modulated normalization with one vector", [[2, 4, 3, 3], [2, 4, 1, 1], [4]], terms: 36) {
      try $0[0].groupNorm(groups: 1, weight: $0[2], bias: nil).mul($0[1]).add($0[1].sin()).relu()
    },
    OperationCase("numbers for the channels of images", [[2, 3, 4, 2], [3, 3, 1, 1], [2, 3, 1, 1]], terms: 24) {
      let y = try $0[0].conv2d(weight: $0[1]), z = $0[2]
      return try y.mul(z).sub(z).div(z.square().add(1)).maximum(z.mul(0.1))
    },
    OperationCase("linear with a residual", [[5, 3], [4, 3], [4], [5, 4]]) {
      try $0[0].linear(weight: $0[1], bias: $0[2]).add($0[3])
    },
    OperationCase("residual of a linear layer", [[5, 4], [4, 4], [4]]) {
      try $0[0].add($0[0].sin().linear(weight: $0[1], bias: $0[2]))
    },
  ]

  private static let unequalViews: [OperationCase] = [
    OperationCase("a part of a table", [[5, 3], [2, 3]]) { try $0[0].narrow(axis: 0, start: 1, count: 2).add($0[1]) },
    OperationCase("parts that overlap", [[6, 3]]) {
      let x = try $0[0].exp()
      return try x.narrow(axis: 0, start: 0, count: 4).mul(x.narrow(axis: 0, start: 2, count: 4))
    },
    OperationCase("parts that leave something out", [[6, 3]]) {
      let x = try $0[0].exp()
      return try x.row(0).mul(x.row(5)).add(x.select(axis: 0, 2))
    },
    OperationCase("all parts", [[2, 3, 4]]) {
      let x = try $0[0].exp()
      return try Tensor.stack((0..<3).map { try x.select(axis: 1, 2 - $0).mul(Double($0 + 1)) }, axis: 2)
    },
    OperationCase("a value joined with itself", [[2, 3], [2, 3]]) {
      let x = try $0[0].exp()
      return try Tensor.concatenate([x, $0[1], x.t().contiguous().t(), x.narrow(axis: 1, start: 1, count: 1)], axis: 1)
    },
    OperationCase("stretched, then used", [[2, 1, 3], [2, 4, 3]]) {
      let x = try $0[0].exp().expand([2, 4, 3])
      return try x.mul($0[1]).add(x.sqrt()).sub(x.softmax(axis: 1)).add(x.contiguous())
    },
    OperationCase("stretched by a product", [[3, 1], [1, 4]]) {
      try $0[0].expand([3, 4]).matmul($0[1].expand([3, 4]).t())
    },
    OperationCase("joined images", [[2, 3, 4, 4], [2, 1, 4, 4], [4, 4, 1, 1]], terms: 32) {
      try Tensor.concatenate([$0[0].relu(), $0[1]], axis: 1).conv2d(weight: $0[2]).maxPool2d(kernel: 2)
    },
  ]
}
