import KernelTypes

enum Optimizer: OptimizerKernels {
  static func sgd(
    _ parameter: Output, _ gradient: Input, _ velocity: Output?, _ n: Int, _ learningRate: Float, _ momentum: Float,
    _ nesterov: Bool, _ weightDecay: Float
  ) {
    let decay = Lanes(repeating: weightDecay)
    let step = Lanes(repeating: -learningRate)
    let keep = Lanes(repeating: momentum)
    guard let velocity else {
      map(parameter, gradient, parameter, n) { p, g in multiplyAdd(multiplyAdd(p, decay, g), step, p) }
      return
    }
    forEachLanes(n) { i, left in
      let p = read(parameter, i, left)
      let g = multiplyAdd(p, decay, read(gradient, i, left))
      let v = multiplyAdd(read(velocity, i, left), keep, g)
      write(v, velocity, i, left)
      write(multiplyAdd(nesterov ? multiplyAdd(v, keep, g) : v, step, p), parameter, i, left)
    }
  }

  static func adam(
    _ parameter: Output, _ gradient: Input, _ m: Output, _ v: Output, _ n: Int, _ learningRate: Float,
    _ beta1: Float, _ beta2: Float, _ epsilon: Float, _ weightDecay: Float, _ decoupled: Bool,
    _ biasCorrection1: Float, _ biasCorrection2: Float
  ) {
    let decay = Lanes(repeating: decoupled ? 0 : weightDecay)
    let shrink = Lanes(repeating: decoupled ? 1 - learningRate * weightDecay : 1)
    let step = Lanes(repeating: -learningRate / biasCorrection1)
    let inverseRoot = Lanes(repeating: 1 / biasCorrection2.squareRoot())
    forEachLanes(n) { i, left in
      let p = read(parameter, i, left) * shrink
      let g = multiplyAdd(p, decay, read(gradient, i, left))
      let first = multiplyAdd(g - read(m, i, left), Lanes(repeating: 1 - beta1), read(m, i, left))
      let second = multiplyAdd(g * g, Lanes(repeating: 1 - beta2), read(v, i, left) * beta2)
      write(first, m, i, left)
      write(second, v, i, left)
      let denominator = multiplyAdd(squareRoot(second), inverseRoot, Lanes(repeating: epsilon))
      write(multiplyAdd(first / denominator, step, p), parameter, i, left)
    }
  }
}
