import Testing

@testable import Tensors

@Suite struct RearrangingTests {
  private func ramp(_ shape: Shape) -> Tensor { Tensor((0..<shape.elementCount).map(Double.init), shape: shape) }

  @Test(arguments: [[], [0], [1], [0, 2], [-1, 1, 0]] as [[Int]])
  func `a flip reads backwards`(axes: [Int]) throws {
    let x = ramp([2, 3, 4]), turned = axes.map { $0 < 0 ? $0 + 3 : $0 }
    for source in [
      x, try x.transpose(0, 2).contiguous().transpose(0, 2),
      try x.narrow(axis: 0, start: 1, count: 1).expand([2, 3, 4]),
    ] {
      let y = try source.flip(axes: axes)
      for index in 0..<24 {
        let position = [index / 12, index / 4 % 3, index % 4]
        let mirrored = position.enumerated().map {
          turned.contains($0.offset) ? [2, 3, 4][$0.offset] - 1 - $0.element : $0.element
        }
        #expect(y.element(at: position) == source.element(at: mirrored))
      }
    }
  }

  @Test(arguments: [0, 1, -1, 3, 5, -17, .max, .min], [0, 1])
  func `a roll moves along and around`(shift: Int, axis: Int) throws {
    let x = ramp([3, 5]), size = x.shape[axis]
    let y = try x.roll(shift, axis: axis)
    let moved = (shift % size + size) % size
    for i in 0..<3 {
      for j in 0..<5 {
        let target = axis == 0 ? [(i + moved) % 3, j] : [i, (j + moved) % 5]
        #expect(y.element(at: target) == x.element(at: [i, j]))
      }
    }
  }

  @Test func `a padding surrounds`() throws {
    let x = ramp([2, 2])
    #expect(try x.pad(axis: 1, before: 1, after: 2, value: 9).values == [9, 0, 1, 9, 9, 9, 2, 3, 9, 9])
    #expect(try x.pad(axis: 0, before: 0, after: 1).values == [0, 1, 2, 3, 0, 0])
    #expect(try Tensor(labels: [5]).pad(axis: 0, before: 1, after: 0, value: 7).integers == [7, 5])
    for (before, after) in [(-1, 0), (0, -1), (.max, 0), (.min, 0), (.max, .max)] {
      #expect(throws: TensorError.self) { try x.pad(axis: 0, before: before, after: after) }
    }
    #expect(throws: TensorError.self) { try Tensor(labels: [5]).pad(axis: 0, before: 1, after: 0, value: 0.5) }
  }

  /// The definition of PyTorch's documentation: y[b, c, s h + i, s w + j] = x[b, c s s + i s + j, h, w].
  @Test(arguments: [1, 2, 3])
  func `pixels come from the channels of their place in a block`(scale: Int) throws {
    let x = ramp([2, 2 * scale * scale, 3, 2]), y = try x.pixelShuffle(scale)
    #expect(y.shape == [2, 2, 3 * scale, 2 * scale])
    for b in 0..<2 {
      for c in 0..<2 {
        for (h, w) in (0..<3 * scale).flatMap({ h in (0..<2 * scale).map { (h, $0) } }) {
          let channel = (c * scale + h % scale) * scale + w % scale
          #expect(y.element(at: [b, c, h, w]) == x.element(at: [b, channel, h / scale, w / scale]))
        }
      }
    }
    #expect(try y.pixelUnshuffle(scale).values == x.values)
    #expect(throws: TensorError.self) { try x.pixelShuffle(.max) }
    #expect(throws: TensorError.self) { try x.pixelUnshuffle(.min) }
    #expect(throws: TensorError.self) { try x.pixelUnshuffle(7) }
  }

  @Test func `patterns are what they say`() throws {
    #expect(try Tensor.eye(2, 3).values == [1, 0, 0, 0, 1, 0])
    #expect(try Tensor.eye(0).shape == [0, 0])
    #expect(try Tensor.linspace(-1, 1, count: 5).values == [-1, -0.5, 0, 0.5, 1])
    #expect(try Tensor.linspace(3, 9, count: 1).values == [3])
    #expect(try Tensor.linspace(0.1, 0.7, count: 4, .float64).values.last == 0.7)
    #expect(throws: TensorError.self) { try Tensor.eye(.max) }
    #expect(throws: TensorError.self) { try Tensor.eye(.min) }
    #expect(throws: TensorError.self) { try Tensor.linspace(0, .infinity, count: 2) }
    #expect(throws: TensorError.self) { try Tensor.linspace(0, 1, count: .max) }
  }
}
