import Kernels

/// The three computations of a 2-d convolution, on tensors, unseen by the tape.
///
/// Images are `[b, c, h, w]` and weights `[o, c / groups, kh, kw]`, in any memory order.
struct ConvolutionPasses: Sendable {
  let shape: ConvolutionShape

  private var inputShape: Shape { [shape.batch, shape.inputChannels, shape.height, shape.width] }
  private var outputShape: Shape { [shape.batch, shape.outputChannels, shape.outputHeight, shape.outputWidth] }
  private var weightShape: Shape {
    [shape.outputChannels, shape.inputChannels / shape.groups, shape.kernelHeight, shape.kernelWidth]
  }

  /// Memory order `[kh, kw, c / groups, o]`, which the kernels read.
  private var weightStrides: [Int] { weightShape.strides(inMemoryOrder: [2, 3, 1, 0]) }

  func forward(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?, op: String) throws -> Tensor {
    if x.elementType == .float64 { return try ConvolutionReference(shape).forward(x, weight, bias) }
    let y = try Tensor.uninitializedImage(outputShape, op)
    let (input, b) = (x.channelsLastCopyIfNeeded, bias?.contiguousCopyIfNeeded())
    try measured("conv2d") {
      let (method, w) = prepared(.forward, weight)
      try forEachRunOfImages(.forward, method) { run, part, workspace in
        Kernels.convolution.forward(
          part, method, input.image(run), w.pointer, b.map { UnsafePointer($0.floatPointer) }, y.image(run), workspace)
      }
    }
    return y
  }

  func inputGradient(_ gy: Tensor, _ weight: Tensor, op: String) throws -> Tensor {
    if gy.elementType == .float64 { return try ConvolutionReference(shape).inputGradient(gy, weight) }
    let gx = try Tensor.uninitializedImage(inputShape, op)
    let gradient = gy.channelsLastCopyIfNeeded
    try measured("conv2d to input") {
      let (method, w) = prepared(.inputGradient, weight)
      try forEachRunOfImages(.inputGradient, method) { run, part, workspace in
        Kernels.convolution.inputGradient(part, method, gradient.image(run), w.pointer, gx.image(run), workspace)
      }
    }
    return gx
  }

  /// The gradient of the weight, in the memory order that the kernels read.
  func weightGradient(_ x: Tensor, _ gy: Tensor) throws -> Tensor {
    if gy.elementType == .float64 { return try ConvolutionReference(shape).weightGradient(x, gy) }
    let (input, gradient) = (x.channelsLastCopyIfNeeded, gy.channelsLastCopyIfNeeded)
    return try Profiler.measure("conv2d to weight", flops: flops, bytes: byteCount) {
      try weightGradient(image: input, gradient: gradient)
    }
  }

  private func weightGradient(image input: Tensor, gradient: Tensor) throws -> Tensor {
    let method = Kernels.convolution.method(shape, .weightGradient, ConvolutionMode.current.preference)
    let runs = imageRuns(.weightGradient, method)
    let parts = try runs.map { _ in try Tensor.uninitialized(weightShape, strides: weightStrides) }
    Parallel.forEach(runs.count) { index in
      guard !Interrupt.isRequested else { return }
      let part = shape.images(runs[index].count)
      let workspace = Workspace(floats: Kernels.convolution.workspace(part, .weightGradient, method))
      Kernels.convolution.weightGradient(
        part, method, input.image(runs[index]), gradient.image(runs[index]), parts[index].floatPointer,
        workspace.pointer)
    }
    try Interrupt.check()
    guard let sum = parts.first else {
      return try Tensor.uninitialized(weightShape, strides: weightStrides).zerosLike()
    }
    for part in parts.dropFirst() { Kernels.elementwise.axpy(1, part.floatPointer, sum.floatPointer, sum.count) }
    return sum
  }

  /// The method of a pass over the whole batch, and the weights made ready for it: once, however the batch is cut.
  private func prepared(_ pass: ConvolutionPass, _ weight: Tensor) -> (ConvolutionMethod, Workspace) {
    let method = Kernels.convolution.method(shape, pass, ConvolutionMode.current.preference)
    let space = Workspace(floats: Kernels.convolution.preparedCount(shape, pass, method))
    // A copy that nothing names could be gone before the kernel reads it, and its memory another thread's.
    withExtendedLifetime(weight.laidOut(weightStrides)) {
      Kernels.convolution.prepare(shape, pass, method, $0.floatPointer, space.pointer)
    }
    return (method, space)
  }

  /// Runs one pass of the convolution as an operation of the profile; all three have the same products.
  ///
  /// The products of the definition count, also where a method gets by with fewer.
  private func measured(_ name: String, _ body: () throws -> Void) rethrows {
    try Profiler.measure(name, flops: flops, bytes: byteCount, body)
  }

  private var flops: Int { 2 * shape.batch * productsPerImage }

  private var byteCount: Int {
    4 * (inputShape.elementCount + outputShape.elementCount + weightShape.elementCount)
  }

  private var productsPerImage: Int {
    shape.outputHeight * shape.outputWidth * shape.inputChannels * weightShape.dropFirst(2).reduce(1, *)
      * shape.outputChannels / shape.groups
  }

  /// Calls `body` for runs of images that cover the batch, spread over the caller's threads.
  private func forEachRunOfImages(
    _ pass: ConvolutionPass, _ method: ConvolutionMethod,
    _ body: @Sendable (_ run: Range<Int>, _ shape: ConvolutionShape, _ workspace: UnsafeMutablePointer<Float>) -> Void
  ) throws {
    let runs = imageRuns(pass, method)
    Parallel.forEach(runs.count) { index in
      guard !Interrupt.isRequested else { return }
      let part = shape.images(runs[index].count)
      let workspace = Workspace(floats: Kernels.convolution.workspace(part, pass, method))
      body(runs[index], part, workspace.pointer)
    }
    try Interrupt.check()
  }

  /// Cuts the batch into equal runs of a few milliseconds each.
  ///
  /// By the sizes alone where the runs' results are added up; elsewhere each image has the same bits in any run, and
  /// there is work for each thread.
  func imageRuns(
    _ pass: ConvolutionPass, _ method: ConvolutionMethod, threads: Int = Parallel.threads
  ) -> [Range<Int>] {
    // Each run of the weight pass costs a weight-sized sum, and each run of tiles reads weights four times as large:
    // their runs are longer.
    let work = pass == .weightGradient || method == .winograd ? 1 << 30 : 1 << 28
    let longest = Swift.max(1, (method == .winograd ? 2 : 1) * work / Swift.max(productsPerImage, 1))
    let atLeast = pass == .weightGradient ? 1 : threads
    let runs = Swift.max((shape.batch + longest - 1) / longest, Swift.min(atLeast, shape.batch))
    let length = runs == 0 ? 1 : (shape.batch + runs - 1) / runs
    return stride(from: 0, to: shape.batch, by: length).map { $0..<Swift.min($0 + length, shape.batch) }
  }
}

extension ConvolutionShape {
  /// The same convolution of another number of images.
  func images(_ count: Int) -> ConvolutionShape {
    ConvolutionShape(
      batch: count, height: height, width: width, inputChannels: inputChannels, outputChannels: outputChannels,
      kernelHeight: kernelHeight, kernelWidth: kernelWidth, strideY: strideY, strideX: strideX, paddingY: paddingY,
      paddingX: paddingX, groups: groups)
  }
}

extension Tensor {
  /// First element of the first image of a run.
  fileprivate func image(_ run: Range<Int>) -> UnsafeMutablePointer<Float> {
    floatPointer + run.lowerBound * (count / Swift.max(shape[0], 1))
  }
}
