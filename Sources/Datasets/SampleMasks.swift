/// What is known of each pixel of each sample: outside, inside the skull, in a lesion. Shared by all views of a set.
public struct SampleMasks: Sendable {
  /// What a mask can mark.
  public enum Region: String, Sendable, CaseIterable {
    /// Pixels of a lesion, the swelling around it not counted.
    case lesion
    /// Everything inside the skull, lesions included.
    case brain

    /// Smallest mark that belongs to the region.
    var threshold: UInt8 { self == .lesion ? 2 : 1 }
  }

  private let bytes: [UInt8]
  public let height: Int
  public let width: Int

  /// Wraps marks, a row of pixels after the other: 0 outside, 1 inside the skull, 2 in a lesion.
  public init(bytes: [UInt8], height: Int, width: Int) {
    precondition(height > 0 && width > 0 && bytes.count.isMultiple(of: height * width))
    (self.bytes, self.height, self.width) = (bytes, height, width)
  }

  /// Memory that the marks take.
  public var byteCount: Int { bytes.count }

  /// Returns the masks of some rows, in that order.
  func picking(_ rows: [Int]) -> SampleMasks {
    let size = height * width
    return SampleMasks(
      bytes: rows.flatMap { bytes[$0 * size..<($0 + 1) * size] }, height: height, width: width)
  }

  /// Returns 1 for each pixel of a region and 0 for the others, for the samples of some rows.
  func marks(_ region: Region, rows: [Int]) -> [UInt8] {
    let size = height * width
    return [UInt8](unsafeUninitializedCapacity: rows.count * size) { output, filled in
      for (index, row) in rows.enumerated() {
        for pixel in 0..<size {
          output[index * size + pixel] = bytes[row * size + pixel] >= region.threshold ? 1 : 0
        }
      }
      filled = rows.count * size
    }
  }
}
