import Tensors
import Testing

@testable import Networks

@Suite("Dropout")
struct DropoutTests {
  @Test("drops about its share and keeps the mean in training, and nothing in evaluation")
  func share() throws {
    let model = try Model(Dropout(probability: 0.25), seed: 0), x = try Tensor.ones([100, 100])
    let output = try model.forward(x, mode: .training).values
    let dropped = output.count { $0 == 0 }
    #expect(abs(Double(dropped) / 10_000 - 0.25) < 0.02)
    #expect(output.allSatisfy { $0 == 0 || abs($0 - 4.0 / 3) < 1e-6 })
    #expect(try model.forward(x).values.allSatisfy { $0 == 1 })
  }

  @Test("drops whole channels where told to")
  func channels() throws {
    let model = try Model(Dropout(probability: 0.5, dropsChannels: true), seed: 0)
    let output = try model.forward(Tensor.ones([8, 16, 2, 2]), mode: .training).values
    let channels = stride(from: 0, to: output.count, by: 4).map { Array(output[$0..<($0 + 4)]) }
    #expect(channels.allSatisfy { Set($0).count == 1 })
    #expect(Set(channels.map { $0[0] }) == [0, 2])
  }

  @Test("follows the stream it is given")
  func streams() throws {
    let model = try Model(Dropout(probability: 0.5), seed: 0), x = try Tensor.ones([64])
    func run(_ seed: UInt64) throws -> [Double] {
      try model.forward(x, mode: .training, stream: RandomStream(seed: seed, purpose: .dropout)).values
    }
    #expect(try run(1) == run(1))
    #expect(try run(1) != run(2))
  }

  @Test("refuses a probability of 1")
  func range() {
    #expect(throws: NetworkError.self) { try Dropout(probability: 1) }
    #expect(throws: NetworkError.self) { try Dropout(probability: -0.1) }
    #expect(throws: NetworkError.self) { try Dropout(probability: .nan) }
  }
}
