public import Tensors

extension Dataset {
  /// Makes a data set of tensors.
  ///
  /// - Parameters:
  ///   - inputs: Samples, `[n, c, h, w]` or `[n, d]`; uint8 counts as pixels of 0 to 255, float32 is taken as it is.
  ///   - labels: Whole numbers from 0. Shape `[n]`.
  ///   - groups: What a split must keep together, such as the patient of each sample; nil for nothing.
  ///   - sites: Where each sample was recorded; nil where that is not known.
  /// - Throws: ``DatasetError`` for shapes, types and labels that make no data set.
  public convenience init(
    name: String, inputs: Tensor, labels: Tensor, classNames: [String], groups: [String]? = nil, sites: [String]? = nil
  ) throws {
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
    for (what, list) in [("groups", groups), ("sites", sites)] where list != nil && list?.count != classes.count {
      throw DatasetError.value(
        op: op, what: "number of \(what)", got: "\(list?.count ?? 0)",
        allowed: "one for each of the \(classes.count) samples is needed")
    }
    let samples = try Self.storage(inputs.detach(), shape, op: op)
    let isTold = (groups != nil || sites != nil) && samples.count == classes.count
    let origins = isTold ? try Self.origins(samples, groups, sites) : []
    try self.init(
      name: name, samples: samples, labels: classes, classNames: classNames, origins: origins, op: op)
  }

  private static func origins(
    _ samples: SampleStorage, _ groups: [String]?, _ sites: [String]?
  ) throws -> [SampleOrigin] {
    try (0..<samples.count).map { row in
      if row & 1023 == 1023 { try Interrupt.check() }
      return SampleOrigin(
        name: "sample \(row + 1)", hash: samples.digest(row), group: groups?[row] ?? "", site: sites?[row] ?? "")
    }
  }

  private static func storage(_ inputs: Tensor, _ shape: [Int], op: String) throws -> SampleStorage {
    let rows = shape.count == 3 ? try inputs.permute([0, 2, 3, 1]).contiguous() : inputs.contiguous()
    switch inputs.elementType {
    case .uint8:
      let bytes = withExtendedLifetime(rows) { Array(UnsafeBufferPointer(start: rows.bytePointer, count: rows.count)) }
      return SampleStorage(bytes: bytes, sampleShape: shape)
    case .float32, .float64:
      let floats = rows.floats
      if let bad = SampleStorage.firstNonFinite(floats, sampleSize: shape.reduce(1, *)) {
        throw DatasetError.value(
          op: op, what: "a number of sample \(bad.sample + 1)", got: "\(bad.value)",
          allowed: "finite numbers are allowed")
      }
      return SampleStorage(floats: floats, sampleShape: shape)
    case .int64:
      throw DatasetError.value(
        op: op, what: "type of the inputs", got: "int64", allowed: "float32, float64 and uint8 are allowed")
    }
  }
}
