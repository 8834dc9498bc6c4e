/// Checks and memory that the structured operations share.
extension Tensor {
  /// Requires floats of one type.
  static func expectAlike(_ op: String, _ first: Tensor, _ others: Tensor?...) throws {
    try first.expectFloat(op)
    for case let other? in others where other.elementType != first.elementType {
      throw TensorError.elementType(
        op: op, got: other.elementType, expected: "all operands must be \(first.elementType)")
    }
  }

  func expectRank(_ op: String, _ rank: Int, _ expected: String) throws {
    guard self.rank == rank else { throw TensorError.shape(op: op, got: shape, expected: expected) }
  }

  /// Requires an optional vector of `count` elements, such as a bias.
  static func expectVector(_ op: String, _ what: String, _ vector: Tensor?, _ count: Int) throws {
    guard let vector, vector.shape != [count] else { return }
    throw TensorError.shape(op: op, got: vector.shape, expected: "the \(what) must have shape [\(count)]")
  }

  /// Requires int64 numbers from 0 to `limit - 1`.
  func expectLabels(_ op: String, _ what: String, below limit: Int) throws {
    guard elementType == .int64 else {
      throw TensorError.elementType(op: op, got: elementType, expected: "\(what) must be int64")
    }
    for label in uncheckedIntegers where label < 0 || label >= limit {
      throw TensorError.value(
        op: op, what: what, got: "\(label)",
        allowed: limit > 0 ? "0 to \(limit - 1) is allowed" : "there is no class to choose")
    }
  }

  /// Image memory in the order that kernels read, unseen by the tape.
  var channelsLastCopyIfNeeded: Tensor { laidOut(shape.channelsLastStrides) }

  /// Makes an image tensor `[b, c, h, w]` with undefined contents, channels last.
  static func uninitializedImage(_ shape: Shape, _ op: String) throws -> Tensor {
    guard shape.allSatisfy({ $0 >= 0 }) else {
      throw TensorError.shape(op: op, got: shape, expected: "sizes are 0 or more")
    }
    // Before the strides, whose products could be too large for a number.
    try expectFits(op, shape, .float32)
    return try uninitialized(shape, strides: shape.channelsLastStrides, op: op)
  }

  /// Other shape and strides for the same memory, unseen by the tape.
  func reinterpreted(_ shape: Shape, strides: [Int], offset: Int? = nil) -> Tensor {
    Tensor(
      storage: storage, shape: shape, strides: strides, offset: offset ?? self.offset, elementType: elementType)
  }

  /// The last two axes exchanged, unseen by the tape.
  var swapped: Tensor {
    var shape = shape, strides = strides
    shape.swapAt(rank - 1, rank - 2)
    strides.swapAt(rank - 1, rank - 2)
    return reinterpreted(shape, strides: strides)
  }
}

/// Floats for a kernel to work in.
final class Workspace: Sendable {
  private let storage: Storage

  init(floats: Int) { storage = Storage(byteCount: floats * MemoryLayout<Float>.stride) }

  var pointer: UnsafeMutablePointer<Float> { storage.base.assumingMemoryBound(to: Float.self) }
}

/// Whether a loss is averaged over the samples, summed, or kept one number a sample.
public enum LossReduction: String, Sendable, CaseIterable {
  case mean
  case sum
  case none
}

extension Tensor {
  /// Reduces a loss per sample or per element.
  func reduced(_ reduction: LossReduction) throws -> Tensor {
    switch reduction {
    case .mean: try mean()
    case .sum: try sum()
    case .none: self
    }
  }
}
