import Tensors
import Testing

@testable import Networks

/// What the last linear layer is given, against the layers run by hand.
@Suite struct LastLayerTests {
  private static let images = Pattern.tensor([5, 2, 4, 4], salt: 3)

  private static func body() throws -> Sequential {
    let convolution = try Conv2d(inputs: 2, outputs: 3, kernel: 3, padding: 1)
    return Sequential([convolution, try BatchNorm(channels: 3), Activation(.relu), Flatten()])
  }

  @Test(arguments: [true, false]) func `it is given what the layers before it make of the batch`(hasBias: Bool) throws {
    let body = try Self.body(), head = try Linear(inputs: 48, outputs: 4, bias: hasBias)
    let dropout = try Dropout(probability: 0.5)
    let model = try Model(Sequential(named: [("body", body), ("drop", dropout), ("head", head)]), seed: 1)
    let found = try #require(try model.lastLayer(for: Self.images))
    #expect(found.inputs.shape == [5, 48] && found.outputs.shape == [5, 4])
    #expect(found.weight == "head.weight" && found.bias == (hasBias ? "head.bias" : nil))
    // Normalized by the batch, as in training, and with nothing dropped.
    let alone = try Model(body, seed: 2)
    for name in ["0.weight", "0.bias", "1.weight", "1.bias"] {
      try #require(alone.parameter(named: name)).copy_(#require(model.parameter(named: "body.\(name)")))
    }
    #expect(try found.inputs.floats == alone.forward(Self.images, mode: .training).floats)
    let weight = try #require(model.parameter(named: "head.weight"))
    let expected = try found.inputs.linear(weight: weight, bias: model.parameter(named: "head.bias"))
    #expect(found.outputs.floats == expected.floats)
  }

  @Test func `a model that ends in something else has none`() throws {
    let scored = Sequential([try Self.body(), try Linear(inputs: 48, outputs: 4), Activation(.relu)])
    let convolved = Sequential([try Conv2d(inputs: 2, outputs: 3, kernel: 3, padding: 1)])
    for layers in [scored, convolved] { #expect(try Model(layers, seed: 1).lastLayer(for: Self.images)?.weight == nil) }
    // Scores of each place of a sequence are no scores of the sample.
    let sequence = try Model(Sequential([try Linear(inputs: 4, outputs: 3)]), seed: 1)
    #expect(try sequence.lastLayer(for: Pattern.tensor([2, 5, 4], salt: 1))?.weight == nil)
    #expect(try sequence.lastLayer(for: Pattern.tensor([5, 4], salt: 1))?.weight == "0.weight")
  }
}
