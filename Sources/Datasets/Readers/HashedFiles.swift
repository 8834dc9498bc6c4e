import Tensors

/// A file and the hash of its bytes, both taken at one reading.
struct HashedFile: Sendable {
  let content: FileContent
  let hash: String

  /// - Throws: As ``FileContent/init(path:limits:)``.
  init(path: String, limits: ReaderLimits) throws {
    content = try FileContent(path: path, limits: limits)
    hash = SHA256.hex(content.bytes)
  }
}

/// Files that were read to look for them in the cache, kept for the decoding that follows where they are not there.
struct HashedFiles: Sendable {
  /// One for each entry; nil for a file that cannot be read.
  private(set) var files: [HashedFile?]

  /// Reads all files on all threads that the caller owns.
  init(_ entries: [ImageEntry], limits: ReaderLimits) {
    files = [HashedFile?](repeating: nil, count: entries.count)
    files.withUnsafeMutableBufferPointer { buffer in
      let places = Places(base: buffer.baseAddress!)
      Parallel.forEach(entries.count) { index in
        if Interrupt.isRequested { return }
        places.base[index] = try? HashedFile(path: entries[index].path, limits: limits)
      }
    }
  }

  var hashes: [String?] { files.map { $0?.hash } }

  private struct Places: @unchecked Sendable {
    let base: UnsafeMutablePointer<HashedFile?>
  }
}
