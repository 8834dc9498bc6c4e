/// How much a reader takes from a file before it refuses it.
public struct ReaderLimits: Sendable {
  /// Largest file, in bytes.
  public var fileBytes: Int
  /// Largest content after decompression, in bytes.
  public var decodedBytes: Int

  public init(fileBytes: Int = 2 << 30, decodedBytes: Int = 2 << 30) {
    self.fileBytes = fileBytes
    self.decodedBytes = decodedBytes
  }

  public static let standard = ReaderLimits()
}
