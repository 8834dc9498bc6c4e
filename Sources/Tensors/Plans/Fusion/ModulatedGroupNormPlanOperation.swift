import Kernels

/// Group normalization, then a factor and a summand for each channel of each image, then an activation: inputs x,
/// weight, bias, factor, summand.
///
/// So a time or a class steers a layer (feature-wise linear modulation). Weight and bias of an image are those of the
/// layer times its factor, plus its summand; each image is normalized with its own.
struct ModulatedGroupNormPlanOperation: PlanOperation, Equatable {
  let norm: GroupNormPlanOperation

  var name: String {
    "group_norm + modulation" + (norm.activation == .none ? "" : " + \(norm.activation.name)")
  }

  /// Joins a product and a sum whose other operands have a number for each channel of each image, and the activation.
  static func join(_ first: PlanNode, _ chain: [PlanNode]) -> (joined: PlanNode, count: Int)? {
    guard var norm = first.operation as? GroupNormPlanOperation, norm.activation == .none, chain.count >= 2,
      let factor = modulation(chain[0], .multiply, of: first.output, norm),
      let summand = modulation(chain[1], .add, of: chain[0].output, norm)
    else { return nil }
    var last = chain[1], count = 2
    if chain.count > 2, let activation = GroupNormPlanOperation.joinable(chain[2]) {
      norm.activation = activation
      (last, count) = (chain[2], 3)
    }
    let joined = PlanNode(
      operation: Self(norm: norm), inputs: first.inputs + [factor, summand], outputs: last.outputs)
    return (joined, count)
  }

  private static func modulation(
    _ node: PlanNode, _ function: BinaryOperation, of value: PlanOperand, _ norm: GroupNormPlanOperation
  ) -> PlanOperand? {
    guard let operation = node.operation as? BinaryPlanOperation, operation.function == function,
      operation.alignment == .groups(norm.batch, rows: norm.pixels, columns: norm.channels),
      node.inputs[0].value == value.value, node.inputs[1].value != value.value
    else { return nil }
    return node.inputs[1]
  }

  func flops(_ node: PlanNode) -> Int { 9 * node.output.count }

  /// Places of what the node reads.
  private struct Slots {
    let x: PlanSlot, weight: PlanSlot?, bias: PlanSlot?, factor: PlanSlot, summand: PlanSlot
    var all: [PlanSlot] { [x, factor, summand] + [weight, bias].compactMap(\.self) }
  }

  private func slots(_ node: PlanNode, _ builder: PlanBuilder) -> Slots {
    let vectors = norm.vectors(node), count = node.inputs.count
    return Slots(
      x: builder[node.inputs[0]], weight: vectors.weight.map { builder[$0] }, bias: vectors.bias.map { builder[$0] },
      factor: builder[node.inputs[count - 2]], summand: builder[node.inputs[count - 1]])
  }

  /// The factor and summand of each channel of one image.
  private struct Vectors {
    let weight: Input?, bias: Input?, factor: Input, summand: Input

    init(_ slots: Slots, _ memory: PlanMemory) {
      weight = slots.weight.map { Input(memory[$0]) }
      bias = slots.bias.map { Input(memory[$0]) }
      (factor, summand) = (Input(memory[slots.factor]), Input(memory[slots.summand]))
    }

    /// Writes what image `b` multiplies by, and adds to, its normalized channels.
    func write(_ b: Int, _ channels: Int, _ gamma: Output, _ beta: Output) {
      for c in 0..<channels {
        let i = b &* channels &+ c
        gamma[c] = (weight?[c] ?? 1) * factor[i]
        beta[c] = (bias?[c] ?? 0) * factor[i] + summand[i]
      }
    }
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (slots, y) = (slots(node, builder), builder[node.output])
    let (mean, inverse) = (builder.buffer(norm.batch * norm.groups), builder.buffer(norm.batch * norm.groups))
    let c = norm.channels, own = builder.buffer(2 * c)
    let workspace = builder.buffer(Kernels.fused.groupNormWorkspace(c))
    builder.saved = [mean, inverse]
    builder.step(
      name, reads: slots.all, writes: [y, mean, inverse, own, workspace], inPlace: [(y, slots.x)], flops: flops(node)
    ) { [norm] memory in
      let (x, result, m, i) = (memory[slots.x], memory[y], memory[mean], memory[inverse])
      let (vectors, gamma, space) = (Vectors(slots, memory), memory[own], memory[workspace])
      return { _ in
        for b in 0..<norm.batch {
          let (start, group) = (b * norm.pixels * c, b * norm.groups)
          vectors.write(b, c, gamma, gamma + c)
          Kernels.fused.groupNormActivation(
            x + start, 1, norm.pixels, c, norm.groups, gamma, gamma + c, Float(norm.epsilon), norm.activation,
            result + start, m + group, i + group, space)
        }
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (slots, saved, c) = (slots(node, builder), builder.saved, norm.channels)
    let (vectors, count) = (norm.vectors(node), node.inputs.count)
    let sinks = [
      builder.sink(for: node.inputs[0]), builder.sink(for: vectors.weight, orOf: c),
      builder.sink(for: vectors.bias, orOf: c), builder.sink(for: node.inputs[count - 2]),
      builder.sink(for: node.inputs[count - 1]),
    ]
    let own = builder.buffer(4 * c), workspace = builder.buffer(Kernels.fused.groupNormWorkspace(c))
    builder.step(
      name, reads: slots.all + saved + [gy], writes: sinks.map(\.slot) + [own, workspace],
      inPlace: [(sinks[0].slot, gy)], flops: 12 * node.output.count
    ) { [norm] memory in
      let (x, g, m, i) = (memory[slots.x], memory[gy], memory[saved[0]], memory[saved[1]])
      let (vectors, gamma, space) = (Vectors(slots, memory), memory[own], memory[workspace])
      let (gx, sums) = (memory[sinks[0].slot], Sums(sinks.dropFirst().map { memory[$0.slot] }))
      return { _ in
        sums.clear(c)
        for b in 0..<norm.batch {
          let (start, group) = (b * norm.pixels * c, b * norm.groups)
          vectors.write(b, c, gamma, gamma + c)
          Kernels.fused.groupNormActivationGradient(
            x + start, g + start, 1, norm.pixels, c, norm.groups, gamma, gamma + c, norm.activation, m + group,
            i + group, gx + start, gamma + 2 * c, gamma + 3 * c, space)
          sums.add(b, c, vectors, gamma + 2 * c, gamma + 3 * c)
        }
      }
    }
    for sink in sinks { sink.finish() }
  }

  /// Where the gradients of the four vectors come together.
  private struct Sums {
    let weight: Output, bias: Output, factor: Output, summand: Output

    init(_ places: [Output]) { (weight, bias, factor, summand) = (places[0], places[1], places[2], places[3]) }

    func clear(_ channels: Int) {
      Kernels.elementwise.fill(0, weight, channels)
      Kernels.elementwise.fill(0, bias, channels)
    }

    /// Takes the gradients of image `b`'s own weight and bias apart.
    func add(_ b: Int, _ channels: Int, _ vectors: Vectors, _ gGamma: Output, _ gBeta: Output) {
      for c in 0..<channels {
        let i = b &* channels &+ c
        weight[c] += gGamma[c] * vectors.factor[i]
        bias[c] += gBeta[c] * vectors.factor[i]
        factor[i] = gGamma[c] * (vectors.weight?[c] ?? 1) + gBeta[c] * (vectors.bias?[c] ?? 0)
        summand[i] = gBeta[c]
      }
    }
  }
}
