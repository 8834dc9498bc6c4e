import Kernels

/// The three passes of a convolution as steps, each cut into the runs of images that the tape cuts.
struct PlanConvolution: Sendable {
  let shape: ConvolutionShape
  let flops: Int
  let preference: ConvolutionPreference

  var inputSize: Int { shape.height * shape.width * shape.inputChannels }
  var outputSize: Int { shape.outputHeight * shape.outputWidth * shape.outputChannels }
  var weightCount: Int {
    shape.kernelHeight * shape.kernelWidth * shape.inputChannels / shape.groups * shape.outputChannels
  }

  func addForward(
    _ builder: PlanBuilder, _ name: String, _ x: PlanSlot, _ w: PlanSlot, _ bias: PlanSlot?, _ y: PlanSlot
  ) {
    let method = method(.forward), weights = addPreparation(builder, name, .forward, method, w)
    addRuns(builder, name, .forward, method, reads: [x, weights] + [bias].compactMap(\.self), writes: [y]) { memory in
      nonisolated(unsafe) let (x, w, y) = (memory[x], memory[weights], memory[y])
      nonisolated(unsafe) let b = bias.map { UnsafePointer(memory[$0]) }
      return { first, part, workspace in
        Kernels.convolution.forward(part, method, x + first * inputSize, w, b, y + first * outputSize, workspace)
      }
    }
  }

  /// Adds the forward pass without a bias, and what `finish` does to each run of images while it is in the cache.
  func addForward(
    _ builder: PlanBuilder, _ name: String, _ x: PlanSlot, _ w: PlanSlot, _ y: PlanSlot, reading others: [PlanSlot],
    writing results: [PlanSlot],
    finish: @escaping (PlanMemory) -> @Sendable (_ first: Int, _ part: ConvolutionShape) -> Void
  ) {
    let method = method(.forward), weights = addPreparation(builder, name, .forward, method, w)
    addRuns(
      builder, name, cachedRuns(method, builder.threads),
      workspace: { Kernels.convolution.workspace($0, .forward, method) },
      reads: [x, weights] + others, writes: [y] + results
    ) { memory in
      nonisolated(unsafe) let (x, w, y) = (memory[x], memory[weights], memory[y])
      let finish = finish(memory)
      return { first, part, workspace in
        Kernels.convolution.forward(part, method, x + first * inputSize, w, nil, y + first * outputSize, workspace)
        finish(first, part)
      }
    }
  }

  /// Adds the forward pass without a bias to memory that only `finish` reads, a run of images at a time.
  func addForwardToScratch(
    _ builder: PlanBuilder, _ name: String, _ x: PlanSlot, _ w: PlanSlot, reading others: [PlanSlot],
    writing results: [PlanSlot],
    finish: @escaping (PlanMemory) -> @Sendable (_ first: Int, _ part: ConvolutionShape, _ scratch: Output) -> Void
  ) {
    let method = method(.forward), weights = addPreparation(builder, name, .forward, method, w)
    let size = outputSize
    addRuns(
      builder, name, cachedRuns(method, builder.threads),
      workspace: { ($0.batch * size + 15) / 16 * 16 + Kernels.convolution.workspace($0, .forward, method) },
      reads: [x, weights] + others, writes: results
    ) { memory in
      nonisolated(unsafe) let (x, w) = (memory[x], memory[weights])
      let finish = finish(memory)
      return { first, part, workspace in
        let rest = workspace + (part.batch * size + 15) / 16 * 16
        Kernels.convolution.forward(part, method, x + first * inputSize, w, nil, workspace, rest)
        finish(first, part, workspace)
      }
    }
  }

  /// Runs of images whose output stays in the cache, but not so short that reading the weights for each would count.
  private func cachedRuns(_ method: ConvolutionMethod, _ threads: Int) -> [Range<Int>] {
    let weights = Kernels.convolution.preparedCount(shape, .forward, method)
    let length = Swift.max(1, Swift.max(Self.cachedCount, 2 * weights) / Swift.max(outputSize, 1))
    let longest = ConvolutionPasses(shape: shape).imageRuns(.forward, method, threads: threads).first?.count ?? 1
    let step = Swift.min(length, longest)
    return stride(from: 0, to: shape.batch, by: step).map { $0..<Swift.min($0 + step, shape.batch) }
  }

  /// Floats of output that stay in the cache beside the weights: a quarter of a mebibyte.
  private static let cachedCount = 1 << 16

  func addInputGradient(_ builder: PlanBuilder, _ name: String, _ gy: PlanSlot, _ w: PlanSlot, _ gx: PlanSlot) {
    let method = method(.inputGradient)
    let weights = addPreparation(builder, name, .inputGradient, method, w)
    addRuns(builder, name, .inputGradient, method, reads: [gy, weights], writes: [gx]) { memory in
      nonisolated(unsafe) let (gy, w, gx) = (memory[gy], memory[weights], memory[gx])
      return { first, part, workspace in
        Kernels.convolution.inputGradient(
          part, method, gy + first * outputSize, w, gx + first * inputSize, workspace)
      }
    }
  }

  func addWeightGradient(_ builder: PlanBuilder, _ name: String, _ x: PlanSlot, _ gy: PlanSlot, _ gw: PlanSlot) {
    let method = method(.weightGradient)
    let runs = ConvolutionPasses(shape: shape).imageRuns(.weightGradient, method)
    let count = weightCount, size = (count + 15) / 16 * 16
    let parts = builder.buffer(size * (runs.count - 1))
    let length = runs.first?.count ?? 1
    addRuns(builder, name, .weightGradient, method, reads: [x, gy], writes: [gw, parts]) { memory in
      nonisolated(unsafe) let (x, gy, gw, rest) = (memory[x], memory[gy], memory[gw], memory[parts])
      return { first, part, workspace in
        let index = first / length
        Kernels.convolution.weightGradient(
          part, method, x + first * inputSize, gy + first * outputSize, index == 0 ? gw : rest + (index - 1) * size,
          workspace)
      }
    }
    guard runs.count > 1 else { return }
    builder.step("add", reads: [parts, gw], writes: [gw], flops: count * (runs.count - 1)) { memory in
      let (sum, rest) = (memory[gw], memory[parts])
      return { _ in
        for index in 0..<runs.count - 1 { Kernels.elementwise.axpy(1, rest + index * size, sum, count) }
      }
    }
  }

  func method(_ pass: ConvolutionPass) -> ConvolutionMethod {
    Kernels.convolution.method(shape, pass, preference)
  }

  /// Makes the weights ready for a pass, once for all runs of images.
  func addPreparation(
    _ builder: PlanBuilder, _ name: String, _ pass: ConvolutionPass, _ method: ConvolutionMethod, _ w: PlanSlot
  ) -> PlanSlot {
    let shape = shape, prepared = builder.buffer(Kernels.convolution.preparedCount(shape, pass, method))
    builder.preparation("\(name) weights", reads: [w], writes: [prepared]) { memory in
      let (weights, ready) = (memory[w], memory[prepared])
      return { _ in Kernels.convolution.prepare(shape, pass, method, weights, ready) }
    }
    return prepared
  }

  typealias Pass = @Sendable (_ first: Int, _ part: ConvolutionShape, _ workspace: Output) -> Void

  private func addRuns(
    _ builder: PlanBuilder, _ name: String, _ pass: ConvolutionPass, _ method: ConvolutionMethod, reads: [PlanSlot],
    writes: [PlanSlot], bind: @escaping (PlanMemory) -> Pass
  ) {
    addRuns(
      builder, name, ConvolutionPasses(shape: shape).imageRuns(pass, method, threads: builder.threads),
      workspace: { Kernels.convolution.workspace($0, pass, method) }, reads: reads, writes: writes, bind: bind)
  }

  /// Adds a step that calls what `bind` makes for each run of images, spread over the caller's threads.
  ///
  /// - Parameter startsAtEnd: Whether the last run comes first: what the step before wrote last is still in the cache.
  func addRuns(
    _ builder: PlanBuilder, _ name: String, _ runs: [Range<Int>], startsAtEnd: Bool = false,
    workspace count: (ConvolutionShape) -> Int, reads: [PlanSlot], writes: [PlanSlot],
    bind: @escaping (PlanMemory) -> Pass
  ) {
    let parts = runs.map { shape.images($0.count) }
    let size = parts.map { (count($0) + 15) / 16 * 16 }.max() ?? 0
    let workers = Swift.max(1, Swift.min(builder.threads, runs.count))
    let workspace = builder.buffer(size * workers)
    builder.step(name, reads: reads, writes: writes + [workspace], flops: flops) { memory in
      let body = bind(memory)
      nonisolated(unsafe) let space = memory[workspace]
      return { _ in
        Parallel.forEach(runs.count, workers: workers) { position, worker in
          guard !Interrupt.isRequested else { return }
          let index = startsAtEnd ? runs.count - 1 - position : position
          body(runs[index].lowerBound, parts[index], space + worker * size)
        }
      }
    }
  }
}
