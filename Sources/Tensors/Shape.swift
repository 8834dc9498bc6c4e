/// Sizes along each axis, outermost first; `[]` is a single number.
public typealias Shape = [Int]

extension Shape {
  /// Product of the sizes; the largest integer where it is larger, which no limit lets pass.
  public var elementCount: Int {
    reduce(1) { product, size in
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      return overflow ? .max : next
    }
  }

  /// Strides of a row-major tensor of this shape, in elements.
  public var rowMajorStrides: [Int] {
    var strides = [Int](repeating: 1, count: count)
    for axis in indices.dropLast().reversed() { strides[axis] = strides[axis + 1] &* Swift.max(self[axis + 1], 1) }
    return strides
  }

  /// Strides of an image tensor `[b, c, h, w]` that lies in memory as `[b, h, w, c]`.
  var channelsLastStrides: [Int] { [self[1] * self[2] * self[3], 1, self[3] * self[1], self[1]] }

  /// Strides of a tensor of this shape whose memory is row-major in the order `order` of its axes.
  ///
  /// - Parameter order: The axes, outermost in memory first: `[2, 3, 1, 0]` lays `[o, i, h, w]` as `[h, w, i, o]`.
  public func strides(inMemoryOrder order: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: count), next = 1
    for axis in order.reversed() {
      strides[axis] = next
      next &*= Swift.max(self[axis], 1)  // a shape that no memory holds is refused where memory is asked for
    }
    return strides
  }

  /// Returns the shape that both shapes stretch to, or nil where they do not fit.
  ///
  /// Axes are aligned at the end; a missing axis or one of size 1 stretches.
  public static func broadcast(_ a: Shape, _ b: Shape) -> Shape? {
    if a == b { return a }
    var result = a.count >= b.count ? a : b
    for back in stride(from: 1, through: Swift.min(a.count, b.count), by: 1) {
      let x = a[a.count - back], y = b[b.count - back]
      guard x == y || x == 1 || y == 1 else { return nil }
      result[result.count - back] = x == 1 ? y : x
    }
    return result
  }
}
