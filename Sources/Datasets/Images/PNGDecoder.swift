import CPNGReader

/// Decodes PNG of any kind by libpng, whose jumps stay inside `CPNGReader`.
enum PNGDecoder {
  /// Decodes a file into grey or color with as many bits as it has.
  ///
  /// Transparency is dropped, not mixed with a background: the pixel's own color stays. 16 bits become numbers from 0
  /// to 1, `value / 65535`.
  ///
  /// - Throws: ``DatasetError``.
  static func decode(_ file: FileContent, limits: ReaderLimits) throws -> DecodedImage {
    let chunks = try PNGChunks(file, limits: limits)
    let (width, height, channels) = (chunks.width, chunks.height, chunks.channels)
    guard chunks.isDeep else {
      let bytes: [UInt8] = try pixels(chunks, file)
      return .bytes(PixelImage(width: width, height: height, channels: channels, bytes: bytes))
    }
    let words: [UInt16] = try pixels(chunks, file)
    return .deep(
      DeepImage(width: width, height: height, channels: channels, values: words.map { Float($0) / 65_535 }))
  }

  private static func pixels<Number: FixedWidthInteger>(_ chunks: PNGChunks, _ file: FileContent) throws -> [Number] {
    let rowCount = chunks.width * chunks.channels
    var message = [CChar](repeating: 0, count: Int(PNG_READ_MESSAGE_BYTES))
    var isRead: Int32 = 0
    let pixels = [Number](unsafeUninitializedCapacity: rowCount * chunks.height) { output, filled in
      // A file that is not decoded to its end must not show what lay in this memory before.
      output.initialize(repeating: 0)
      let bytes = UnsafeMutableRawPointer(output.baseAddress!).assumingMemoryBound(to: UInt8.self)
      isRead = png_read_pixels(
        chunks.bytes, chunks.bytes.count, bytes, rowCount * MemoryLayout<Number>.size, chunks.height, &message)
      filled = rowCount * chunks.height
    }
    guard isRead != 0 else {
      let reason = message.withUnsafeBufferPointer { String(validatingCString: $0.baseAddress!) } ?? ""
      throw DatasetError.malformed(
        path: file.path, problem: "it is a damaged PNG: \(reason.isEmpty ? "no reason given" : reason)")
    }
    return pixels
  }
}
