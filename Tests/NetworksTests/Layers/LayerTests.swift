import Foundation
import Tensors
import Testing

@testable import Networks

@Suite("Every layer")
struct LayerTests {
  @Test("has the parameters counted by hand and the output shape promised", arguments: LayerCase.all)
  func sizes(_ layer: LayerCase) throws {
    let model = try Model(layer.make(), seed: 1)
    #expect(model.parameterCount == layer.parameterCount)
    #expect(try model.forward(layer.sample(.float32)).shape == layer.output)
    #expect(try model.forward(layer.sample(.float32), mode: .training).shape == layer.output)
  }

  @Test("has the gradients of central differences in float64", arguments: LayerCase.all)
  func gradients(_ layer: LayerCase) throws {
    let model = try Model(layer.make(), seed: 2, elementType: .float64)
    let check = ModelGradientCheck(model: model, input: layer.sample(.float64))
    try check.checkParameters()
    try check.checkInput()
  }

  @Test("computes in float32 what it computes in float64", arguments: LayerCase.all)
  func precision(_ layer: LayerCase) throws {
    let model = try Model(layer.make(), seed: 3), oracle = try model.replica(elementType: .float64)
    let got = try model.forward(layer.sample(.float32), mode: .training).values
    let expected = try oracle.forward(layer.sample(.float64), mode: .training).values
    for (a, b) in zip(got, expected) { #expect(abs(a - b) <= 2e-5 * max(1, abs(b))) }
  }

  @Test("comes back from a file with the same bits", arguments: LayerCase.all)
  func saving(_ layer: LayerCase) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let model = try Model(layer.make(), seed: 4), other = try Model(layer.make(), seed: 5)
    _ = try model.forward(layer.sample(.float32), mode: .training)
    try model.save(to: path)
    try other.load(from: path)
    #expect(try other.vector().floats == model.vector().floats)
    #expect(
      try other.forward(layer.sample(.float32)).floats == model.forward(layer.sample(.float32)).floats)
  }

  @Test("has a case here")
  func completeness() throws {
    let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Sources/Networks")
    func names(_ layer: any Layer) -> [String] {
      [String(describing: type(of: layer))] + layer.children.flatMap { names($0.layer) }
    }
    let tested = Set(try LayerCase.all.flatMap { names(try $0.make()) })
    var declared: Set<String> = []
    for folder in ["Layers", "Models"] {
      let folder = sources.appending(path: folder)
      for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
        let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
        for match in text.matches(of: /final class (\w+): Layer/) { declared.insert(String(match.1)) }
      }
    }
    #expect(declared.count > 10)
    #expect(declared.subtracting(tested).sorted() == [])
  }
}
