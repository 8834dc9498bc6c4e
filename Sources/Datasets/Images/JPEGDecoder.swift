import CTurboJPEGSystem

/// Decodes JPEG, baseline or progressive, by TurboJPEG.
///
/// Its functions return codes, so no `longjmp` crosses Swift. A warning, such as a file that ends early, refuses the
/// file; so do more than 500 scans, which cost time without limit.
enum JPEGDecoder {
  /// Decodes a file into grey or color, as it was saved, upright as its metadata say.
  ///
  /// - Throws: ``DatasetError``.
  static func decode(_ file: FileContent, limits: ReaderLimits) throws -> PixelImage {
    guard let decoder = tjInitDecompress() else {
      throw DatasetError.unreadable(path: file.path, reason: "the JPEG library could not start")
    }
    defer { tjDestroy(decoder) }
    let header = try header(file, decoder)
    try ImageDecoder.check(width: header.width, height: header.height, file, limits)
    let isGrey = header.colors == Int32(TJCS_GRAY.rawValue)
    let channels = isGrey ? 1 : 3
    let format = isGrey ? TJPF_GRAY : TJPF_RGB
    let count = header.width * header.height * channels
    var status: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { output, filled in
      // A file that is not decoded to its end must not show what lay in this memory before.
      output.initialize(repeating: 0)
      status = tjDecompress2(
        decoder, file.bytes, UInt(file.bytes.count), output.baseAddress, Int32(header.width), 0, Int32(header.height),
        Int32(format.rawValue), TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS)
      filled = count
    }
    guard status == 0 else { throw damaged(file, decoder) }
    return PixelImage(width: header.width, height: header.height, channels: channels, bytes: bytes)
      .upright(EXIFOrientation.read(file.bytes))
  }

  private static func header(
    _ file: FileContent, _ decoder: tjhandle
  ) throws -> (width: Int, height: Int, colors: Int32) {
    var width: Int32 = 0
    var height: Int32 = 0
    var subsampling: Int32 = 0
    var colors: Int32 = 0
    let status = tjDecompressHeader3(
      decoder, file.bytes, UInt(file.bytes.count), &width, &height, &subsampling, &colors)
    guard status == 0, width > 0, height > 0 else { throw damaged(file, decoder) }
    if colors == Int32(TJCS_CMYK.rawValue) || colors == Int32(TJCS_YCCK.rawValue) {
      throw DatasetError.malformed(
        path: file.path, problem: "it is a JPEG in the printing colors CMYK; save it in RGB or grey")
    }
    return (Int(width), Int(height), colors)
  }

  private static func damaged(_ file: FileContent, _ decoder: tjhandle) -> DatasetError {
    let reason = tjGetErrorStr2(decoder).map { String(cString: $0) } ?? "no reason given"
    return .malformed(path: file.path, problem: "it is a damaged JPEG: \(reason)")
  }
}
