/// Random numbers for each row of the batch; see ``Draws``.
struct DrawPlanOperation: PlanOperation, Equatable {
  enum Kind: Equatable, Sendable {
    case normal
    case uniform(lower: Float, upper: Float)
    case integers(lower: Int, count: Int)
    case mask(share: Double)
    case permutation

    var name: String {
      switch self {
      case .normal: "normal"
      case .uniform: "uniform"
      case .integers: "integers"
      case .mask: "mask"
      case .permutation: "permutation"
      }
    }

    var elementType: ElementType {
      switch self {
      case .normal, .uniform, .mask: .float32
      case .integers, .permutation: .int64
      }
    }
  }

  let kind: Kind
  /// Draws of the objective before this one.
  let index: Int
  let rows: Int
  /// Numbers of a row.
  let width: Int

  var name: String { "draw \(kind.name)" }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let y = builder[node.output]
    builder.step(name, reads: [], writes: [y], flops: 4 * rows * width) { memory in
      let output = UnsafeMutableRawPointer(memory[y])
      return { run in
        guard run.draws.samples.count == rows else {
          return run.failure = .value(
            op: "draw:\(kind.name)", what: "samples", got: "\(run.draws.samples.count)",
            allowed: "one for each of the \(rows) rows is needed")
        }
        fill(output, run.draws)
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {}

  /// Writes the numbers of all rows, each from a stream of its sample's own.
  func fill(_ output: UnsafeMutableRawPointer, _ source: DrawSource) {
    let stream = source.stream.derive("draw", index)
    for (row, sample) in source.samples.enumerated() {
      var own = stream.derive("sample", sample)
      fill(output + row * width * kind.elementType.byteCount, &own)
    }
  }

  private func fill(_ row: UnsafeMutableRawPointer, _ stream: inout RandomStream) {
    let (floats, integers) = (row.assumingMemoryBound(to: Float.self), row.assumingMemoryBound(to: Int64.self))
    switch kind {
    case .normal: stream.fillNormal(floats, count: width)
    case .uniform(let lower, let upper): stream.fillUniform(floats, count: width, lower: lower, upper: upper)
    case .integers(let lower, let count):
      for i in 0..<width { integers[i] = Int64(lower + stream.integer(below: count)) }
    case .mask(let share):
      floats.update(repeating: 0, count: width)
      for place in stream.sample(Int((share * Double(width)).rounded()), of: width) { floats[place] = 1 }
    case .permutation:
      for (i, number) in stream.shuffled(width).enumerated() { integers[i] = Int64(number) }
    }
  }
}
