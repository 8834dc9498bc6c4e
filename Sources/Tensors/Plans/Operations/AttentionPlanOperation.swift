import Kernels

/// Scaled dot-product attention of several heads: inputs query, key, value, each of which may be columns of a wider
/// matrix.
struct AttentionPlanOperation: PlanOperation, Equatable {
  let name = "attention"
  let sizes: AttentionSizes

  /// Notes attention of tensors whose rows have their elements side by side.
  static func note(_ sizes: AttentionSizes, _ query: Tensor, _ key: Tensor, _ value: Tensor, _ y: Tensor) -> PlanNote {
    PlanNote(
      Self(sizes: sizes), [query, key, value].map { ($0, $0.strides[2] == 1 ? nil : $0.shape.rowMajorStrides) }, y)
  }

  func flops(_ node: PlanNode) -> Int { 4 * sizes.batch * sizes.queries * sizes.keys * sizes.embedding }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let inputs = node.inputs.map { (slot: builder[$0], strides: $0.strides) }
    let (y, output) = (builder[node.output], node.output), sizes = sizes
    let weights = builder.buffer(sizes.heads * sizes.batch * sizes.queries * sizes.keys)
    let workers = Swift.max(1, Swift.min(builder.threads, sizes.batch * sizes.heads))
    let workspace = builder.buffer(sizes.workspaceCount * workers)
    builder.saved = [weights]
    builder.step(
      name, reads: inputs.map(\.slot), writes: [y, weights, workspace], flops: flops(node)
    ) { memory in
      let rows = inputs.map { AttentionRows(memory[$0.slot], $0.strides) }
      let result = AttentionRows(memory[y], output.strides)
      nonisolated(unsafe) let (p, space) = (memory[weights], memory[workspace])
      return { _ in
        Parallel.forEach(sizes.batch * sizes.heads, workers: workers) { index, worker in
          guard !Interrupt.isRequested else { return }
          sizes.forward(index, rows[0], rows[1], rows[2], p, result, space + worker * sizes.workspaceCount)
        }
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let inputs = node.inputs.map { (slot: builder[$0], strides: $0.strides) }
    let weights = builder.saved[0], sizes = sizes, output = node.output
    // The three gradients go side by side where their operands lie so; each to a place of its own otherwise.
    let sinks = node.inputs.map { input -> (slot: PlanSlot, finish: () -> Void, strides: [Int]) in
      if let shared = builder.sharedGradient(of: input) { return (shared, {}, input.strides) }
      let sink = builder.sink(for: input)
      return (sink.slot, sink.finish, input.denseStrides)
    }
    let workers = Swift.max(1, Swift.min(builder.threads, sizes.batch * sizes.heads))
    let workspace = builder.buffer(sizes.workspaceCount * workers)
    builder.step(
      name, reads: inputs.map(\.slot) + [weights, gy], writes: sinks.map(\.slot) + [workspace], flops: 2 * flops(node)
    ) { memory in
      let rows = inputs.map { AttentionRows(memory[$0.slot], $0.strides) }
      let results = sinks.map { AttentionRows(memory[$0.slot], $0.strides) }
      let g = AttentionRows(memory[gy], output.strides)
      nonisolated(unsafe) let (p, space) = (memory[weights], memory[workspace])
      return { _ in
        Parallel.forEach(sizes.batch * sizes.heads, workers: workers) { index, worker in
          guard !Interrupt.isRequested else { return }
          sizes.backward(
            index, (rows[0], rows[1], rows[2]), p, g, (results[0], results[1], results[2]),
            space + worker * sizes.workspaceCount)
        }
      }
    }
    for sink in sinks { sink.finish() }
  }
}
