import Kernels

/// Rows of a table by number: inputs are the table `[v, e]` and int64 indices `[m]`.
struct GatherPlanOperation: PlanOperation {
  let name = "embedding"
  let rows: Int
  let width: Int
  let count: Int

  func flops(_ node: PlanNode) -> Int { 0 }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (table, indices, y) = (builder[node.inputs[0]], builder[node.inputs[1]], builder[node.output])
    let (rows, width, count) = (rows, width, count)
    builder.step(name, reads: [table, indices], writes: [y]) { memory in
      let (source, output) = (memory[table], memory[y])
      let positions = UnsafeRawPointer(memory[indices]).assumingMemoryBound(to: Int64.self)
      return { run in
        for i in 0..<count {
          let row = Int(positions[i])
          guard row >= 0, row < rows else {
            return run.failure = .value(
              op: "embedding", what: "index", got: "\(row)", allowed: "0 to \(rows - 1) is allowed")
          }
          (output + i * width).update(from: source + row * width, count: width)
        }
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let indices = builder[node.inputs[1]]
    let (rows, width, count) = (rows, width, count)
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy, indices], writes: [gx], flops: count * width) { memory in
        let (g, result) = (memory[gy], memory[gx])
        let positions = UnsafeRawPointer(memory[indices]).assumingMemoryBound(to: Int64.self)
        return { _ in
          Kernels.elementwise.fill(0, result, rows * width)
          for i in 0..<count {
            Kernels.elementwise.axpy(1, g + i * width, result + Int(positions[i]) * width, width)
          }
        }
      }
    }
  }
}
