import CPNGSystem

/// Encodes pictures as PNG by libpng's simplified interface, which keeps its `longjmp` to itself.
enum PNGEncoder {
  /// Returns a PNG file of 8 bits a channel, grey or color as the picture.
  ///
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` where libpng refuses, as for pictures of extreme sizes.
  static func encode(_ picture: PixelImage) throws -> [UInt8] {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    image.width = png_uint_32(picture.width)
    image.height = png_uint_32(picture.height)
    image.format = picture.channels == 3 ? PNG_FORMAT_FLAG_COLOR : 0
    var size = png_alloc_size_t(0)
    // The first call only tells how many bytes the second one writes.
    guard png_image_write_to_memory(&image, nil, &size, 0, picture.bytes, 0, nil) != 0 else { throw refused(image) }
    var isWritten: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(size)) { output, filled in
      isWritten = png_image_write_to_memory(&image, output.baseAddress, &size, 0, picture.bytes, 0, nil)
      filled = isWritten != 0 ? Int(size) : 0
    }
    guard isWritten != 0 else { throw refused(image) }
    return bytes
  }

  private static func refused(_ image: png_image) -> DatasetError {
    let reason = withUnsafeBytes(of: image.message) { message in
      String(validating: message.prefix { $0 != 0 }, as: UTF8.self) ?? "no reason given"
    }
    return .value(
      op: "save", what: "picture", got: "\(image.height) x \(image.width)", allowed: "libpng says: \(reason)")
  }
}
