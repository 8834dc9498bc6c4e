import Testing

@testable import Tensors

@Suite struct OrderTests {
  /// Numbers with many ties, both zeros, infinities and NaN.
  private func awkward(_ count: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: .script)
    return (0..<count).map { _ in
      switch stream.integer(below: 12) {
      case 0: .nan
      case 1: .infinity
      case 2: -.infinity
      case 3: -0.0
      case 4: 0
      case 5: 1e-42
      case 6: -3e38
      default: Double(stream.integer(below: 9)) - 4.5
      }
    }
  }

  /// A stable sort of positions by the order that the documentation tells.
  private func oracle(_ row: [Double], _ isDescending: Bool) -> [Int] {
    func isBefore(_ a: Double, _ b: Double) -> Bool { b.isNaN ? !a.isNaN : a < b }
    return row.indices.sorted { i, j in
      if isBefore(row[i], row[j]) { return !isDescending }
      if isBefore(row[j], row[i]) { return isDescending }
      return i < j
    }
  }

  @Test(arguments: [1, 2, 7, 47, 48, 49, 300, 3000], [false, true])
  func `sorting is stable with NaN as the largest`(width: Int, isDescending: Bool) throws {
    let values = awkward(3 * width, seed: UInt64(width))
    for type in ElementType.allCases where type.isFloat {
      let x = Tensor(values, shape: [3, width]).to(type)
      let (sorted, positions) = try x.sort(axis: 1, isDescending: isDescending)
      for row in 0..<3 {
        let own = try x.row(row).values, order = oracle(own, isDescending)
        #expect(try positions.row(row).integers == order)
        #expect(try sorted.row(row).values.map(\.bitPattern) == order.map { own[$0].bitPattern })
      }
      let down = try x.transpose(0, 1).argsort(axis: 0, isDescending: isDescending)
      #expect(try down.transpose(0, 1).integers == positions.integers)
    }
  }

  @Test func `whole numbers are sorted beyond what a float can tell apart`() throws {
    let numbers = [Int.max, 1 << 53 + 1, 1 << 53, -1, Int.min, 0, 1 << 53 + 1]
    let (values, positions) = try Tensor(labels: numbers).sort()
    #expect(values.integers == numbers.sorted())
    #expect(positions.integers == [4, 3, 5, 2, 1, 6, 0])
    #expect(try Tensor(bytes: [7, 255, 0, 7]).argsort(isDescending: true).integers == [1, 0, 3, 2])
    #expect(try Tensor(labels: numbers).max().integers == [Int.max])
    #expect(try Tensor(labels: [1 << 53 + 1, 1 << 53]).argmin().integers == [1])
  }

  @Test func `the top elements are the first of the whole order`() throws {
    let x = Tensor(awkward(60, seed: 3), shape: [5, 12])
    for isLargest in [true, false] {
      let (values, positions) = try x.topK(4, axis: 1, isLargest: isLargest)
      let all = try x.sort(axis: 1, isDescending: isLargest)
      #expect(try positions.integers == all.positions.narrow(axis: 1, start: 0, count: 4).integers)
      #expect(values.shape == [5, 4])
    }
    #expect(try x.topK(0, axis: 1).values.shape == [5, 0])
    #expect(throws: TensorError.self) { try x.topK(13, axis: 1) }
    #expect(throws: TensorError.self) { try x.topK(.min, axis: 1) }
    #expect(throws: TensorError.self) { try x.kthValue(0, axis: 1) }
  }

  /// numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], q) of numpy 1.26, method "linear".
  @Test(arguments: [
    (0, 1.0), (0.1, 1.0), (0.25, 1.75), (0.5, 3.5), (0.33, 2.31), (0.9, 6.9), (1, 9),
  ])
  func `quantiles interpolate between neighbours`(share: Double, expected: Double) throws {
    let x = Tensor([3.0, 1, 4, 1, 5, 9, 2, 6])
    #expect(abs(try x.quantile(share).item() - expected) < 1e-12)
    #expect(abs(try x.reshape([2, 4]).t().quantile(share).item() - expected) < 1e-12)
    #expect(abs(try x.to(.float32).quantile(share).item() - expected) < 1e-6)
  }

  @Test func `quantiles of ties, infinities and huge numbers are what they say`() throws {
    #expect(try Tensor([Float(0.1), 0.1, 0.1]).quantile(0.37).floats == [0.1])
    #expect(try Tensor([Float(-3e38), 3e38]).quantile(0.5).item() == 0)
    #expect(try Tensor([1, 2, Double.infinity]).quantile(0.5).item() == 2)
    #expect(try Tensor([1, 2, Double.nan]).quantile(0).item().isNaN)
    #expect(throws: TensorError.self) { try Tensor([1.0]).quantile(1.5) }
    #expect(throws: TensorError.self) { try Tensor([1.0]).quantile(.nan) }
    #expect(throws: TensorError.self) { try Tensor.zeros([0]).quantile(0.5) }
  }

  @Test func `medians along an axis are those of its rows`() throws {
    let x = Tensor(awkward(21, seed: 5).map { $0.isFinite ? $0 : 1 }, shape: [3, 7])
    #expect(try x.median(axis: 1).values == (0..<3).map { try x.row($0).median().item() })
    #expect(try x.median(axis: 0, keepAxis: true).shape == [1, 7])
  }
}

@Suite struct ExtremeTests {
  /// The shapes meet all paths: extremes of rows, of columns, of several axes, of memory in another order.
  @Test(arguments: [[[0]], [[1]], [[2]], [[0, 1]], [[0, 2]], [[1, 2]], [[0, 1, 2]]] as [[[Int]]])
  func `extremes over axes are those of a walk`(_ given: [[Int]]) throws {
    let axes = given[0]
    var values = (0..<120).map { Double($0 * 37 % 23) }
    (values[17], values[80]) = (.nan, -.infinity)
    let whole = Tensor(values, shape: [4, 5, 6])
    for x in [whole, whole.to(.float32), try whole.transpose(0, 2).contiguous().transpose(0, 2)] {
      var expected: [[Int]: (Double, Double)] = [:]
      for index in 0..<120 {
        let position = [index / 30, index / 6 % 5, index % 6], value = values[index]
        let key = position.enumerated().filter { !axes.contains($0.offset) }.map(\.element)
        let (low, high) = expected[key] ?? (.infinity, -.infinity)
        expected[key] = value.isNaN || low.isNaN ? (.nan, .nan) : (min(low, value), max(high, value))
      }
      let sorted = expected.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
      let (least, most) = (try x.min(axes: axes).values, try x.max(axes: axes).values)
      #expect(zip(least, sorted).allSatisfy { $0 == $1.0 || $0.isNaN && $1.0.isNaN })
      #expect(zip(most, sorted).allSatisfy { $0 == $1.1 || $0.isNaN && $1.1.isNaN })
      #expect(
        try x.max(axes: axes, keepAxes: true).shape
          == [4, 5, 6].enumerated().map { axes.contains($0.offset) ? 1 : $0.element })
    }
  }

  @Test(arguments: [[40, 3], [3, 40]], [0, 1])
  func `the first of equal elements takes the gradient`(shape: Shape, axis: Int) throws {
    let x = Tensor((0..<120).map { Float($0 * 37 % 11) }, shape: shape)
    let first = try x.argmax(axis: axis)
    try x.requiresGradient()
    let gradient = try #require(try x.max(axis: axis).sum().backward()[x])
    #expect(try gradient.argmax(axis: axis).integers == first.integers)
    #expect(try gradient.sum().item() == Double(first.count))
  }
}
