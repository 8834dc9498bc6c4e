import Kernels

/// Rows of a table by number: inputs are the table `[v, …]` and int64 indices `[m]`.
struct GatherPlanOperation: PlanOperation, Equatable {
  let name = "embedding"
  let rows: Int
  /// Floats of a row.
  let width: Int
  let count: Int

  static func note(_ table: Tensor, _ indices: Tensor, _ y: Tensor) -> PlanNote {
    let words = table.elementType == .int64 ? 2 : 1, rows = table.shape[0]
    return PlanNote(
      Self(rows: rows, width: words * (table.count / Swift.max(rows, 1)), count: indices.count),
      [(table, table.shape.rowMajorStrides), (indices, indices.shape.rowMajorStrides)], y)
  }

  func flops(_ node: PlanNode) -> Int { 0 }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (table, indices, y) = (builder[node.inputs[0]], builder[node.inputs[1]], builder[node.output])
    let (rows, width, count) = (rows, width, count)
    builder.step(name, reads: [table, indices], writes: [y]) { memory in
      let (source, output, positions) = (memory[table], memory[y], memory.labels(indices))
      return { run in
        for i in 0..<count {
          guard let row = run.checked(positions[i], below: rows, "embedding", "index") else { return }
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
        let (g, result, positions) = (memory[gy], memory[gx], memory.labels(indices))
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

/// Elements of each row by number: inputs are the rows and as many int64 positions for each of them.
struct PickPlanOperation: PlanOperation, Equatable {
  let name = "pick"
  let rows: Int
  let size: Int
  /// Elements that are taken of each row.
  let taken: Int
  /// Floats that one element takes.
  let words: Int

  /// Notes a choice along a resolved axis, which comes last in the memory of `y`.
  static func note(_ x: Tensor, along axis: Int, _ positions: Tensor, _ y: Tensor) -> PlanNote {
    let taken = positions.shape[axis]
    return PlanNote(
      Self(
        rows: positions.count / Swift.max(taken, 1), size: x.shape[axis], taken: taken,
        words: x.elementType == .int64 ? 2 : 1),
      [(x, x.rowStrides(over: [axis])), (positions, positions.rowStrides(over: [axis]))], y)
  }

  func flops(_ node: PlanNode) -> Int { 0 }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, labels, y) = (builder[node.inputs[0]], builder[node.inputs[1]], builder[node.output])
    let (count, size, taken, words) = (rows * taken, size, taken, words)
    builder.step(name, reads: [x, labels], writes: [y]) { memory in
      let (input, positions, output) = (memory[x], memory.labels(labels), memory[y])
      return { run in
        for i in 0..<count {
          guard let place = run.checked(positions[i], below: size, "pick", "label") else { return }
          (output + i * words).update(from: input + (i / taken * size + place) * words, count: words)
        }
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (labels, rows, size, taken) = (builder[node.inputs[1]], rows, size, taken)
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy, labels], writes: [gx]) { memory in
        let (g, positions, out) = (memory[gy], memory.labels(labels), memory[gx])
        return { _ in
          Kernels.elementwise.fill(0, out, rows * size)
          for i in 0..<rows * taken { out[i / taken * size + Int(positions[i])] += g[i] }
        }
      }
    }
  }
}

extension PlanRun {
  /// The number as a position; nil, with the failure noted, where it is none.
  func checked(_ number: Int64, below limit: Int, _ op: String, _ what: String) -> Int? {
    if number >= 0, number < limit { return Int(number) }
    failure = .value(op: op, what: what, got: "\(number)", allowed: "0 to \(limit - 1) is allowed")
    return nil
  }
}
