import Tensors
import Testing

@testable import Networks

@Suite("LayerParameter")
struct LayerParameterTests {
  /// A layer of another package: one matrix, kept with its columns outermost, and a statistic.
  private final class Scaling: Layer {
    let factors = LayerParameter("factors", [2, 3], .constant(0.5), memoryOrder: [1, 0])
    let seen = LayerParameter("seen", [1], .constant(0), kind: .statistic)

    var parameters: [LayerParameter] { [seen, factors] }
    var summary: String { "Scaling" }

    func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
      if context.mode == .training { _ = try Tape.withoutRecording { try context.value(of: seen).add_(1) } }
      return try input.mul(context.value(of: factors))
    }
  }

  @Test("of a new kind of layer takes part in everything: vector, gradient, statistics")
  func newLayer() throws {
    let model = try Model(Scaling(), seed: 1), x = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(model.layout.entries.map(\.name) == ["factors", "seen"])
    try model.backward(model.forward(x, mode: .training).sum())
    // The gradient is x; memory goes down the columns.
    #expect(model.gradient.values == [1, 4, 2, 5, 3, 6])
    #expect(try model.vector().values == [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1])
  }

  @Test("lies row-major unless told otherwise, and belongs to no normalization")
  func defaults() {
    let parameter = LayerParameter("p", [4, 2, 3], .constant(0))
    #expect(parameter.memoryOrder == [0, 1, 2])
    #expect(parameter.kind == .trainable)
    #expect(!parameter.isBatchNormalization)
  }
}
