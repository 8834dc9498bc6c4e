extension RandomStream {
  /// Draws a number uniformly from [0, 1), with 53 random bits.
  @inline(__always)
  public mutating func uniform() -> Double {
    Double(nextUInt64() >> 11) * 0x1p-53
  }

  /// Draws a number uniformly from [0, 1), with 24 random bits.
  @inline(__always)
  public mutating func uniformFloat() -> Float {
    Float(nextUInt32() >> 8) * 0x1p-24
  }

  /// Draws a number uniformly from (0, 1): never an end, so that its logarithm is finite.
  @inline(__always)
  mutating func uniformOpen() -> Double {
    (Double(nextUInt64() >> 12) + 0.5) * 0x1p-52
  }

  /// Draws from the standard normal distribution.
  ///
  /// - Source: Box and Muller, 1958. One of the two values is dropped: the stream then has no state but its position.
  public mutating func normal() -> Double {
    let radius = (-2 * PortableMath.log(uniformOpen())).squareRoot()
    return radius * PortableMath.sineAndCosine(turns: uniform()).cosine
  }

  /// Draws from a log-normal distribution: e to the power of a normal draw.
  ///
  /// - Parameters:
  ///   - mean: Mean of the logarithm.
  ///   - deviation: Standard deviation of the logarithm, at least 0.
  public mutating func logNormal(mean: Double, deviation: Double) -> Double {
    PortableMath.exp(mean + deviation * normal())
  }

  /// Draws an integer uniformly from 0 ..< bound, without bias.
  ///
  /// - Parameter bound: More than 0; the caller has checked.
  /// - Source: Lemire, ACM TOMACS 2019, <https://arxiv.org/abs/1805.10941>.
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0)
    let range = UInt64(bound)
    var product = nextUInt64().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold {
        product = nextUInt64().multipliedFullWidth(by: range)
      }
    }
    return Int(product.high)
  }

  /// Draws a gamma variate with scale 1.
  ///
  /// - Parameter shape: More than 0; the caller has checked.
  public mutating func gamma(_ shape: Double) -> Double {
    PortableMath.exp(logGamma(shape))
  }

  /// Draws the logarithm of a gamma variate, which stays finite where the variate itself would underflow.
  ///
  /// - Source: Marsaglia and Tsang, ACM TOMS 2000, <https://doi.org/10.1145/358407.358414>; for shapes below 1 the
  ///   variate of shape + 1 times a uniform draw to the power 1 / shape, as in their section 6.
  mutating func logGamma(_ shape: Double) -> Double {
    precondition(shape > 0)
    if shape < 1 {
      return logGamma(shape + 1) + PortableMath.log(uniformOpen()) / shape
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let cube = (1 + c * x) * (1 + c * x) * (1 + c * x)
      guard cube > 0 else { continue }
      let bound = 0.5 * x * x + d - d * cube + d * PortableMath.log(cube)
      if PortableMath.log(uniformOpen()) < bound { return PortableMath.log(d) + PortableMath.log(cube) }
    }
  }

  /// Draws from a beta distribution on [0, 1]; both parameters more than 0.
  public mutating func beta(_ first: Double, _ second: Double) -> Double {
    dirichlet([first, second])[0]
  }

  /// Draws shares that sum to 1 from a Dirichlet distribution.
  ///
  /// Works in logarithms: with tiny concentrations plain gamma variates would all underflow to 0 / 0.
  ///
  /// - Parameter concentrations: One for each share, more than 0; the caller has checked.
  public mutating func dirichlet(_ concentrations: [Double]) -> [Double] {
    var shares = concentrations
    for index in shares.indices { shares[index] = logGamma(shares[index]) }
    let largest = shares.max() ?? 0
    var total = 0.0
    for index in shares.indices {
      shares[index] = PortableMath.exp(shares[index] - largest)
      total += shares[index]
    }
    for index in shares.indices { shares[index] /= total }
    return shares
  }

  /// Draws k shares that sum to 1 from a symmetric Dirichlet distribution.
  public mutating func dirichlet(_ concentration: Double, count k: Int) -> [Double] {
    dirichlet([Double](repeating: concentration, count: k))
  }

  /// Draws an index with probability proportional to its weight.
  ///
  /// - Parameter weights: At least 0, with a sum that is finite and more than 0; the caller has checked.
  public mutating func categorical(_ weights: [Double]) -> Int {
    let total = weights.reduce(0, +)
    precondition(total > 0 && total.isFinite)
    var rest = uniform() * total
    var last = 0
    for (index, weight) in weights.enumerated() where weight > 0 {
      if rest < weight { return index }
      rest -= weight
      last = index
    }
    // Rounding may leave a crumb after the last positive weight.
    return last
  }
}
