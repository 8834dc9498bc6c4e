/// The kind of number a tensor holds.
public enum ElementType: String, Sendable, CaseIterable {
  /// What models compute in.
  case float32
  /// The precision of gradient checks and other oracles.
  case float64
  /// Class labels and indices.
  case int64
  /// Images as they lie in files.
  case uint8

  public var byteCount: Int {
    switch self {
    case .float32: 4
    case .float64, .int64: 8
    case .uint8: 1
    }
  }

  public var isFloat: Bool { self == .float32 || self == .float64 }

  /// - Throws: ``TensorError/value(op:what:got:allowed:)`` for a number that an integer type cannot hold.
  func expectHolds(_ value: Double, op: String) throws {
    let isHeld =
      switch self {
      case .float32, .float64: true
      case .int64: Int64(exactly: value) != nil
      case .uint8: UInt8(exactly: value) != nil
      }
    guard isHeld else {
      throw TensorError.value(
        op: op, what: "value", got: "\(value)",
        allowed: self == .uint8 ? "uint8 holds 0 to 255" : "int64 holds whole numbers")
    }
  }
}

extension FixedWidthInteger {
  /// Cuts the fraction off and takes the nearest number that the type holds; NaN gives 0.
  public init(saturating value: Double) {
    if value >= Double(Self.max) {
      self = .max
    } else if value <= Double(Self.min) {
      self = .min
    } else {
      self = value.isNaN ? 0 : Self(value)
    }
  }
}
