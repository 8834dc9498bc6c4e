import Networks
import Tensors
import Testing

@testable import Federation

@Suite struct CodecTests {
  private func tensors() throws -> [ExchangeKey: Tensor] {
    [
      "a": Tensor([1, -0.0, .infinity, .leastNonzeroMagnitude] as [Float], shape: [2, 2]),
      "b": Tensor(labels: [3, -1]), "c": try .zeros([0, 5]), "d": Tensor([0.1] as [Double], shape: []),
    ]
  }

  private func outcome() throws -> Outcome {
    let optimizer = OptimizerState(vectors: [Tensor([1, 2] as [Float])], stepCount: 7)
    let state = ClientState(values: Exchange(tensors: try tensors(), numbers: ["n": .pi]), optimizer: optimizer)
    let report = TrainingReport(loss: 0.5, steps: 3, norm: .infinity, isFinite: false)
    return Outcome(
      owner: .client(4),
      result: .success(TaskResult(values: Exchange(numbers: ["x": -1]), report: report, state: state)))
  }

  @Test func `what is written is read back with the same bits`() throws {
    let read = try Codec.outcome(Codec.bytes(of: outcome())), result = try read.result.get()
    #expect(read.owner == .client(4) && result.values.numbers == ["x": -1])
    #expect(result.report == TrainingReport(loss: 0.5, steps: 3, norm: .infinity, isFinite: false))
    let state = try #require(result.state)
    #expect(state.values.numbers == ["n": .pi] && state.optimizer?.stepCount == 7)
    #expect(state.optimizer?.vectors[0].floats == [1, 2])
    for (key, tensor) in try tensors() {
      let other = try #require(state.values.tensors[key])
      #expect(other.shape == tensor.shape && other.elementType == tensor.elementType)
      #expect(other.values.map(\.bitPattern) == tensor.values.map(\.bitPattern))
    }
  }

  @Test func `jobs, tasks and failures cross with all they hold`() throws {
    let job = try Codec.job(
      Codec.bytes(
        of: Job(function: "é", round: 9, shared: Exchange(tensors: try tensors()), tasks: [])))
    #expect(job.function == "é" && job.round == 9 && job.shared.tensors.count == 4)
    for data in [DataHandle.client(3), .root, .test, .validation, .guest(8)] {
      let task = JobTask(index: 2, owner: .server, data: data, inputs: Exchange(numbers: ["share": 0.25]))
      let read = try Codec.task(Codec.bytes(of: task))
      #expect(read.data == data && read.owner == .server && read.index == 2 && read.inputs.numbers == ["share": 0.25])
      #expect(read.state == nil)
    }
    let failure = TaskFailure(owner: .client(2), message: "no", traceback: "line 3")
    let read = try Codec.outcome(Codec.bytes(of: Outcome(owner: .client(2), result: .failure(failure))))
    guard case .failure(failure) = read.result else {
      Issue.record("\(read)")
      return
    }
  }

  @Test func `a message cut anywhere is an error`() throws {
    let bytes = Codec.bytes(of: try outcome())
    for count in 0..<bytes.count {
      #expect(throws: WireError.self) { try Codec.outcome(Array(bytes[..<count])) }
    }
    #expect(throws: WireError.self) { try Codec.outcome(bytes + [0]) }
  }

  @Test func `a message with any byte changed is read as something or refused, and never ends the process`() throws {
    let bytes = Codec.bytes(of: try outcome())
    var refused = 0
    for position in bytes.indices {
      for value: UInt8 in [0, 1, 127, 128, 255] {
        var changed = bytes
        changed[position] = value
        do { _ = try Codec.outcome(changed) } catch { refused += 1 }
      }
    }
    #expect(refused > bytes.count)
  }

  @Test func `other versions, kinds and programs are refused`() throws {
    let bytes = Codec.bytes(of: try outcome())
    for position in 0..<6 {
      var changed = bytes
      changed[position] &+= 1
      #expect(throws: WireError.self) { try Codec.outcome(changed) }
    }
    #expect(throws: WireError.self) { try Codec.task(bytes) }
  }

  @Test func `a tensor that claims more than the message has is refused before memory is taken`() {
    func tensor(_ sizes: [Int]) -> [UInt8] {
      var writer = WireWriter()
      writer.write(UInt8(0))
      writer.write(sizes.count)
      for size in sizes { writer.write(size) }
      return writer.bytes
    }
    for sizes in [[1 << 40], [1 << 62, 4], [0, 1 << 62, 4], [-1], [3]] {
      var reader = WireReader(tensor(sizes))
      #expect(throws: WireError.self) { try reader.tensor() }
    }
  }
}
