import Kernels

/// Values `[rows, channels]` that are normalized by the batch's moments and activated wherever they are read.
struct NormalizedValue: Sendable {
  /// The values before the normalization.
  let slot: PlanSlot
  let mean: PlanSlot, inverseDeviation: PlanSlot, scale: PlanSlot
  let shift: PlanSlot?
  let channels: Int
  let activation: Activation

  /// What must be known to compute the values.
  var reads: [PlanSlot] { [slot, mean, scale] + [shift].compactMap(\.self) }

  func bind(_ memory: PlanMemory) -> BoundNormalizedValue {
    BoundNormalizedValue(
      values: Input(memory[slot]), mean: Input(memory[mean]), inverseDeviation: Input(memory[inverseDeviation]),
      scale: Input(memory[scale]), shift: shift.map { Input(memory[$0]) }, channels: channels, activation: activation)
  }
}

/// A ``NormalizedValue`` in the memory of a plan. The steps of a plan keep the threads that read it from those that
/// write it.
struct BoundNormalizedValue: @unchecked Sendable {
  let values: Input, mean: Input, inverseDeviation: Input, scale: Input
  let shift: Input?
  let channels: Int
  let activation: Activation

  /// Writes `rows` rows from element `first`, with what is added before the activation.
  func write(from first: Int, rows: Int, adding residual: Input? = nil, to y: Output) {
    Kernels.fused.affineActivation(values + first, mean, scale, shift, residual, activation, y, rows, channels)
  }

  /// Writes what ``NormalizationPartKernels/normalizationSums(_:_:_:_:_:_:_:_:_:_:_:_:)`` does, for rows from `first`.
  func writeSums(
    from first: Int, rows: Int, _ gy: Input, residual: Input? = nil, gz: Output? = nil, products: Output, sums: Output
  ) {
    Kernels.fused.normalizationSums(
      values + first, gy, residual, activation, mean, scale, shift, gz, products, sums, rows, channels)
  }
}

/// The gradient of a ``NormalizedValue``, and what its sums over the batch add to the gradient before it.
struct NormalizedGradient: Sendable {
  let slot: PlanSlot
  /// The activation through which it has yet to go.
  let activation: Activation
  let slope: PlanSlot, offset: PlanSlot

  var reads: [PlanSlot] { [slot, slope, offset] }

  /// Returns what writes the gradient of the values before the normalization, for rows from an element on.
  func bind(_ memory: PlanMemory, _ value: NormalizedValue) -> @Sendable (_ first: Int, _ rows: Int, Output) -> Void {
    nonisolated(unsafe) let (gy, slope, offset) = (memory[slot], memory[slope], memory[offset])
    let (value, activation) = (value.bind(memory), activation)
    return { first, rows, gx in
      Kernels.fused.normalizationInputGradient(
        value.values + first, gy + first, activation, value.mean, value.scale, value.shift, slope, offset, gx, rows,
        value.channels)
    }
  }
}

extension Activation {
  /// Whether its gradient costs more to compute twice than to keep.
  var isCostly: Bool { self == .silu }
}
