import Tensors
import Testing

@testable import Networks

@Suite("ParameterLayout")
struct ParameterLayoutTests {
  private func layout(_ layer: any Layer) throws -> ParameterLayout { try Model(layer, seed: 0).layout }

  @Test("covers the vector without gaps", arguments: LayerCase.all)
  func coverage(_ layer: LayerCase) throws {
    let layout = try layout(layer.make())
    var next = 0
    for entry in layout.entries {
      #expect(entry.range.lowerBound == next)
      next = entry.range.upperBound
    }
    #expect(next == layout.count)
  }

  @Test("tells what belongs to batch normalization, which FedBN keeps at the client")
  func batchNormalization() throws {
    let layout = try layout(
      Sequential([try Linear(inputs: 2, outputs: 3), try BatchNorm(channels: 3), try Linear(inputs: 3, outputs: 1)]))
    // 9 of the first layer, 6 of the normalization, 4 of the second layer, 6 statistics.
    #expect(layout.batchNormalizationRanges == [9..<15, 19..<25])
    let norms = try self.layout(Sequential([try LayerNorm(size: 3), try GroupNorm(groups: 1, channels: 3)]))
    #expect(norms.batchNormalizationRanges == [])
  }

  @Test("finds the parameters of a layer and of those inside it, but not of one with a longer name")
  func layers() throws {
    let inner = Sequential(named: [("a", try Linear(inputs: 1, outputs: 1)), ("ab", try Linear(inputs: 1, outputs: 1))])
    let layout = try layout(Sequential(named: [("x", inner), ("y", try Linear(inputs: 1, outputs: 1))]))
    #expect(layout.layers == ["x.a", "x.ab", "y"])
    #expect(layout.entries(ofLayer: "x").map(\.name) == ["x.a.weight", "x.a.bias", "x.ab.weight", "x.ab.bias"])
    #expect(layout.entries(ofLayer: "x.a").map(\.name) == ["x.a.weight", "x.a.bias"])
    #expect(layout.entries(ofLayer: "").count == 6)
  }

  @Test("views one parameter of one vector and of every row of a matrix")
  func views() throws {
    let model = try Model(Sequential([try Linear(inputs: 2, outputs: 3), try Linear(inputs: 3, outputs: 2)]), seed: 1)
    let vector = try model.vector()
    let entry = try #require(model.layout["1.weight"])
    #expect(try model.layout.view(entry, of: vector).values == model.parameter(named: "1.weight")!.values)
    let rows = try Tensor.stack([vector.mul(2), vector])
    let views = try model.layout.view(entry, ofRows: rows)
    #expect(views.shape == [2, 2, 3])
    #expect(try views.row(1).values == model.parameter(named: "1.weight")!.values)
    #expect(throws: NetworkError.self) { try model.layout.view(entry, of: Tensor.zeros([4])) }
    #expect(throws: NetworkError.self) { try model.layout.view(entry, ofRows: Tensor.zeros([2, 4])) }
  }

  @Test("has a digest that differs with names, shapes and kinds, and is the same for the same layers")
  func digests() throws {
    let digests = try [
      layout(Linear(inputs: 2, outputs: 3)), layout(Linear(inputs: 3, outputs: 2)),
      layout(Sequential([try Linear(inputs: 2, outputs: 3)])), layout(Linear(inputs: 2, outputs: 3, bias: false)),
    ].map(\.digest)
    #expect(Set(digests).count == digests.count)
    #expect(digests.allSatisfy { $0.count == 16 })
    #expect(try layout(Linear(inputs: 2, outputs: 3)).digest == digests[0])
  }
}
