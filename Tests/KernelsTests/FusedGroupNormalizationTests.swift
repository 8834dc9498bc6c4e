import Testing

@testable import Kernels

@Suite("Group normalization kernels")
struct FusedGroupNormalizationTests {
  /// Batch, pixels, channels, groups: groups within lanes, of lanes and across them, and rows that don't fill them.
  static let sizes = [
    (1, 9, 6, 2), (2, 16, 64, 4), (3, 5, 34, 1), (2, 4, 20, 20), (2, 301, 64, 8), (2, 70, 24, 8), (5, 1, 32, 2),
  ]

  @Test("group norm with an activation, and its gradients", arguments: instructionSets, sizes)
  func groupNorm(isa: InstructionSet, size: (Int, Int, Int, Int)) {
    for gamma in [nil, numbers(size.2, seed: 7)] {
      for activation in [Activation.none, .relu, .relu6, .silu] {
        check(isa, size, gamma, activation)
      }
    }
  }

  private func check(
    _ isa: InstructionSet, _ size: (Int, Int, Int, Int), _ gamma: [Float]?, _ activation: Activation
  ) {
    let (batch, pixels, c, groups) = size
    let kernels = Kernels.table(isa).fused
    var problem = NormalizationProblem(
      count: batch * pixels * c, sets: batch * groups, set: { $0 / (pixels * c) * groups + $0 % c / (c / groups) },
      channel: { $0 % c }, channels: c, gamma: gamma)
    let beta = gamma == nil ? nil : problem.beta
    problem.checkForward(sets: batch * groups, activation: activation) { y, mean, deviation in
      withWorkspace(kernels.groupNormWorkspace(c)) { workspace in
        kernels.groupNormActivation(
          problem.x, batch, pixels, c, groups, gamma, beta, 1e-5, activation, y, mean, deviation, workspace)
      }
    }
    var parameters = ([Float](), [Float]())
    // The gradient is written over that of the output.
    let gx = written(problem.gy.count, initially: problem.gy) { gx in
      parameters.0 = written(c) { gGamma in
        parameters.1 = written(c) { gBeta in
          withWorkspace(kernels.groupNormWorkspace(c)) { workspace in
            kernels.groupNormActivationGradient(
              problem.x, gx, batch, pixels, c, groups, gamma, beta, activation, problem.mean,
              problem.inverseDeviation, gx, gGamma, gBeta, workspace)
          }
        }
      }
    }
    problem.gy = problem.gy.indices.map { Float(activation.slope(problem.affine($0)) * Double(problem.gy[$0])) }
    problem.checkGradients(gx, parameters.0, parameters.1)
  }
}
