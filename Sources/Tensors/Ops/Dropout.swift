extension Tensor {
  /// Sets elements to zero at random and scales the rest, so that each keeps its mean.
  ///
  /// - Parameters:
  ///   - probability: Chance of a zero, in [0, 1).
  ///   - stream: Source of the choice, element by element in row-major order.
  /// - Throws: ``TensorError/value(op:what:got:allowed:)``.
  /// - Source: Srivastava et al., JMLR 2014, <https://jmlr.org/papers/v15/srivastava14a.html>.
  public func dropout(probability: Double, stream: inout RandomStream) throws -> Tensor {
    try expectFloat("dropout")
    guard 0..<1 ~= probability else {
      throw TensorError.value(
        op: "dropout", what: "probability", got: "\(probability)", allowed: "0 up to, but not, 1 is allowed")
    }
    if probability == 0 { return self }
    let draws = try Tensor.uninitialized(shape, op: "dropout")
    stream.fillUniform(draws.floatPointer, count: count)
    let mask = try draws.ge(probability).div(1 - probability).to(elementType)
    return try mul(mask)
  }
}
