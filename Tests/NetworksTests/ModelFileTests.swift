import Foundation
import Tensors
import Testing

@testable import Networks

@Suite("Model files")
struct ModelFileTests {
  private func withPath(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private let layers = { Sequential([try Linear(inputs: 2, outputs: 3), try BatchNorm(channels: 3)]) as any Layer }

  @Test("hold tensors in PyTorch's names and row-major order, with the metadata given")
  func names() throws {
    try withPath { path in
      let model = try Model(layers(), seed: 1)
      try model.save(to: path, metadata: ["round": "3"])
      let (tensors, metadata) = try TensorFile.load(path)
      #expect(
        Set(tensors.map(\.0)) == ["0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var"])
      let weight = try #require(tensors.first { $0.0 == "0.weight" }?.1)
      #expect(weight.shape == [3, 2])
      #expect(weight.values == model.parameter(named: "0.weight")!.values)
      #expect(metadata["round"] == "3")
      #expect(metadata["layout"] == model.layout.digest)
    }
  }

  @Test("of PyTorch load although it counts batches")
  func counters() throws {
    try withPath { path in
      let model = try Model(layers(), seed: 1)
      var tensors = model.layout.entries.map { (name: $0.name, tensor: model.parameter(named: $0.name)!) }
      tensors.append((name: "1.num_batches_tracked", tensor: Tensor(labels: [4], shape: [])))
      try TensorFile.save(tensors, metadata: [:], to: path)
      let other = try Model(layers(), seed: 2)
      try other.load(from: path)
      #expect(try other.vector().floats == model.vector().floats)
    }
  }

  @Test("of another model are refused, and nothing is changed")
  func otherModel() throws {
    try withPath { path in
      try Model(Linear(inputs: 2, outputs: 3), seed: 1).save(to: path)
      let model = try Model(layers(), seed: 1), before = try model.vector().floats
      #expect(throws: NetworkError.file(path: path, detail: "'0.weight' of shape [3, 2] is missing")) {
        try model.load(from: path)
      }
      let wider = try Model(Linear(inputs: 4, outputs: 3), seed: 1)
      #expect(
        throws: NetworkError.file(path: path, detail: "'weight' is float32 of shape [3, 2]; the model has [3, 4]")
      ) { try wider.load(from: path) }
      let smaller = try Model(Linear(inputs: 2, outputs: 3, bias: false), seed: 1)
      #expect(throws: NetworkError.file(path: path, detail: "'bias' is not in the model")) {
        try smaller.load(from: path)
      }
      #expect(try model.vector().floats == before)
    }
  }
}
