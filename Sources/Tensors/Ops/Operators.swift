/// Operators for what they say, throwing as the methods do.
extension Tensor {
  public static func + (a: Tensor, b: Tensor) throws -> Tensor { try a.add(b) }
  public static func - (a: Tensor, b: Tensor) throws -> Tensor { try a.sub(b) }
  public static func * (a: Tensor, b: Tensor) throws -> Tensor { try a.mul(b) }
  public static func / (a: Tensor, b: Tensor) throws -> Tensor { try a.div(b) }
  public static func + (a: Tensor, b: Double) throws -> Tensor { try a.add(b) }
  public static func - (a: Tensor, b: Double) throws -> Tensor { try a.sub(b) }
  public static func * (a: Tensor, b: Double) throws -> Tensor { try a.mul(b) }
  public static func / (a: Tensor, b: Double) throws -> Tensor { try a.div(b) }
  public static func * (a: Double, b: Tensor) throws -> Tensor { try b.mul(a) }
  public static func - (a: Double, b: Tensor) throws -> Tensor { try b.subtracted(from: a) }
  public static prefix func - (a: Tensor) throws -> Tensor { try a.neg() }
}
