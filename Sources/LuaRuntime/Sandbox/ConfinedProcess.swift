import CLua
public import Foundation

/// A child process for a script of a stranger, and the connection to it: frames, each a length and bytes.
///
/// The child has no environment but the name of the instruction set, no descriptor but this connection, and ends with
/// its parent.
public final class ConfinedProcess {
  /// Why nothing comes from the other side any more.
  public enum Failure: Error {
    case tookTooLong, interrupted, ended(String)
  }

  private let process: pid_t
  private let connection: Int32
  private var isOver = false

  /// Starts a program with one argument.
  public init(_ path: String, _ argument: String) throws {
    var connection: Int32 = -1
    let instructions = ProcessInfo.processInfo.environment["FEDLUA_ISA"].map { "FEDLUA_ISA=\($0)" }
    let process =
      if let instructions { clua_spawn(path, argument, instructions, &connection) } else {
        clua_spawn(path, argument, nil, &connection)
      }
    guard process > 0 else {
      throw LuaFailure("no process could be started: \(String(cString: strerror(-process)))")
    }
    (self.process, self.connection) = (process, connection)
  }

  deinit {
    end()
    close(connection)
  }

  /// Ends the child at once.
  public func end() {
    guard !isOver else { return }
    isOver = true
    kill(process, SIGKILL)
    var status: Int32 = 0
    waitpid(process, &status, 0)
  }

  /// Sends a frame.
  public func send(_ bytes: [UInt8], until deadline: Date) throws {
    guard !isOver else { throw Failure.ended("it was ended before") }
    let length = withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Array($0) }
    for part in [length, bytes] {
      var sent = 0
      while sent < part.count {
        try wait(for: POLLOUT, until: deadline)
        let count = part.withUnsafeBytes { buffer in
          Foundation.send(
            connection, buffer.baseAddress! + sent, min(buffer.count - sent, 1 << 20),
            Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        if count < 0, errno != EAGAIN, errno != EINTR { throw failure() }
        sent += max(0, count)
      }
    }
  }

  /// Waits for a frame.
  ///
  /// - Parameter most: Bytes beyond which a frame is a lie.
  public func receive(most: Int, until deadline: Date) throws -> [UInt8] {
    let length = try bytes(8, until: deadline).enumerated().reduce(UInt64(0)) { $0 | UInt64($1.1) << UInt64(8 * $1.0) }
    guard length <= UInt64(most) else {
      end()
      throw Failure.ended("it sent a message of \(length) bytes")
    }
    return try bytes(Int(length), until: deadline)
  }

  private func bytes(_ count: Int, until deadline: Date) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count), got = 0
    while got < count {
      try wait(for: POLLIN, until: deadline)
      let read = bytes.withUnsafeMutableBytes { recv(connection, $0.baseAddress! + got, count - got, 0) }
      if read == 0 { throw failure() }
      if read < 0, errno != EAGAIN, errno != EINTR { throw failure() }
      got += max(0, read)
    }
    return bytes
  }

  private func wait(for event: Int32, until deadline: Date) throws {
    var descriptor = pollfd(fd: connection, events: Int16(event), revents: 0)
    let left = deadline.timeIntervalSinceNow
    let ready = left > 0 ? poll(&descriptor, 1, Int32(clamping: Int(left * 1000) + 1)) : 0
    if ready > 0 { return }
    let failure = ready < 0 && errno == EINTR ? Failure.interrupted : .tookTooLong
    end()
    throw failure
  }

  private func failure() -> Failure {
    var status: Int32 = 0
    guard !isOver else { return .ended("it was ended before") }
    kill(process, SIGKILL)
    waitpid(process, &status, 0)
    isOver = true
    let signal = status & 0x7f
    return .ended(signal == 0 ? "it ended by itself" : "signal \(signal) ended it")
  }
}

/// The child's side of a ``ConfinedProcess``.
public enum ConfinedChild {
  /// Gives up everything but the connection and so many bytes of memory. It cannot be taken back.
  public static func confine(memory: Int) { clua_confine(memory) }

  /// Lets the system end this process once it has used so many seconds more.
  public static func limitProcessorTime(_ seconds: Double) { clua_limit_processor_time(seconds) }

  /// Waits for a frame; nil when the parent is gone.
  public static func receive() -> [UInt8]? {
    guard let head = bytes(8) else { return nil }
    return bytes(Int(head.enumerated().reduce(UInt64(0)) { $0 | UInt64($1.1) << UInt64(8 * $1.0) }))
  }

  private static func bytes(_ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count), got = 0
    while got < count {
      let read = bytes.withUnsafeMutableBytes { recv(0, $0.baseAddress! + got, count - got, 0) }
      if read == 0 || (read < 0 && errno != EINTR) { return nil }
      got += max(0, read)
    }
    return bytes
  }

  /// Sends a frame.
  public static func send(_ bytes: [UInt8]) {
    let length = withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Array($0) }
    for part in [length, bytes] {
      var sent = 0
      while sent < part.count {
        let count = part.withUnsafeBytes {
          Foundation.send(1, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
        }
        if count < 0 && errno != EINTR { return }
        sent += max(0, count)
      }
    }
  }
}
