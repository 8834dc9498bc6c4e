public import Tensors

/// Looks up a learned row for each index.
public final class Embedding: Layer {
  public let rows: Int, size: Int
  /// Shape `[rows, size]`.
  public let weight: LayerParameter

  /// - Throws: ``NetworkError/option(of:name:got:allowed:)``.
  public init(rows: Int, size: Int) throws {
    try requirePositive("embedding", ["rows": rows, "size": size])
    self.rows = rows
    self.size = size
    weight = LayerParameter("weight", [rows, size], .normal(deviation: 1))
  }

  public var parameters: [LayerParameter] { [weight] }
  public var summary: String { "Embedding(\(rows), \(size))" }

  /// - Parameter input: int64 indices from 0 to `rows` - 1, any shape `[…]`.
  /// - Returns: Shape `[…, size]`.
  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    try context.value(of: weight).embedding(input)
  }
}
