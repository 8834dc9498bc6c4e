import Glibc

/// How much memory the machine can still give without taking it from a program.
enum FreeMemory {
  /// Blocks below this size are taken without a question: asking costs some microseconds.
  static let smallestAsked = 256 << 20

  /// Bytes that the system calls available; nil where it does not tell.
  static var byteCount: Int? {
    guard let file = fopen("/proc/meminfo", "r") else { return nil }
    defer { fclose(file) }
    let line = UnsafeMutablePointer<CChar>.allocate(capacity: 256)
    defer { line.deallocate() }
    while fgets(line, 256, file) != nil {
      let words = String(cString: line).split(separator: " ")
      if words.first == "MemAvailable:", words.count > 1 { return Int(words[1]).map { $0 << 10 } }
    }
    return nil
  }

  /// - Throws: ``TensorError/noMemory(op:shape:needed:free:)`` for a large block that would push other memory out.
  static func expect(_ needed: Int, _ op: String, _ shape: Shape) throws {
    guard needed >= smallestAsked, let free = byteCount, needed > free else { return }
    throw TensorError.noMemory(op: op, shape: shape, needed: needed, free: free)
  }
}
