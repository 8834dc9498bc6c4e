import Tensors
import Testing

@testable import Federation

@Suite struct FrameTests {
  private let frame = Frame(.results, of: 77, number: 5, body: Array(0..<200))

  @Test func `a frame is read back`() throws {
    let read = try Frame(frame.bytes, of: 77, number: 5)
    #expect(read.kind == .results && read.body == frame.body && frame.bytes.count == Frame.headerSize + 200)
    #expect(try Frame(Frame(.end, of: .max, number: -1, body: []).bytes).subject == .max)
  }

  @Test func `cut, longer, damaged, foreign and repeated frames are refused with their reason`() {
    func problem(_ bytes: [UInt8], of subject: UInt64 = 77, number: Int = 5) -> String {
      do { return "\(try Frame(bytes, of: subject, number: number))" } catch { return "\(error)" }
    }
    let bytes = frame.bytes
    for count in 0..<bytes.count { #expect(throws: WireError.self) { try Frame(Array(bytes[..<count])) } }
    #expect(problem(bytes + [0]).contains("1 bytes are left over"))
    #expect(problem(Array(bytes.dropLast())).contains("it was cut"))
    var damaged = bytes
    damaged[100] ^= 1
    #expect(problem(damaged).contains("its checksum is wrong"))
    #expect(problem(bytes, of: 78).contains("another run"))
    #expect(problem(bytes, number: 6).contains("sent before, as number 5"))
    #expect(problem(bytes, number: 4).contains("were lost"))
    var huge = bytes
    huge[36] = 127
    #expect(problem(huge).contains("is not allowed"))
  }

  @Test func `every change of one byte is found out, and no frame passes for another`() throws {
    for position in frame.bytes.indices {
      var changed = frame.bytes
      changed[position] ^= 0x10
      #expect(throws: WireError.self) { try Frame(changed, of: 77, number: 5) }
    }
  }

  /// Messages as they cross: cut, joined, with bytes changed, doubled or from elsewhere.
  @Test func `a hundred thousand damaged messages are refused or read as something, and none ends the process`() throws
  {
    let state = ClientState(values: Exchange(tensors: ["a": Tensor([1, 2, 3] as [Float])], numbers: ["n": 1]))
    let task = JobTask(index: 1, owner: .client(2), data: .client(2), state: state)
    let result = TaskResult(values: Exchange(tensors: ["u": Tensor([0.5] as [Float])]), state: state)
    let messages = [
      Codec.bytes(of: Job(function: "train", round: 2, shared: state.values, tasks: [])), Codec.bytes(of: task),
      Codec.bytes(of: Outcome(owner: .client(2), result: .success(result))),
      Codec.bytes(of: Outcome(owner: .client(2), result: .failure(TaskFailure(owner: .client(2), message: "é")))),
      frame.bytes, Frame(.job, of: 3, number: 1, body: Codec.bytes(of: task)).bytes,
    ]
    var stream = RandomStream(seed: 9, purpose: .init("fuzz")), refused = 0, read = 0
    for number in 0..<100_000 {
      let bytes = damaged(messages[number % messages.count], messages, &stream)
      for reader in readers {
        do {
          try reader(bytes)
          read += 1
        } catch is WireError { refused += 1 }
      }
    }
    #expect(refused + read == 400_000 && refused > 300_000 && read > 1000)
  }

  private var readers: [([UInt8]) throws -> Void] {
    [{ _ = try Frame($0) }, { _ = try Codec.job($0) }, { _ = try Codec.task($0) }, { _ = try Codec.outcome($0) }]
  }

  private func damaged(_ bytes: [UInt8], _ others: [[UInt8]], _ stream: inout RandomStream) -> [UInt8] {
    var bytes = bytes
    for _ in 0...stream.integer(below: 3) {
      let position = stream.integer(below: max(1, bytes.count))
      switch stream.integer(below: 5) {
      case 0: bytes = Array(bytes[..<min(position, bytes.count)])
      case 1 where !bytes.isEmpty: bytes[position] = UInt8(stream.integer(below: 256))
      case 2: bytes.insert(contentsOf: others[position % others.count].prefix(20), at: min(position, bytes.count))
      case 3 where bytes.count > 8:
        bytes.replaceSubrange(position..<min(position + 8, bytes.count), with: Array(repeating: 255, count: 8))
      default: bytes += bytes.prefix(position)
      }
    }
    return bytes
  }
}
