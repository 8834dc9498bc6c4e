import Tensors
import Testing

@testable import Federation

/// Runs whose clients train at sites: here other copies of the run, which get all they know as bytes.
@Suite struct CarriedExecutorTests {
  private func simulation(_ small: SmallRun, _ carrier: Copies) throws -> Simulation {
    let options = try small.options()
    return try Simulation(options) { isConfined, makeWorker in
      try CarriedExecutor(carrier, run: 42, threads: 1, isConfined: isConfined, makeWorker: makeWorker)
    }
  }

  @Test func `sites give the bits of one process`() throws {
    for small in [
      SmallRun(clientCount: 5), SmallRun(isBatchNormLocal: true, keepsOptimizerState: true, hasBatchNorm: true),
    ] {
      let run = try simulation(small, Copies(small))
      #expect(try run.finishRounds() == small.simulation().finishRounds())
    }
  }

  @Test func `what the server has is measured at the server`() throws {
    let small = SmallRun(hasRoot: true), carrier = Copies(small)
    let run = try simulation(small, carrier)
    _ = try run.evaluate(run.globalVector, on: .test)
    #expect(carrier.parcels.isEmpty)
    _ = try run.nextRound()
    #expect(carrier.parcels.map(\.number) == [1] && carrier.parcels[0].tasks.map(\.client) == [1, 2, 3, 4])
  }

  private typealias Change = (_ client: Int, _ answer: Answer) -> Answer

  /// What the record of a round says of client 3 when its answer is changed.
  private func reason(_ change: @escaping Change) throws -> String {
    let small = SmallRun(onFailure: .skip), carrier = Copies(small)
    let run = try simulation(small, carrier)
    carrier.change = change
    let record = try #require(try run.nextRound())
    #expect(record.clients.map(\.id) == [1, 2, 4] && record.failures.map(\.client) == [3])
    return record.failures[0].message
  }

  private func reason(bytes change: @escaping ([UInt8]) -> [UInt8]) throws -> String {
    try reason { client, answer in
      guard client == 3, case .frame(let bytes, let sender) = answer else { return answer }
      return .frame(change(bytes), sender: sender)
    }
  }

  private static func frame(
    _ outcome: Outcome, run: UInt64 = 42, number: Int = 1, kind: Frame.Kind = .results
  ) -> [UInt8] {
    Frame(kind, of: run, number: number, body: Codec.bytes(of: outcome)).bytes
  }

  @Test func `bad answers are refused with their reason, and their client has failed`() throws {
    #expect(try reason { $0.dropLast() }.contains("from site 3 was refused: message: it was cut"))
    #expect(try reason { $0 + [1] }.contains("left over"))
    #expect(
      try reason { bytes in
        var bytes = bytes
        bytes[60] ^= 1
        return bytes
      }.contains("checksum is wrong"))
    let failure = Outcome(owner: .client(3), result: .failure(TaskFailure(owner: .client(3), message: "no power")))
    #expect(try reason { _ in Self.frame(failure, run: 43) }.contains("another run"))
    #expect(try reason { _ in Self.frame(failure, number: 0) }.contains("sent before, as number 0"))
    #expect(try reason { _ in Self.frame(failure, kind: .job) }.contains("no answer"))
    #expect(try reason { _ in Self.frame(failure) } == "no power")
    let other = Outcome(owner: .client(4), result: .failure(TaskFailure(owner: .client(4), message: "")))
    #expect(try reason { _ in Self.frame(other) }.contains("it is of client 4"))
    #expect(try reason { _ in [] }.contains("it ends too early"))
    #expect(try reason { client, answer in client == 3 ? .nothing(reason: "node lost") : answer } == "node lost")
  }

  @Test func `updates of another shape, or none, are refused`() throws {
    func send(_ values: Exchange, report: TrainingReport? = TrainingReport(loss: 1, steps: 1)) throws -> String {
      let result = TaskResult(values: values, report: report)
      return try reason { _ in Self.frame(Outcome(owner: .client(3), result: .success(result))) }
    }
    #expect(try send(Exchange()).contains("tensor 'update' is missing"))
    #expect(try send(Exchange(tensors: [.update: .zeros([3])])).contains("is needed"))
    #expect(try send(Exchange(tensors: [.update: .zeros([51])]), report: nil).contains("report"))
    #expect(try send(Exchange(tensors: [.update: Tensor(labels: [1])])).contains("is needed"))
  }

  @Test func `too few answers are failures`() throws {
    let small = SmallRun(onFailure: .skip), carrier = Copies(small)
    carrier.most = 2
    let record = try #require(try simulation(small, carrier).nextRound())
    #expect(record.failures.map(\.message) == ["no answer came", "no answer came"])
  }
}

/// A site for each client: copies of the run that know what came as bytes, and no more.
private final class Copies: JobCarrier {
  private let small: SmallRun
  private(set) var parcels: [Parcel] = []
  var change: (Int, Answer) -> Answer = { $1 }
  var most = Int.max

  init(_ small: SmallRun) { self.small = small }

  func carry(_ parcel: Parcel) throws -> [Answer] {
    parcels.append(parcel)
    return try parcel.tasks.prefix(most).map { client, bytes in
      let job = try Codec.job(Frame(parcel.job, of: 42, number: parcel.number).body)
      let task = try Codec.task(Frame(bytes, of: 42, number: parcel.number).body)
      let whole = Job(function: job.function, round: job.round, shared: job.shared, tasks: [task])
      let outcome = try Simulation(small.options()).work(on: whole)[0]
      let frame = Frame(.results, of: 42, number: parcel.number, body: Codec.bytes(of: outcome))
      return change(client, .frame(frame.bytes, sender: "site \(client)"))
    }
  }
}
