/// Something that bytes come from, in order.
protocol ByteSource {
  /// Returns the next bytes.
  ///
  /// - Throws: ``DatasetError/malformed(path:problem:)`` where fewer are left.
  func bytes(_ count: Int, what: String) throws -> [UInt8]
}

extension ByteReader: ByteSource {}
