import Kernels

/// The largest or smallest element of each row; the first of equal ones takes the gradient. NaN beats every number.
struct ExtremePlanOperation: PlanOperation, Equatable {
  let isMaximum: Bool
  let rows: Int
  let size: Int
  var name: String { isMaximum ? "max" : "min" }

  /// Notes the extremes over resolved axes; `y` has the other axes in their order.
  static func note(_ x: Tensor, over axes: [Int], isMaximum: Bool, _ y: Tensor) -> PlanNote? {
    guard x.elementType == .float32 else { return nil }
    let size = x.count / Swift.max(y.count, 1)
    return PlanNote(
      Self(isMaximum: isMaximum, rows: y.count, size: size), [(x, x.rowStrides(over: axes))], y)
  }

  func flops(_ node: PlanNode) -> Int { rows * size }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, rows, size, isMaximum) = (builder[node.inputs[0]], builder[node.output], rows, size, isMaximum)
    let places = builder.buffer(rows)
    builder.saved = [places]
    builder.step(name, reads: [x], writes: [y, places], flops: flops(node)) { memory in
      let (input, output, found) = (memory[x], memory[y], memory.integers(places))
      return { _ in
        for row in 0..<rows {
          let values = input + row * size
          let place = RowExtreme.place(in: values, size, isMaximum: isMaximum)
          found[row] = Int32(place)
          output[row] = values[place]
        }
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (places, rows, size) = (builder.saved[0], rows, size)
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy, places], writes: [gx], flops: rows) { memory in
        let (g, found, out) = (memory[gy], memory.integers(places), memory[gx])
        return { _ in
          Kernels.elementwise.fill(0, out, rows * size)
          for row in 0..<rows { out[row * size + Int(found[row])] = g[row] }
        }
      }
    }
  }
}

/// The position of the largest or smallest element of each row, from 0, as int64.
struct ExtremePlacePlanOperation: PlanOperation, Equatable {
  let isMaximum: Bool
  let rows: Int
  let size: Int
  var name: String { isMaximum ? "argmax" : "argmin" }

  static func note(_ x: Tensor, along axis: Int, isMaximum: Bool, _ y: Tensor) -> PlanNote? {
    guard x.elementType == .float32 else { return nil }
    return PlanNote(
      Self(isMaximum: isMaximum, rows: x.count / x.shape[axis], size: x.shape[axis]),
      [(x.detach(), x.rowStrides(over: [axis]))], y)
  }

  func flops(_ node: PlanNode) -> Int { rows * size }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, rows, size, isMaximum) = (builder[node.inputs[0]], builder[node.output], rows, size, isMaximum)
    builder.step(name, reads: [x], writes: [y], flops: flops(node)) { memory in
      let (input, output) = (memory[x], memory.labels(y))
      return { _ in
        for row in 0..<rows {
          output[row] = Int64(RowExtreme.place(in: input + row * size, size, isMaximum: isMaximum))
        }
      }
    }
  }

  /// A position has no gradient.
  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {}
}

enum RowExtreme {
  /// Where the first of the largest or smallest elements stands; NaN is beyond every number.
  static func place(in values: Input, _ count: Int, isMaximum: Bool) -> Int {
    let best = isMaximum ? Kernels.reduction.maximum(values, count) : Kernels.reduction.minimum(values, count)
    for place in 0..<count where values[place] == best || values[place].isNaN { return place }
    return 0
  }
}

extension Tensor {
  /// Strides of memory whose rows run over some axes, the other axes in their order.
  func rowStrides(over axes: [Int]) -> [Int] {
    shape.strides(inMemoryOrder: shape.indices.filter { !axes.contains($0) } + axes)
  }
}
