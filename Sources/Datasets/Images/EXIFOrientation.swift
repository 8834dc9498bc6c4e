/// How a camera was held, as the metadata of a JPEG tell: 1 for upright, 2 to 8 for turned and mirrored pictures.
///
/// - Source: CIPA DC-008 (Exif 2.32), tag 0x0112.
enum EXIFOrientation {
  /// Segments before the picture that are looked at.
  private static let mostSegments = 64

  /// Returns the orientation of a JPEG file; 1 where its metadata name none, or are damaged.
  static func read(_ bytes: [UInt8]) -> Int {
    var position = 2
    for _ in 0..<mostSegments {
      guard position + 4 <= bytes.count, bytes[position] == 0xff else { return 1 }
      let marker = bytes[position + 1]
      let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
      // The picture itself starts at SOS; no metadata follow.
      guard marker != 0xda, length >= 2, position + 2 + length <= bytes.count else { return 1 }
      let content = bytes[(position + 4)..<(position + 2 + length)]
      if marker == 0xe1, content.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) {
        return orientation(Array(content.dropFirst(6)))
      }
      position += 2 + length
    }
    return 1
  }

  /// Looks for the tag in the first directory of a TIFF header.
  private static func orientation(_ tiff: [UInt8]) -> Int {
    guard tiff.count >= 8 else { return 1 }
    let isBig = tiff.starts(with: [0x4d, 0x4d, 0, 42])
    guard isBig || tiff.starts(with: [0x49, 0x49, 42, 0]) else { return 1 }
    func number(_ offset: Int, _ count: Int) -> Int? {
      guard offset >= 0, offset <= tiff.count - count else { return nil }
      let part = tiff[offset..<offset + count]
      return (isBig ? Array(part) : part.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }
    guard let start = number(4, 4), let count = number(start, 2) else { return 1 }
    for entry in 0..<count {
      let offset = start + 2 + 12 * entry
      guard let tag = number(offset, 2), let type = number(offset + 2, 2) else { return 1 }
      guard tag == 0x0112 else { continue }
      // SHORT as the standard says, or LONG, which some programs write.
      guard let value = type == 3 ? number(offset + 8, 2) : (type == 4 ? number(offset + 8, 4) : nil) else { return 1 }
      return (1...8).contains(value) ? value : 1
    }
    return 1
  }
}

extension PixelImage {
  /// Returns the picture upright.
  ///
  /// - Parameter orientation: 1 to 8, as Exif counts.
  func upright(_ orientation: Int) -> PixelImage {
    guard (2...8).contains(orientation) else { return self }
    let isTurned = orientation > 4
    let (newWidth, newHeight) = isTurned ? (height, width) : (width, height)
    var turned = [UInt8](repeating: 0, count: bytes.count)
    for y in 0..<newHeight {
      for x in 0..<newWidth {
        // Where the pixel lies in the file.
        let (column, row) =
          switch orientation {
          case 2: (width - 1 - x, y)
          case 3: (width - 1 - x, height - 1 - y)
          case 4: (x, height - 1 - y)
          case 5: (y, x)
          case 6: (y, height - 1 - x)
          case 7: (width - 1 - y, height - 1 - x)
          default: (width - 1 - y, x)
          }
        for channel in 0..<channels {
          turned[(y * newWidth + x) * channels + channel] = bytes[(row * width + column) * channels + channel]
        }
      }
    }
    return PixelImage(width: newWidth, height: newHeight, channels: channels, bytes: turned)
  }
}
