extension Tensor {
  /// SHA-256 of the values in row-major order, for records: of a large tensor it takes blocks evenly over it, so that it
  /// costs no time beside what is done with the tensor. nil in a dry run, where there are no values.
  public func sampleHash() -> String? {
    guard Trace.dry == nil, !storage.isSymbolic else { return nil }
    let whole = detach().contiguous()
    let block = 4_096, blocks = 64, count = whole.byteCount
    return withExtendedLifetime(whole.storage) {
      let bytes = UnsafeRawBufferPointer(
        start: whole.storage.base + whole.offset * elementType.byteCount, count: count)
      guard count > blocks * block else { return SHA256.hex(bytes) }
      var hash = SHA256()
      for number in 0..<blocks {
        let start = (count - block) / (blocks - 1) * number
        hash.update(UnsafeRawBufferPointer(rebasing: bytes[start..<start + block]))
      }
      return hash.hex()
    }
  }
}
