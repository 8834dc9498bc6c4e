import Testing

@testable import Kernels

@Suite("Optimizer kernels")
struct OptimizerTests {
  @Test("SGD follows its definition over steps", arguments: instructionSets, [1, 16, 37])
  func sgd(isa: InstructionSet, n: Int) {
    let kernels = Kernels.table(isa).optimizer
    for (momentum, nesterov, decay) in [(0.0, false, 0.0), (0.9, false, 0.01), (0.9, true, 0.0), (0.5, true, 0.1)] {
      var parameter = numbers(n, seed: 1)
      var velocity = [Float](repeating: 0, count: n)
      var p = parameter.map(Double.init)
      var v = [Double](repeating: 0, count: n)
      for step in 0..<3 {
        let gradient = numbers(n, seed: UInt64(step) + 10)
        velocity.withUnsafeMutableBufferPointer { state in
          kernels.sgd(
            &parameter, gradient, momentum == 0 ? nil : state.baseAddress, n, 0.1, Float(momentum), nesterov,
            Float(decay))
        }
        for i in 0..<n {
          let g = Double(gradient[i]) + decay * p[i]
          v[i] = momentum * v[i] + g
          p[i] -= 0.1 * (nesterov ? g + momentum * v[i] : momentum == 0 ? g : v[i])
        }
      }
      #expect(relativeError(parameter, p) < 2e-6)
    }
  }

  @Test("Adam and AdamW follow their definitions over steps", arguments: instructionSets, [1, 16, 37])
  func adam(isa: InstructionSet, n: Int) {
    let kernels = Kernels.table(isa).optimizer
    let (rate, beta1, beta2, epsilon, decay) = (0.01, 0.9, 0.999, 1e-8, 0.1)
    for decoupled in [false, true] {
      var parameter = numbers(n, seed: 1)
      var (first, second) = ([Float](repeating: 0, count: n), [Float](repeating: 0, count: n))
      var p = parameter.map(Double.init)
      var (m, v) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n))
      var (correction1, correction2) = (1.0, 1.0)
      for step in 0..<3 {
        let gradient = numbers(n, seed: UInt64(step) + 10)
        correction1 *= beta1
        correction2 *= beta2
        kernels.adam(
          &parameter, gradient, &first, &second, n, Float(rate), Float(beta1), Float(beta2), Float(epsilon),
          Float(decay), decoupled, Float(1 - correction1), Float(1 - correction2))
        for i in 0..<n {
          if decoupled { p[i] *= 1 - rate * decay }
          let g = Double(gradient[i]) + (decoupled ? 0 : decay * p[i])
          m[i] = beta1 * m[i] + (1 - beta1) * g
          v[i] = beta2 * v[i] + (1 - beta2) * g * g
          p[i] -= rate / (1 - correction1) * m[i] / ((v[i] / (1 - correction2)).squareRoot() + epsilon)
        }
      }
      #expect(relativeError(parameter, p) < 2e-5)
    }
  }
}
