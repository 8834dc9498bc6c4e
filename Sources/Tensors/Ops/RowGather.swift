import Kernels

extension Tensor {
  /// Takes rows of each sample by number.
  ///
  /// - Parameter indices: int64 from 0, `[b, m]`; a row may be taken more than once.
  /// - Returns: `[b, m, e]` for `[b, n, e]` here.
  /// - Throws: ``TensorError``, naming an index outside 0 to `n - 1`.
  public func gatherRows(_ indices: Tensor) throws -> Tensor {
    let sizes = try rowSizes("gather_rows", indices, rows: nil)
    return try moveRows("gather_rows", indices, RowGatherPlanOperation(sizes: sizes, isScatter: false))
  }

  /// Puts rows of each sample where numbers say, in place of nothing: the adjoint of ``gatherRows(_:)``.
  ///
  /// - Parameters:
  ///   - indices: int64 from 0, `[b, m]`; rows with one number add up.
  ///   - rows: n, the number of rows of the result.
  /// - Returns: `[b, n, e]` for `[b, m, e]` here, with zeros where no row goes.
  /// - Throws: ``TensorError``, naming an index outside 0 to `n - 1`.
  public func scatterRows(_ indices: Tensor, rows: Int) throws -> Tensor {
    let sizes = try rowSizes("scatter_rows", indices, rows: rows)
    return try moveRows("scatter_rows", indices, RowGatherPlanOperation(sizes: sizes, isScatter: true))
  }

  private func rowSizes(_ op: String, _ indices: Tensor, rows: Int?) throws -> RowGatherPlanOperation.Sizes {
    try expectFloat(op)
    guard rank == 3, indices.rank == 2, indices.shape[0] == shape[0], rows == nil || indices.shape[1] == shape[1] else {
      throw TensorError.shapes(
        op: op, shape, indices.shape,
        hint: rows == nil ? "[b, n, e] and indices [b, m] are needed" : "[b, m, e] and indices [b, m] are needed")
    }
    if let rows, !(1...1 << 40 ~= rows) {
      throw TensorError.value(op: op, what: "rows", got: "\(rows)", allowed: "1 or more is needed")
    }
    let sizes = RowGatherPlanOperation.Sizes(
      samples: shape[0], rows: rows ?? shape[1], moved: indices.shape[1], width: shape[2])
    try indices.expectLabels(op, "index", below: sizes.rows)
    return sizes
  }

  private func moveRows(_ op: String, _ indices: Tensor, _ operation: RowGatherPlanOperation) throws -> Tensor {
    let x = contiguousCopyIfNeeded(), picks = indices.contiguousCopyIfNeeded(), sizes = operation.sizes
    let moved = operation.isScatter ? sizes.rows : sizes.moved
    let y = try Tensor.uninitialized([sizes.samples, moved, sizes.width], elementType, op: op)
    Profiler.measure(op, bytes: x.byteCount + y.byteCount) { operation.move(x, picks, y) }
    return Tape.record(
      op, [self], saving: [picks], y,
      plan: PlanNote(
        operation, [(self, shape.rowMajorStrides), (indices, indices.shape.rowMajorStrides)], y)
    ) { g, _ in
      [operation.isScatter ? try g.gatherRows(picks) : try g.scatterRows(picks, rows: sizes.rows)]
    }
  }
}

extension RowGatherPlanOperation {
  fileprivate func move(_ x: Tensor, _ picks: Tensor, _ y: Tensor) {
    if x.elementType == .float32 {
      run(x.floatPointer, picks.int64Pointer, y.floatPointer)
    } else {
      run(x.doublePointer, picks.int64Pointer, y.doublePointer)
    }
  }

  /// Moves rows whose numbers have been checked.
  fileprivate func run<Element: BinaryFloatingPoint>(
    _ x: UnsafePointer<Element>, _ picks: UnsafePointer<Int64>, _ y: UnsafeMutablePointer<Element>
  ) {
    let (rows, moved, width) = (sizes.rows, sizes.moved, sizes.width)
    if isScatter { y.update(repeating: 0, count: sizes.samples * rows * width) }
    for sample in 0..<sizes.samples {
      for position in 0..<moved {
        let whole = (sample * rows + Int(picks[sample * moved + position])) * width
        let part = (sample * moved + position) * width
        if isScatter {
          for i in 0..<width { y[whole + i] += x[part + i] }
        } else {
          (y + part).update(from: x + whole, count: width)
        }
      }
    }
  }
}

/// Rows of each sample by number, or the adjoint: inputs are the rows and int64 numbers `[b, m]`.
struct RowGatherPlanOperation: PlanOperation, Equatable {
  struct Sizes: Equatable, Sendable {
    let samples: Int
    /// Rows that numbers choose among.
    let rows: Int
    /// Numbers of a sample.
    let moved: Int
    let width: Int
  }

  let sizes: Sizes
  let isScatter: Bool
  var name: String { isScatter ? "scatter_rows" : "gather_rows" }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, indices, y) = (builder[node.inputs[0]], builder[node.inputs[1]], builder[node.output])
    let count = sizes.samples * sizes.moved, rows = Int64(sizes.rows)
    builder.step(name, reads: [x, indices], writes: [y]) { memory in
      let (from, picks, to) = (UnsafePointer(memory[x]), memory.labels(indices), memory[y])
      return { run in
        for i in 0..<count where picks[i] < 0 || picks[i] >= rows {
          run.failure = .value(
            op: name, what: "index", got: "\(picks[i])", allowed: "0 to \(rows - 1) is allowed")
          return
        }
        self.run(from, picks, to)
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let indices = builder[node.inputs[1]], adjoint = Self(sizes: sizes, isScatter: !isScatter)
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy, indices], writes: [gx]) { memory in
        let (g, picks, result) = (UnsafePointer(memory[gy]), memory.labels(indices), memory[gx])
        return { _ in adjoint.run(g, picks, result) }
      }
    }
  }
}
