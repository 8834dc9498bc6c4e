import Glibc

/// Memory in a file without a name, for numbers that are written once and read a few times.
///
/// The system writes pages out when it needs room, so what lies here does not count against ``MemoryBudget``. The whole
/// size is taken from the disk at once: a full disk is an error here, not a crash in the middle of a computation.
enum FileMemory {
  /// Folder of the files: `TMPDIR`, or `/var/tmp`, which lies on a disk where `/tmp` may not.
  static var directory: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp" }

  /// Maps a new file of zeros.
  ///
  /// - Throws: ``TensorError/noDisk(op:directory:needed:reason:)``.
  static func map(_ byteCount: Int, in directory: String, op: String) throws -> UnsafeMutableRawPointer {
    func failure(_ code: Int32) -> TensorError {
      .noDisk(op: op, directory: directory, needed: byteCount, reason: String(cString: strerror(code)))
    }
    var path = Array("\(directory)/fedlua-XXXXXX".utf8CString)
    let file = mkstemp(&path)
    guard file >= 0 else { throw failure(errno) }
    defer { close(file) }
    unlink(path)
    let code = posix_fallocate(file, 0, byteCount)
    guard code == 0 else { throw failure(code) }
    guard let base = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), base != MAP_FAILED else {
      throw failure(errno)
    }
    return base
  }

  /// Takes pages out of this process's memory; they come back from the file when they are read.
  static func letGo(_ base: UnsafeMutableRawPointer, _ byteCount: Int) {
    let page = sysconf(Int32(_SC_PAGESIZE)), address = UInt(bitPattern: base)
    let start = address / UInt(page) * UInt(page)
    madvise(UnsafeMutableRawPointer(bitPattern: start), byteCount + Int(address - start), MADV_DONTNEED)
  }
}

extension Tensor {
  /// Makes a float32 tensor of zeros in a file without a name, which counts against no limit of memory.
  ///
  /// - Parameter directory: Folder of the file; `TMPDIR`, or `/var/tmp`, without it.
  /// - Throws: ``TensorError/noDisk(op:directory:needed:reason:)`` where the disk has no room for it.
  public static func inFile(_ shape: Shape, directory: String? = nil, op: String = "tensor") throws -> Tensor {
    for size in shape where size < 1 {
      throw TensorError.shape(op: op, got: shape, expected: "sizes are 1 or more")
    }
    var byteCount = MemoryLayout<Float>.stride
    for size in shape {
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: size)
      guard !overflow else { throw TensorError.tooLarge(op: op, shape: shape) }
      byteCount = product
    }
    let storage = try Storage(byteCount: byteCount, inFileIn: directory ?? FileMemory.directory, op: op)
    return Tensor(viewing: storage, shape: shape, strides: shape.rowMajorStrides)
  }
}
