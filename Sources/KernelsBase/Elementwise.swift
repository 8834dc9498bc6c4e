import KernelTypes

/// Elementwise kernels that are not picked by an operation.
enum Elementwise: ElementwiseKernels {
  static func leakyRelu(_ slope: Float, _ x: Input, _ y: Output, _ n: Int) {
    map(x, y, n) { v in select(v .<= 0, v * slope, v) }
  }

  static func leakyReluGradient(_ slope: Float, _ x: Input, _ gy: Input, _ gx: Output, _ n: Int) {
    map(x, gy, gx, n) { v, g in select(v .<= 0, g * slope, g) }
  }

  static func clamp(_ low: Float, _ high: Float, _ x: Input, _ y: Output, _ n: Int) {
    map(x, y, n) { v in greater(Lanes(repeating: low), lesser(Lanes(repeating: high), v)) }
  }

  static func clampGradient(_ low: Float, _ high: Float, _ x: Input, _ gy: Input, _ gx: Output, _ n: Int) {
    map(x, gy, gx, n) { v, g in select((v .< low) .| (v .> high), Lanes(repeating: 0), g) }
  }

  static func axpy(_ alpha: Float, _ x: Input, _ y: Output, _ n: Int) {
    map(x, y, y, n) { v, sum in multiplyAdd(v, Lanes(repeating: alpha), sum) }
  }

  static func scale(_ alpha: Float, _ x: Input, _ y: Output, _ n: Int) {
    map(x, y, n) { v in v * alpha }
  }

  static func fill(_ value: Float, _ y: Output, _ n: Int) {
    setAll(y, n, value)
  }
}

/// Writes `value` to `n` floats.
func setAll(_ y: Output, _ n: Int, _ value: Float) {
  let lanes = Lanes(repeating: value)
  var i = 0
  while i &+ laneCount <= n {
    store(lanes, y, i)
    i &+= laneCount
  }
  while i < n {
    y[i] = value
    i &+= 1
  }
}

/// Copies `n` floats.
func copy(_ x: Input, _ y: Output, _ n: Int) {
  var i = 0
  while i &+ laneCount <= n {
    store(load(x, i), y, i)
    i &+= laneCount
  }
  while i < n {
    y[i] = x[i]
    i &+= 1
  }
}
