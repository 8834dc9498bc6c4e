import Tensors

/// Decodes pictures: JPEG and PNG, told by their first bytes.
public enum ImageDecoder {
  /// Decodes a file into grey or color, 8 bits a channel; 16 bits are rounded.
  ///
  /// - Throws: As ``decodeAll(_:limits:)``.
  public static func decode(_ file: FileContent, limits: ReaderLimits = .standard) throws -> PixelImage {
    try decodeAll(file, limits: limits).rounded
  }

  /// Decodes a file into grey or color with all its bits, as it was saved.
  ///
  /// - Throws: ``DatasetError`` naming the file, what is wrong, and for a foreign format what to do instead.
  public static func decodeAll(_ file: FileContent, limits: ReaderLimits = .standard) throws -> DecodedImage {
    if FileSignature.isJPEG(file.bytes) { return .bytes(try JPEGDecoder.decode(file, limits: limits)) }
    if FileSignature.isPNG(file.bytes) { return try PNGDecoder.decode(file, limits: limits) }
    guard !file.bytes.isEmpty else { throw DatasetError.malformed(path: file.path, problem: "it is empty") }
    throw DatasetError.malformed(
      path: file.path, problem: file.refusal(except: []) ?? "it is neither JPEG nor PNG")
  }

  /// Refuses what a header claims before anything is allocated for it.
  static func check(width: Int, height: Int, _ file: FileContent, _ limits: ReaderLimits) throws {
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, pixels <= limits.imagePixels else {
      throw DatasetError.overLimit(
        path: file.path, what: "the number of pixels, \(width) x \(height),", got: overflow ? .max : UInt64(pixels),
        limit: UInt64(limits.imagePixels))
    }
  }
}
