import Tensors

@testable import Networks

/// Fixed numbers that look random, the same as in `scripts/reference/models.py`.
enum Pattern {
  /// Returns numbers in -0.5 to 0.5.
  static func values(_ count: Int, salt: Int) -> [Double] {
    (0..<count).map { index in
      var mixed = (UInt64(index + 1) &* 2_654_435_761 &+ UInt64(salt) &* 40503) & 0xffff_ffff
      mixed = ((mixed ^ (mixed >> 15)) &* 2_246_822_519) & 0xffff_ffff
      return Double(mixed) / 4_294_967_296 - 0.5
    }
  }

  static func tensor(_ shape: Shape, salt: Int, _ elementType: ElementType = .float32) -> Tensor {
    let values = values(shape.elementCount, salt: salt)
    return elementType == .float64 ? Tensor(values, shape: shape) : Tensor(values.map(Float.init), shape: shape)
  }

  /// Gives every parameter the values that the reference script gives it.
  static func fill(_ model: Model) throws {
    for entry in model.layout.entries {
      let salt = entry.name.unicodeScalars.reduce(0) { $0 + Int($1.value) }
      var values = values(entry.count, salt: salt)
      if entry.shape.count > 1 {
        let fanIn = Double(entry.count / entry.shape[0])
        values = values.map { $0 * 4 / fanIn.squareRoot() }
      } else if entry.name.hasSuffix("weight") || entry.name.hasSuffix("running_var") {
        values = values.map { 1 + 0.4 * $0 }
      }
      try model.parameter(named: entry.name)!.copy_(Tensor(values, shape: entry.shape).to(model.elementType))
    }
  }
}
