import Kernels

extension NormalizedConvolutionsPlanOperation {
  /// Adds the step that takes the sums of the output's gradient, and passes the residual's on.
  func addLastSums(
    _ node: PlanNode, _ gy: PlanSlot, _ value: NormalizedValue, _ builder: PlanBuilder
  ) -> NormalizedGradient {
    let index = links.count - 1, rows = links[index].norm.rows, operand = hasResidual ? node.inputs.last : nil
    // Without an activation the sum's gradient is the residual's as it is.
    let isPassed = value.activation == .none
    let r = isPassed ? nil : operand.map { builder[$0] }, sink = isPassed ? nil : operand.map { builder.sink(for: $0) }
    let gz = sink?.slot, mixing = makeMixing(node, index, builder)
    builder.step(
      Self.stepName, reads: value.reads + [gy, value.inverseDeviation] + [r].compactMap(\.self),
      writes: mixing.writes + [gz].compactMap(\.self), inPlace: gz.map { [($0, gy)] } ?? []
    ) { memory in
      let (source, g, result) = (value.bind(memory), Input(memory[gy]), gz.map { memory[$0] })
      let (residual, mix) = (r.map { Input(memory[$0]) }, mixing.bind(memory, source, rows))
      return { _ in
        source.writeSums(
          from: 0, rows: rows, g, residual: residual, gz: result, products: mix.products, sums: mix.sums)
        mix.finish()
      }
    }
    mixing.finish()
    if let sink { sink.finish() } else if let operand { builder.contribute(to: operand, same: gy) }
    return NormalizedGradient(
      slot: gz ?? gy, activation: gz == nil ? value.activation : .none, slope: mixing.slope, offset: mixing.offset)
  }

  private func makeMixing(_ node: PlanNode, _ index: Int, _ builder: PlanBuilder) -> NormalizationMixing {
    let c = links[index].norm.channels, parameters = parameters(node, index)
    return NormalizationMixing(
      gamma: builder.sink(for: parameters.gamma, orOf: c), beta: builder.sink(for: parameters.beta, orOf: c),
      slope: builder.buffer(c), offset: builder.buffer(c))
  }

  /// Adds the gradients of a convolution's weight and input, and the sums of the normalization before it.
  ///
  /// - Returns: The gradient of the value before; nil for the first convolution.
  func addGradients(
    _ node: PlanNode, _ index: Int, _ gradient: NormalizedGradient, _ values: [NormalizedValue], _ builder: PlanBuilder
  ) -> NormalizedGradient? {
    let source = index == 0 ? nil : values[index - 1], x = source?.slot ?? builder[node.inputs[0]]
    let passes = links[index].passes(builder, flops: 2 * links[index].flops + 10 * links[index].norm.rows)
    let runs = passes.normalizedRuns
    let input =
      source.map { _ in PlanSink(slot: builder.buffer(passes.shape.batch * passes.inputSize)) }
      ?? (node.inputs[0].needsGradient ? builder.sink(for: node.inputs[0]) : nil)
    let weight = builder.sink(for: parameters(node, index).weight)
    let parts = builder.buffer(PlanConvolution.lines(passes.weightCount) * runs.count)
    let sums = source.map { builder.buffer(2 * PlanConvolution.lines($0.channels) * runs.count) }
    let run = NormalizedGradientRun(
      passes: passes, runs: runs, gradient: gradient, value: values[index], source: source, x: x, gx: input?.slot,
      startsAtEnd: (links.count - index) % 2 == 1, parts: parts, sums: sums)
    run.add(builder, builder[parameters(node, index).weight])
    run.addWeightSum(builder, weight.slot)
    weight.finish()
    if source == nil { input?.finish() }
    guard let source, let input, let sums else { return nil }
    let mixing = makeMixing(node, index - 1, builder), rows = links[index - 1].norm.rows
    mixing.addSum(builder, sums, runs.count, source, rows)
    mixing.finish()
    return NormalizedGradient(
      slot: input.slot, activation: source.activation.isCostly ? .none : source.activation, slope: mixing.slope,
      offset: mixing.offset)
  }
}

/// Where the sums of a normalization's gradient go, and what is made of them.
private struct NormalizationMixing {
  let gamma: PlanSink, beta: PlanSink
  let slope: PlanSlot, offset: PlanSlot

  var writes: [PlanSlot] { [gamma.slot, beta.slot, slope, offset] }

  /// The places of the sums, and what to call when they are there.
  func bind(
    _ memory: PlanMemory, _ value: BoundNormalizedValue, _ rows: Int
  ) -> (products: Output, sums: Output, finish: () -> Void) {
    let (products, sums, slope, offset) = (memory[gamma.slot], memory[beta.slot], memory[slope], memory[offset])
    return (
      products, sums,
      {
        Kernels.fused.normalizationMixing(
          products, sums, value.inverseDeviation, value.scale, rows, value.channels, products, slope, offset)
      }
    )
  }

  /// Adds the step that adds up the sums of all runs.
  func addSum(_ builder: PlanBuilder, _ parts: PlanSlot, _ count: Int, _ value: NormalizedValue, _ rows: Int) {
    let c = value.channels, size = PlanConvolution.lines(c)
    builder.step(
      NormalizedConvolutionsPlanOperation.stepName, reads: [parts, value.inverseDeviation, value.scale], writes: writes
    ) { memory in
      let (from, mix) = (memory[parts], bind(memory, value.bind(memory), rows))
      return { _ in
        mix.products.update(from: from, count: c)
        mix.sums.update(from: from + size, count: c)
        for run in 1..<Swift.max(count, 1) {
          Kernels.elementwise.axpy(1, from + run * 2 * size, mix.products, c)
          Kernels.elementwise.axpy(1, from + (run * 2 + 1) * size, mix.sums, c)
        }
        mix.finish()
      }
    }
  }

  func finish() {
    gamma.finish()
    beta.finish()
  }
}

/// The backward pass of one convolution between normalizations, a run of images at a time.
private struct NormalizedGradientRun: Sendable {
  let passes: PlanConvolution
  let runs: [Range<Int>]
  let gradient: NormalizedGradient
  let value: NormalizedValue
  /// The value that the convolution reads; nil if it reads `x` as it is.
  let source: NormalizedValue?
  let x: PlanSlot
  /// Where the gradient of what it reads goes, if wanted.
  let gx: PlanSlot?
  /// Whether the last run comes first.
  let startsAtEnd: Bool
  /// Room for each run's gradient of the weight.
  let parts: PlanSlot
  /// Room for each run's sums of the gradient of the source.
  let sums: PlanSlot?

  private var weightMethod: ConvolutionMethod { passes.method(.weightGradient) }
  private var inputMethod: ConvolutionMethod { passes.method(.inputGradient) }
  private var weightSize: Int { PlanConvolution.lines(passes.weightCount) }

  /// Floats of a run's gradient before the normalization, and of the values that the convolution reads.
  private func gradientSpace(_ part: ConvolutionShape) -> Int { PlanConvolution.lines(part.batch * passes.outputSize) }
  private func sourceSpace(_ part: ConvolutionShape) -> Int {
    source == nil ? 0 : PlanConvolution.lines(part.batch * passes.inputSize)
  }

  func add(_ builder: PlanBuilder, _ w: PlanSlot) {
    let name = NormalizedConvolutionsPlanOperation.stepName
    let weights = gx.map { _ in passes.addPreparation(builder, name, .inputGradient, inputMethod, w) }
    let methods = (weightMethod, inputMethod)
    passes.addRuns(
      builder, name, runs, startsAtEnd: startsAtEnd,
      workspace: { part in
        gradientSpace(part) + sourceSpace(part)
          + Swift.max(
            Kernels.convolution.workspace(part, .weightGradient, methods.0),
            Kernels.convolution.workspace(part, .inputGradient, methods.1))
      },
      reads: gradient.reads + value.reads + [x] + (source?.reads ?? []) + [weights].compactMap(\.self),
      writes: [parts, gx, sums].compactMap(\.self)
    ) { memory in
      bind(memory, weights)
    }
  }

  private func bind(_ memory: PlanMemory, _ weights: PlanSlot?) -> PlanConvolution.Pass {
    let (before, reads) = (gradient.bind(memory, value), source?.bind(memory))
    nonisolated(unsafe) let (input, results) = (Input(memory[x]), memory[parts])
    nonisolated(unsafe) let (w, target) = (weights.map { Input(memory[$0]) }, gx.map { memory[$0] })
    nonisolated(unsafe) let totals = sums.map { memory[$0] }
    let keepsInner = source?.activation.isCostly ?? false
    let (weightMethod, inputMethod, length) = (weightMethod, inputMethod, runs.first?.count ?? 1)
    return { [self] first, part, workspace in
      let index = first / length, offset = first * passes.inputSize
      let copied = workspace + gradientSpace(part), space = copied + sourceSpace(part)
      let rows = part.batch * part.height * part.width
      before(first * passes.outputSize, PlanConvolution.rows(part), workspace)
      reads?.write(from: offset, rows: rows, to: copied)
      Kernels.convolution.weightGradient(
        part, weightMethod, reads == nil ? input + offset : Input(copied), workspace, results + index * weightSize,
        space)
      guard let w, let target else { return }
      Kernels.convolution.inputGradient(part, inputMethod, workspace, w, target + offset, space)
      guard let reads, let totals else { return }
      let size = PlanConvolution.lines(reads.channels), own = totals + index * 2 * size
      reads.writeSums(
        from: offset, rows: rows, target + offset, gz: keepsInner ? target + offset : nil, products: own,
        sums: own + size)
    }
  }

  /// Adds the step that adds up the weight's gradients of all runs.
  func addWeightSum(_ builder: PlanBuilder, _ gw: PlanSlot) {
    let (count, size, runs) = (passes.weightCount, weightSize, runs.count)
    builder.step(
      NormalizedConvolutionsPlanOperation.stepName, reads: [parts], writes: [gw], flops: count * (runs - 1)
    ) { memory in
      let (from, sum) = (memory[parts], memory[gw])
      return { _ in
        sum.update(from: from, count: count)
        for run in 1..<Swift.max(runs, 1) { Kernels.elementwise.axpy(1, from + run * size, sum, count) }
      }
    }
  }
}
