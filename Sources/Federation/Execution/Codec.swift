public import Networks
import Tensors

/// Writes jobs, tasks, outcomes and what clients keep as bytes, and reads them back.
///
/// A message is four letters, a version, a kind, and the value. Reading checks everything: what other bytes hold is an
/// error, never a trap and never a large allocation.
public enum Codec {
  private static let letters: [UInt8] = Array("FLUA".utf8)

  /// Tells one kind of message from another.
  private enum Kind: UInt8 {
    case job = 1, task, outcome, clientState, optimizerState
  }

  /// Grows with each change of what is written.
  public static let version: UInt8 = 1

  /// Writes a job without its tasks: what every worker gets once.
  public static func bytes(of job: Job) -> [UInt8] {
    message(.job) { writer in
      writer.write(job.function)
      writer.write(job.round)
      job.shared.write(to: &writer)
    }
  }

  /// Reads what ``bytes(of:)-(Job)`` wrote; the job has no tasks.
  public static func job(_ bytes: some WireBytes) throws -> Job {
    try read(.job, bytes) { reader in
      Job(function: try reader.text(), round: try reader.int(), shared: try Exchange(&reader), tasks: [])
    }
  }

  public static func bytes(of task: JobTask) -> [UInt8] {
    message(.task) { writer in
      writer.write(task.index)
      task.owner.write(to: &writer)
      task.data.write(to: &writer)
      writer.write(task.state) { $1.write(to: &$0) }
      task.inputs.write(to: &writer)
    }
  }

  public static func task(_ bytes: some WireBytes) throws -> JobTask {
    try read(.task, bytes) { reader in
      JobTask(
        index: try reader.int(), owner: try TaskOwner(&reader), data: try DataHandle(&reader),
        state: try reader.optional { try ClientState(&$0) }, inputs: try Exchange(&reader))
    }
  }

  public static func bytes(of outcome: Outcome) -> [UInt8] {
    message(.outcome) { writer in
      outcome.owner.write(to: &writer)
      switch outcome.result {
      case .success(let result):
        writer.write(true)
        result.write(to: &writer)
      case .failure(let failure):
        writer.write(false)
        failure.write(to: &writer)
      }
    }
  }

  public static func outcome(_ bytes: some WireBytes) throws -> Outcome {
    try read(.outcome, bytes) { reader in
      let owner = try TaskOwner(&reader)
      return Outcome(
        owner: owner,
        result: try reader.flag() ? .success(try TaskResult(&reader)) : .failure(try TaskFailure(&reader)))
    }
  }

  public static func bytes(of state: ClientState) -> [UInt8] { message(.clientState) { state.write(to: &$0) } }

  public static func clientState(_ bytes: some WireBytes) throws -> ClientState {
    try read(.clientState, bytes) { try ClientState(&$0) }
  }

  public static func bytes(of state: OptimizerState) -> [UInt8] { message(.optimizerState) { state.write(to: &$0) } }

  public static func optimizerState(_ bytes: some WireBytes) throws -> OptimizerState {
    try read(.optimizerState, bytes) { try OptimizerState(wire: &$0) }
  }

  // MARK: Messages

  private static func message(_ kind: Kind, _ body: (inout WireWriter) -> Void) -> [UInt8] {
    var writer = WireWriter()
    for letter in letters { writer.write(letter) }
    writer.write(version)
    writer.write(kind.rawValue)
    body(&writer)
    return writer.bytes
  }

  private static func read<Value>(
    _ kind: Kind, _ bytes: some WireBytes, _ body: (inout WireReader) throws -> Value
  ) throws -> Value {
    var reader = WireReader(bytes)
    for letter in letters where try reader.byte() != letter { throw reader.fail("it does not begin as one of ours") }
    let found = try reader.byte()
    guard found == version else { throw reader.fail("it is of version \(found), this program reads \(version)") }
    guard try reader.byte() == kind.rawValue else { throw reader.fail("it is of another kind") }
    let value = try body(&reader)
    guard reader.left == 0 else { throw reader.fail("\(reader.left) bytes are left over") }
    return value
  }
}

// MARK: What messages are made of

extension Exchange {
  /// Names ascend, so that equal content has equal bytes.
  func write(to writer: inout WireWriter) {
    writer.write(each: tensors.sorted { $0.key < $1.key }) { writer, pair in
      writer.write(pair.key.name)
      writer.write(pair.value)
    }
    writer.write(each: numbers.sorted { $0.key < $1.key }) { writer, pair in
      writer.write(pair.key.name)
      writer.write(pair.value)
    }
  }

  init(_ reader: inout WireReader) throws {
    let tensors = try reader.each { (ExchangeKey(try $0.text()), try $0.tensor()) }
    let numbers = try reader.each { (ExchangeKey(try $0.text()), try $0.double()) }
    guard Set(tensors.map(\.0)).count == tensors.count, Set(numbers.map(\.0)).count == numbers.count else {
      throw reader.fail("a name stands there twice")
    }
    self.init(
      tensors: Dictionary(uniqueKeysWithValues: tensors), numbers: Dictionary(uniqueKeysWithValues: numbers))
  }
}

extension TaskOwner {
  func write(to writer: inout WireWriter) {
    if case .client(let id) = self { writer.write(id) } else { writer.write(0) }
  }

  init(_ reader: inout WireReader) throws {
    let id = try reader.int()
    guard id >= 0 else { throw reader.fail("there is no client \(id)") }
    self = id == 0 ? .server : .client(id)
  }
}

extension DataHandle {
  func write(to writer: inout WireWriter) {
    let (kind, number): (UInt8, Int) =
      switch self {
      case .client(let id): (0, id)
      case .root: (1, 0)
      case .test: (2, 0)
      case .validation: (3, 0)
      case .guest(let number): (4, number)
      }
    writer.write(kind)
    writer.write(number)
  }

  init(_ reader: inout WireReader) throws {
    let kind = try reader.byte(), number = try reader.int()
    switch kind {
    case 0: self = .client(number)
    case 1: self = .root
    case 2: self = .test
    case 3: self = .validation
    case 4: self = .guest(number)
    default: throw reader.fail("there are no data of kind \(kind)")
    }
  }
}

extension ClientState {
  func write(to writer: inout WireWriter) {
    values.write(to: &writer)
    writer.write(optimizer) { $1.write(to: &$0) }
  }

  init(_ reader: inout WireReader) throws {
    self.init(values: try Exchange(&reader), optimizer: try reader.optional { try OptimizerState(wire: &$0) })
  }
}

extension OptimizerState {
  func write(to writer: inout WireWriter) {
    writer.write(UInt8(ElementType.allCases.firstIndex(of: elementType) ?? 0))
    writer.write(stepCount)
    writer.write(each: vectors) { $0.write($1) }
  }

  convenience init(wire reader: inout WireReader) throws {
    let code = Int(try reader.byte()), stepCount = try reader.int()
    guard ElementType.allCases.indices.contains(code), stepCount >= 0 else {
      throw reader.fail("an optimizer's state is damaged")
    }
    self.init(vectors: try reader.each { try $0.tensor() }, ElementType.allCases[code], stepCount: stepCount)
  }
}

extension TaskResult {
  func write(to writer: inout WireWriter) {
    values.write(to: &writer)
    writer.write(report) { writer, report in
      writer.write(report.loss)
      writer.write(report.steps)
      writer.write(report.norm) { $0.write($1) }
      writer.write(report.isFinite)
    }
    writer.write(state) { $1.write(to: &$0) }
  }

  init(_ reader: inout WireReader) throws {
    self.init(
      values: try Exchange(&reader),
      report: try reader.optional {
        TrainingReport(
          loss: try $0.double(), steps: try $0.int(), norm: try $0.optional { try $0.double() },
          isFinite: try $0.flag())
      },
      state: try reader.optional { try ClientState(&$0) })
  }
}

extension TaskFailure {
  func write(to writer: inout WireWriter) {
    owner.write(to: &writer)
    writer.write(message)
    writer.write(traceback) { $0.write($1) }
  }

  init(_ reader: inout WireReader) throws {
    self.init(
      owner: try TaskOwner(&reader), message: try reader.text(), traceback: try reader.optional { try $0.text() })
  }
}
