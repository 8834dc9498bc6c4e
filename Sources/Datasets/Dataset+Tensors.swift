public import Tensors

extension Dataset {
  /// Makes a data set of tensors.
  ///
  /// - Parameters:
  ///   - inputs: Samples, `[n, c, h, w]` or `[n, d]`; uint8 counts as pixels of 0 to 255, float32 is taken as it is.
  ///   - labels: Whole numbers from 0. Shape `[n]`.
  /// - Throws: ``DatasetError`` for shapes, types and labels that make no data set.
  public convenience init(name: String, inputs: Tensor, labels: Tensor, classNames: [String]) throws {
    let op = "from_tensors"
    let shape = Array(inputs.shape.dropFirst())
    guard shape.count == 1 || shape.count == 3, !shape.contains(0) else {
      throw DatasetError.value(
        op: op, what: "shape of the inputs", got: "\(inputs.shape)", allowed: "[n, c, h, w] or [n, d] is allowed")
    }
    guard labels.rank == 1 else {
      throw DatasetError.value(op: op, what: "shape of the labels", got: "\(labels.shape)", allowed: "[n] is allowed")
    }
    let classes = try labels.values.map { value in
      guard let label = Int(exactly: value) else {
        throw DatasetError.value(op: op, what: "label", got: "\(value)", allowed: "whole numbers are allowed")
      }
      return label
    }
    try self.init(
      name: name, samples: Self.storage(inputs.detach(), shape, op: op), labels: classes,
      classNames: classNames, op: op)
  }

  private static func storage(_ inputs: Tensor, _ shape: [Int], op: String) throws -> SampleStorage {
    let rows = shape.count == 3 ? try inputs.permute([0, 2, 3, 1]).contiguous() : inputs.contiguous()
    switch inputs.elementType {
    case .uint8:
      let bytes = withExtendedLifetime(rows) { Array(UnsafeBufferPointer(start: rows.bytePointer, count: rows.count)) }
      return SampleStorage(bytes: bytes, sampleShape: shape)
    case .float32, .float64:
      let floats = rows.floats
      // One NaN would spread to every parameter, and only show as a client that fails in some round.
      if let position = floats.firstIndex(where: { !$0.isFinite }) {
        throw DatasetError.value(
          op: op, what: "a number of sample \(position / shape.reduce(1, *) + 1)", got: "\(floats[position])",
          allowed: "finite numbers are allowed")
      }
      return SampleStorage(floats: floats, sampleShape: shape)
    case .int64:
      throw DatasetError.value(
        op: op, what: "type of the inputs", got: "int64", allowed: "float32, float64 and uint8 are allowed")
    }
  }
}
