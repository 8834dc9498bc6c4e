public import Tensors

/// Ways to lay a tensor in memory; an operation must give the same numbers for all of them.
public enum MemoryOrder: String, CaseIterable, Sendable {
  case rowMajor
  /// The first axis is innermost.
  case reversed
  /// A view into a larger row-major tensor, with gaps and an offset.
  case gapped
  /// Images as `[b, h, w, c]`.
  case channelsLast
  /// Convolution weights as `[kh, kw, i, o]`.
  case weight

  public func applies(to shape: [Int]) -> Bool {
    switch self {
    case .rowMajor: true
    case .reversed, .gapped: !shape.isEmpty
    case .channelsLast, .weight: shape.count == 4
    }
  }

  /// Makes a tensor of row-major `values` that lies in memory this way.
  public func tensor(_ values: [Double], _ shape: [Int], _ type: ElementType) throws -> Tensor {
    let result = try empty(shape, type)
    _ = try Tape.withoutRecording { try result.copy_(Tensor(values, shape: shape).to(type)) }
    return result
  }

  private func empty(_ shape: [Int], _ type: ElementType) throws -> Tensor {
    switch self {
    case .rowMajor: return try Tensor.zeros(shape, type)
    case .gapped:
      var view = try Tensor.zeros(shape.map { $0 + 2 }, type)
      for axis in shape.indices { view = try view.narrow(axis: axis, start: 1, count: shape[axis]) }
      return view
    case .reversed: return try inOrder(Array(shape.indices.reversed()), shape, type)
    case .channelsLast: return try inOrder([0, 2, 3, 1], shape, type)
    case .weight: return try inOrder([2, 3, 1, 0], shape, type)
    }
  }

  private func inOrder(_ order: [Int], _ shape: [Int], _ type: ElementType) throws -> Tensor {
    try Tensor.uninitialized(shape, type, strides: shape.strides(inMemoryOrder: order)).zerosLike()
  }
}
