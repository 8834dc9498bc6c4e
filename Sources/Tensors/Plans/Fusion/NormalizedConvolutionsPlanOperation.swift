import Kernels

/// Convolutions in a row, each with the normalization of its output by the batch's own moments and an activation; the
/// last may add a residual. Inputs: x, each convolution's weight with the normalization's weight and bias, residual;
/// outputs: y, each normalization's mean and variance.
///
/// Between two convolutions only the values before the normalization are kept. A run of images is normalized while the
/// next convolution reads it, backward too; moments, and the sums that the gradient of a normalization needs, are taken
/// of each run while it is in the cache. So a step moves half of the memory that single operations move. Every other step
/// goes through the batch from its end, where it finds what the step before it wrote last.
struct NormalizedConvolutionsPlanOperation: PlanOperation, Equatable {
  let links: [NormalizedConvolution]
  let hasResidual: Bool

  var name: String {
    let single = Self.stepName + (links.count == 1 ? "" : " x \(links.count)") + (hasResidual ? " + add" : "")
    let activation = links[links.count - 1].activation
    return single + (activation == .none ? "" : " + \(activation.name)")
  }

  static let stepName = "conv2d + batch_norm"

  static func join(_ first: PlanNode, _ chain: [PlanNode]) -> (joined: PlanNode, count: Int)? {
    guard first.operation is ConvolutionPlanOperation else { return nil }
    let nodes = [first] + chain
    var links: [NormalizedConvolution] = [], position = 0
    var inputs = [first.inputs[0]], moments: [PlanOperand] = [], residual: PlanOperand?
    while residual == nil, position + 1 < nodes.count,
      let convolution = nodes[position].operation as? ConvolutionPlanOperation, !convolution.isTransposed,
      nodes[position].inputs.count == 2,
      position == 0 || nodes[position].inputs[0].value == nodes[position - 1].output.value,
      let norm = nodes[position + 1].operation as? BatchNormPlanOperation, nodes[position + 1].needsGradient,
      nodes[position + 1].inputs[0].value == nodes[position].output.value
    {
      let (added, activation, count) = FusedBatchNormPlanOperation.tail(
        of: nodes[position + 1], Array(nodes[(position + 2)...]))
      links.append(NormalizedConvolution(shape: convolution.shape, norm: norm, activation: activation))
      inputs += [nodes[position].inputs[1]] + nodes[position + 1].inputs.dropFirst()
      moments += nodes[position + 1].outputs.dropFirst()
      residual = added
      position += 2 + count
    }
    guard position > 0 else { return nil }
    let operation = Self(links: links, hasResidual: residual != nil)
    return (
      PlanNode(
        operation: operation, inputs: inputs + [residual].compactMap(\.self),
        outputs: [nodes[position - 1].output] + moments), position - 1
    )
  }

  func flops(_ node: PlanNode) -> Int {
    links.reduce(0) { $0 + $1.flops + 8 * $1.norm.rows * $1.norm.channels }
  }

  /// The parameters of a link.
  func parameters(_ node: PlanNode, _ index: Int) -> (weight: PlanOperand, gamma: PlanOperand?, beta: PlanOperand?) {
    var first = 1
    for link in links.prefix(index) { first += 1 + (link.norm.hasWeight ? 1 : 0) + (link.norm.hasBias ? 1 : 0) }
    let norm = links[index].norm
    return (
      node.inputs[first], norm.hasWeight ? node.inputs[first + 1] : nil,
      norm.hasBias ? node.inputs[first + (norm.hasWeight ? 2 : 1)] : nil
    )
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    var value: NormalizedValue?, saved: [PlanSlot] = []
    for index in links.indices {
      let next = makeValue(node, index, builder)
      saved += [next.slot, next.inverseDeviation, next.scale]
      addConvolution(node, index, value, next, builder)
      value = next
    }
    builder.saved = saved
    if let value { addOutput(node, value, builder) }
  }

  private func makeValue(_ node: PlanNode, _ index: Int, _ builder: PlanBuilder) -> NormalizedValue {
    let norm = links[index].norm, c = norm.channels
    return NormalizedValue(
      slot: builder.buffer(norm.rows * c), mean: builder[node.outputs[1 + 2 * index]],
      inverseDeviation: builder.buffer(c), scale: builder.buffer(c),
      shift: parameters(node, index).beta.map { builder[$0] }, channels: c, activation: links[index].activation)
  }

  /// The values that the forward steps left.
  func savedValue(_ node: PlanNode, _ index: Int, _ builder: PlanBuilder) -> NormalizedValue {
    let saved = builder.saved[(3 * index)...]
    return NormalizedValue(
      slot: saved[3 * index], mean: builder[node.outputs[1 + 2 * index]], inverseDeviation: saved[3 * index + 1],
      scale: saved[3 * index + 2], shift: parameters(node, index).beta.map { builder[$0] },
      channels: links[index].norm.channels, activation: links[index].activation)
  }

  /// Adds the steps that convolve `source`, or x if that is nil, and take the moments of the result.
  private func addConvolution(
    _ node: PlanNode, _ index: Int, _ source: NormalizedValue?, _ result: NormalizedValue, _ builder: PlanBuilder
  ) {
    let passes = links[index].passes(builder, flops: links[index].flops + 8 * links[index].norm.rows * result.channels)
    let method = passes.method(.forward), runs = passes.normalizedRuns, length = runs.first?.count ?? 1
    let weights = passes.addPreparation(
      builder, Self.stepName, .forward, method, builder[parameters(node, index).weight])
    let x = source?.slot ?? builder[node.inputs[0]], c = result.channels, size = PlanConvolution.lines(c)
    let moments = builder.buffer(2 * size * runs.count)
    let (inputSize, outputSize) = (passes.inputSize, passes.outputSize)
    let copiedSize = source == nil ? 0 : inputSize
    passes.addRuns(
      builder, Self.stepName, runs, startsAtEnd: index % 2 == 1,
      workspace: {
        PlanConvolution.lines($0.batch * copiedSize) + Kernels.convolution.workspace($0, .forward, method)
      },
      reads: [weights, x] + (source?.reads ?? []), writes: [result.slot, moments]
    ) { memory in
      nonisolated(unsafe) let (w, z, parts) = (memory[weights], memory[result.slot], memory[moments])
      nonisolated(unsafe) let input = Input(memory[x])
      let value = source?.bind(memory)
      return { first, part, workspace in
        let space = workspace + PlanConvolution.lines(part.batch * copiedSize)
        value?.write(from: first * inputSize, rows: part.batch * part.height * part.width, to: workspace)
        Kernels.convolution.forward(
          part, method, value == nil ? input + first * inputSize : Input(workspace), w, nil, z + first * outputSize,
          space)
        let own = parts + first / length * 2 * size
        Kernels.fused.addMoments(z + first * outputSize, PlanConvolution.rows(part), c, 0, own, own + size)
      }
    }
    addMoments(
      node, index, result, moments, rows: runs.map { PlanConvolution.rows(passes.shape.images($0.count)) }, builder)
  }

  /// Adds the step that joins the moments of all runs.
  private func addMoments(
    _ node: PlanNode, _ index: Int, _ value: NormalizedValue, _ moments: PlanSlot, rows: [Int], _ builder: PlanBuilder
  ) {
    let c = value.channels, size = PlanConvolution.lines(c), epsilon = Float(links[index].norm.epsilon)
    let variance = builder[node.outputs[2 + 2 * index]], gamma = parameters(node, index).gamma.map { builder[$0] }
    builder.step(
      Self.stepName, reads: [moments] + [gamma].compactMap(\.self),
      writes: [value.mean, variance, value.inverseDeviation, value.scale]
    ) { memory in
      let (parts, mean, squares) = (memory[moments], memory[value.mean], memory[variance])
      let (inverse, scale) = (memory[value.inverseDeviation], memory[value.scale])
      let weight = gamma.map { Input(memory[$0]) }
      return { _ in
        mean.update(from: parts, count: c)
        squares.update(from: parts + size, count: c)
        var seen = rows[0]
        for run in rows.indices.dropFirst() {
          let part = parts + run * 2 * size
          Kernels.fused.addMoments(of: part, part + size, rows[run], to: mean, squares, seen, c)
          seen += rows[run]
        }
        Kernels.fused.normalizationScale(squares, seen, c, epsilon, weight, inverse, scale)
        Kernels.elementwise.binaryScalar(.divide, squares, Float(seen), squares, c)
      }
    }
  }

  /// Adds the step that normalizes the last link's values, whose moments all of them have to be known for.
  private func addOutput(_ node: PlanNode, _ value: NormalizedValue, _ builder: PlanBuilder) {
    let y = builder[node.output], rows = links[links.count - 1].norm.rows
    let residual = hasResidual ? node.inputs.last.map { builder[$0] } : nil
    builder.step(
      Self.stepName, reads: value.reads + [residual].compactMap(\.self), writes: [y],
      inPlace: residual.map { [(y, $0)] } ?? []
    ) { memory in
      let (source, result, added) = (value.bind(memory), memory[y], residual.map { Input(memory[$0]) })
      return { _ in source.write(from: 0, rows: rows, adding: added, to: result) }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let values = links.indices.map { savedValue(node, $0, builder) }
    var gradient = addLastSums(node, gy, values[values.count - 1], builder)
    for index in links.indices.reversed() {
      guard let before = addGradients(node, index, gradient, values, builder) else { return }
      gradient = before
    }
  }
}
