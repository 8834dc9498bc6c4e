import Kernels

/// Elements, or whole channels of channels-last images, set to zero at random: the same draws as the tape's.
struct DropoutPlanOperation: PlanOperation, Equatable {
  let name = "dropout"
  let probability: Double
  /// Sizes where channels are dropped as one; nil for elements.
  let images: Images?

  /// Sizes of channels-last images.
  struct Images: Equatable {
    let count: Int, pixels: Int, channels: Int
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, count, probability) = (builder[node.inputs[0]], builder[node.output], node.output.count, probability)
    let draws = images.map { $0.count * $0.channels } ?? count
    let mask = builder.buffer(draws)
    builder.saved = [mask]
    builder.step(name, reads: [x], writes: [y, mask], inPlace: [(y, x)], flops: 4 * draws + count) { memory in
      let (input, output, m) = (memory[x], memory[y], memory[mask])
      return { run in
        run.stream.fillUniform(m, count: draws)
        Kernels.elementwise.scalarBinary(.lessEqual, Float(probability), m, m, draws)
        Kernels.elementwise.binaryScalar(.divide, m, Float(1 - probability), m, draws)
        multiply(input, m, output, count)
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let mask = builder.saved[0], count = node.output.count
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy, mask], writes: [gx], inPlace: [(gx, gy)], flops: count) { memory in
        let (g, m, result) = (memory[gy], memory[mask], memory[gx])
        return { _ in multiply(g, m, result, count) }
      }
    }
  }

  private func multiply(_ x: Input, _ mask: Input, _ y: Output, _ count: Int) {
    guard let images else { return Kernels.elementwise.binary(.multiply, x, mask, y, count) }
    let c = images.channels
    for image in 0..<images.count {
      let start = image * images.pixels * c
      Kernels.elementwise.binaryRows(.multiply, x + start, mask + image * c, y + start, images.pixels, c)
    }
  }
}
