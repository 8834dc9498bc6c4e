import Foundation
import LuaRuntime
import Synchronization

/// The lines that a program and ``JSONRepl`` exchange. Standard output and error of the process become messages among
/// them, so that whatever a script or the host writes reaches the program while the code still runs.
final class AnswerStream: Sendable {
  private let output: FileHandle
  private let lock = Mutex(())
  private let captures: [Capture]
  private let pending = Mutex<[UInt8]>([])

  init() throws {
    let output = FileHandle(fileDescriptor: dup(STDOUT_FILENO))
    self.output = output
    captures = [try Capture("stdout", STDOUT_FILENO), try Capture("stderr", STDERR_FILENO)]
    LuaState.writeLinesAtOnce()
    for capture in captures {
      capture.start { [unowned self] text in send(["type": "stream", "name": capture.name, "text": text]) }
    }
  }

  /// Writes one message.
  func send(_ message: [String: Any]) {
    guard var line = try? JSONSerialization.data(withJSONObject: message, options: [.sortedKeys]) else { return }
    line.append(UInt8(ascii: "\n"))
    lock.withLock { _ in output.write(line) }
  }

  /// Waits until everything that was written has become a message.
  func flush() {
    _ = LuaState.losesOutput()
    for capture in captures { capture.flush() }
  }

  /// Waits for a line of input; nil at its end. A signal does not end the wait.
  func nextRequest() -> String? {
    pending.withLock { pending in
      while true {
        if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
          defer { pending.removeFirst(end + 1) }
          return String(validating: pending[..<end], as: UTF8.self) ?? ""
        }
        var block = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(STDIN_FILENO, &block, block.count)
        if count > 0 { pending += block[..<count] }
        if count == 0 || (count < 0 && errno != EINTR) { return nil }
      }
    }
  }
}

/// A descriptor whose text goes through a pipe to a thread.
private final class Capture: Sendable {
  let name: String
  private let reading: Int32
  private let writing: Int32
  /// Marks a place in the text: all before it has been passed on.
  private let mark = Array("\u{1}\(UUID().uuidString)\u{1}".utf8)
  private let arrived = DispatchSemaphore(value: 0)

  init(_ name: String, _ descriptor: Int32) throws {
    self.name = name
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw LuaError(.runtime, "no pipe for \(name)") }
    (reading, writing) = (ends[0], ends[1])
    dup2(ends[1], descriptor)
  }

  func start(_ pass: @escaping @Sendable (String) -> Void) {
    Thread.detachNewThread { [self] in
      var pending: [UInt8] = [], block = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = read(reading, &block, block.count)
        if count == 0 || (count < 0 && errno != EINTR) { return }
        pending += block[..<max(0, count)]
        while let place = pending.firstRange(of: mark) {
          Self.pass(&pending, upTo: place.lowerBound, pass)
          pending.removeFirst(mark.count)
          arrived.signal()
        }
        Self.pass(&pending, upTo: Self.wholeCharacters(pending), pass)
      }
    }
  }

  func flush() {
    mark.withUnsafeBytes { _ = write(writing, $0.baseAddress, $0.count) }
    arrived.wait()
  }

  private static func pass(_ bytes: inout [UInt8], upTo end: Int, _ body: (String) -> Void) {
    guard end > 0 else { return }
    body(text(of: bytes[..<end]))
    bytes.removeFirst(end)
  }

  /// Bytes as text, with a question mark in the place of each that is none.
  private static func text(of bytes: ArraySlice<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    return bytes.reduce(into: "") { text, byte in text += byte < 0x80 ? String(UnicodeScalar(byte)) : "?" }
  }

  /// How many bytes end with a whole character, and before anything that may begin a mark.
  private static func wholeCharacters(_ bytes: [UInt8]) -> Int {
    if let mark = bytes.firstIndex(of: 1) { return mark }
    var end = bytes.count
    while end > 0, bytes.count - end < 3, bytes[end - 1] & 0xC0 == 0x80 { end -= 1 }
    guard end > 0, bytes[end - 1] >= 0xC0 else { return bytes.count }
    let length = bytes[end - 1] >= 0xF0 ? 4 : bytes[end - 1] >= 0xE0 ? 3 : 2
    return bytes.count - (end - 1) >= length ? bytes.count : end - 1
  }
}
