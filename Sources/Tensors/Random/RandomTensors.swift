extension Tensor {
  /// Makes a float32 tensor of numbers drawn uniformly between two bounds.
  public static func uniform(
    _ shape: Shape, _ stream: inout RandomStream, lower: Float = 0, upper: Float = 1
  ) throws -> Tensor {
    let result = try uninitialized(shape, op: "uniform")
    result.withMutableFloats { stream.fillUniform($0, count: result.count, lower: lower, upper: upper) }
    try Interrupt.check()
    return result
  }

  /// Makes a float32 tensor of numbers drawn from a normal distribution.
  public static func normal(
    _ shape: Shape, _ stream: inout RandomStream, mean: Float = 0, deviation: Float = 1
  ) throws -> Tensor {
    let result = try uninitialized(shape, op: "normal")
    result.withMutableFloats { stream.fillNormal($0, count: result.count, mean: mean, deviation: deviation) }
    try Interrupt.check()
    return result
  }
}
