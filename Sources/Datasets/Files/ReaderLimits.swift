/// How much a reader takes from a file before it refuses it.
public struct ReaderLimits: Sendable {
  /// Largest file, in bytes.
  public var fileBytes: Int
  /// Largest content after decompression, and largest set of samples in memory, in bytes.
  public var decodedBytes: Int
  /// Largest picture, in pixels.
  public var imagePixels: Int
  /// Most files of one data set.
  public var fileCount: Int

  public init(
    fileBytes: Int = 2 << 30, decodedBytes: Int = 2 << 30, imagePixels: Int = 1 << 25, fileCount: Int = 1 << 20
  ) {
    self.fileBytes = fileBytes
    self.decodedBytes = decodedBytes
    self.imagePixels = imagePixels
    self.fileCount = fileCount
  }

  public static let standard = ReaderLimits()
}
