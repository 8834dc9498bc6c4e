import Kernels

/// Softmax, or its logarithm, of rows in memory.
struct SoftmaxPlanOperation: PlanOperation, Equatable {
  let isLogarithm: Bool
  let rows: Int
  let size: Int
  var name: String { isLogarithm ? "log_softmax" : "softmax" }

  func flops(_ node: PlanNode) -> Int { 6 * node.output.count }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, rows, n, isLogarithm) = (builder[node.inputs[0]], builder[node.output], rows, size, isLogarithm)
    builder.step(name, reads: [x], writes: [y], inPlace: [(y, x)], flops: flops(node)) { memory in
      let (input, output) = (memory[x], memory[y])
      if isLogarithm { return { _ in Kernels.softmax.logSoftmax(input, output, rows, n) } }
      return { _ in Kernels.softmax.softmax(input, output, rows, n) }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (y, rows, n, isLogarithm) = (builder[node.output], rows, size, isLogarithm)
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [y, gy], writes: [gx], inPlace: [(gx, gy)], flops: 4 * node.output.count) { memory in
        let (output, g, result) = (memory[y], memory[gy], memory[gx])
        if isLogarithm { return { _ in Kernels.softmax.logSoftmaxGradient(output, g, result, rows, n) } }
        return { _ in Kernels.softmax.softmaxGradient(output, g, result, rows, n) }
      }
    }
  }
}
