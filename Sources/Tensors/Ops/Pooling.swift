import Kernels

/// Pooling of images `[b, c, h, w]`; results are channels last.
extension Tensor {
  /// Takes the largest element of each window.
  ///
  /// - Parameters:
  ///   - kernel: Side of the window.
  ///   - stride: Step of the window; `kernel` if nil.
  ///   - padding: Frame around the image that never wins; at most half of `kernel`.
  /// - Returns: `[b, c, oh, ow]`. The first of equal elements gets the gradient.
  /// - Throws: ``TensorError``.
  public func maxPool2d(kernel: Int, stride: Int? = nil, padding: Int = 0) throws -> Tensor {
    let sizes = try poolShape("max_pool2d", kernel, stride ?? kernel, padding)
    if elementType == .float64 { return try referenceMaxPool(PoolingReference(sizes)) }
    let x = channelsLastCopyIfNeeded
    let y = try Tensor.uninitializedImage([shape[0], shape[1], sizes.outputHeight, sizes.outputWidth], "max_pool2d")
    let places = Places(count: y.count)
    Profiler.measure("max_pool2d", bytes: x.byteCount + 2 * y.byteCount) {
      Kernels.pooling.maximum(sizes, x.floatPointer, y.floatPointer, places.pointer)
    }
    let inputShape = shape
    return Tape.record(
      "max_pool2d", [self], saving: [], y,
      plan: PlanNote(MaximumPoolPlanOperation(shape: sizes), [(self, shape.channelsLastStrides)], y)
    ) { gradient, _ in
      let gy = gradient.channelsLastCopyIfNeeded
      let gx = try Tensor.uninitializedImage(inputShape, "max_pool2d")
      Kernels.pooling.maximumGradient(sizes, gy.floatPointer, places.pointer, gx.floatPointer)
      return [gx]
    }
  }

  /// Takes the mean of each window, padding counted as zeros.
  ///
  /// - Parameters: As for ``maxPool2d(kernel:stride:padding:)``.
  public func averagePool2d(kernel: Int, stride: Int? = nil, padding: Int = 0) throws -> Tensor {
    let sizes = try poolShape("average_pool2d", kernel, stride ?? kernel, padding)
    return try averagePool("average_pool2d", sizes)
  }

  /// Takes the mean of each channel of each image.
  ///
  /// - Returns: `[b, c]` for `[b, c, h, w]` here.
  public func globalAveragePool2d() throws -> Tensor {
    let op = "global_average_pool2d"
    try expectFloat(op)
    try expectRank(op, 4, "images [b, c, h, w] are needed")
    guard shape[2] > 0, shape[3] > 0 else {
      throw TensorError.shape(op: op, got: shape, expected: "images need at least one pixel")
    }
    let sizes = PoolShape(
      batch: shape[0], height: shape[2], width: shape[3], channels: shape[1], kernelHeight: shape[2],
      kernelWidth: shape[3], strideY: 1, strideX: 1)
    return try averagePool(op, sizes).reshape([shape[0], shape[1]])
  }

  private func averagePool(_ op: String, _ sizes: PoolShape) throws -> Tensor {
    let inputShape = shape
    let y: Tensor
    if elementType == .float64 {
      y = PoolingReference(sizes).average(self)
    } else {
      let x = channelsLastCopyIfNeeded
      y = try Tensor.uninitializedImage([shape[0], shape[1], sizes.outputHeight, sizes.outputWidth], op)
      Profiler.measure(op, flops: x.count, bytes: x.byteCount + y.byteCount) {
        Kernels.pooling.average(sizes, x.floatPointer, y.floatPointer)
      }
    }
    return Tape.record(
      op, [self], saving: [], y,
      plan: PlanNote(AveragePoolPlanOperation(shape: sizes), [(self, shape.channelsLastStrides)], y)
    ) { gradient, _ in
      if gradient.elementType == .float64 { return [PoolingReference(sizes).averageGradient(gradient)] }
      let gy = gradient.channelsLastCopyIfNeeded
      let gx = try Tensor.uninitializedImage(inputShape, op)
      Kernels.pooling.averageGradient(sizes, gy.floatPointer, gx.floatPointer)
      return [gx]
    }
  }

  private func referenceMaxPool(_ reference: PoolingReference) throws -> Tensor {
    let (y, places) = reference.maximum(self)
    return Tape.record("max_pool2d", [self], saving: [], y) { gradient, _ in
      [reference.maximumGradient(gradient, places)]
    }
  }

  private func poolShape(_ op: String, _ kernel: Int, _ stride: Int, _ padding: Int) throws -> PoolShape {
    try expectFloat(op)
    try expectRank(op, 4, "images [b, c, h, w] are needed")
    guard 1...Window.limit ~= kernel else {
      throw TensorError.range(op: op, what: "kernel", got: kernel, allowed: 1...Window.limit)
    }
    try Window(stride: stride, padding: padding).check(op)
    guard padding <= kernel / 2 else {
      throw TensorError.range(op: op, what: "padding", got: padding, allowed: 0...(kernel / 2))
    }
    let sizes = PoolShape(
      batch: shape[0], height: shape[2], width: shape[3], channels: shape[1], kernelHeight: kernel,
      kernelWidth: kernel, strideY: stride, strideX: stride, paddingY: padding, paddingX: padding)
    guard sizes.outputHeight > 0, sizes.outputWidth > 0 else {
      throw TensorError.shape(
        op: op, got: shape,
        expected: "a window of \(kernel) x \(kernel) is larger than the image with padding \(padding)")
    }
    return sizes
  }
}

/// Where each window of a maximum pooling found its element.
private final class Places: Sendable {
  private let storage: Storage

  init(count: Int) { storage = Storage(byteCount: count * MemoryLayout<Int32>.stride) }

  var pointer: UnsafeMutablePointer<Int32> { storage.base.assumingMemoryBound(to: Int32.self) }
}
