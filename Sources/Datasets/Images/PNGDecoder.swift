import CPNGSystem

/// Decodes PNG of any kind by libpng's simplified interface, which keeps its `longjmp` to itself.
enum PNGDecoder {
  /// Decodes a file into grey or color, 8 bits a channel.
  ///
  /// 16 bits are rounded to 8. Transparency is dropped, not mixed with a background: the pixel's own color stays.
  ///
  /// - Throws: ``DatasetError``.
  static func decode(_ file: FileContent, limits: ReaderLimits) throws -> PixelImage {
    let chunks = try PNGChunks(file, limits: limits)
    // On the heap: libpng keeps the address of this record.
    let image = UnsafeMutablePointer<png_image>.allocate(capacity: 1)
    image.initialize(to: png_image())
    image.pointee.version = png_uint_32(PNG_IMAGE_VERSION)
    defer {
      png_image_free(image)
      image.deallocate()
    }
    return try chunks.bytes.withUnsafeBytes { bytes in
      guard png_image_begin_read_from_memory(image, bytes.baseAddress, bytes.count) != 0,
        Int(image.pointee.width) == chunks.width, Int(image.pointee.height) == chunks.height
      else { throw damaged(file, image) }
      return try readPixels(file, image)
    }
  }

  private static func readPixels(_ file: FileContent, _ image: UnsafeMutablePointer<png_image>) throws -> PixelImage {
    let isColor = image.pointee.format & PNG_FORMAT_FLAG_COLOR != 0
    let hasAlpha = image.pointee.format & PNG_FORMAT_FLAG_ALPHA != 0
    image.pointee.format = (isColor ? PNG_FORMAT_FLAG_COLOR : 0) | (hasAlpha ? PNG_FORMAT_FLAG_ALPHA : 0)
    image.pointee.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
    let channels = isColor ? 3 : 1
    let samples = channels + (hasAlpha ? 1 : 0)
    let (width, height) = (Int(image.pointee.width), Int(image.pointee.height))
    let count = width * height * samples
    var status: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { output, filled in
      output.initialize(repeating: 0)
      status = png_image_finish_read(image, nil, output.baseAddress, png_int_32(width * samples), nil)
      filled = count
    }
    guard status != 0 else { throw damaged(file, image) }
    let colors = hasAlpha ? droppingAlpha(bytes, pixels: width * height, channels) : bytes
    return PixelImage(width: width, height: height, channels: channels, bytes: colors)
  }

  private static func droppingAlpha(_ bytes: [UInt8], pixels: Int, _ channels: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: pixels * channels) { output, filled in
      for pixel in 0..<pixels {
        for channel in 0..<channels {
          output[pixel * channels + channel] = bytes[pixel * (channels + 1) + channel]
        }
      }
      filled = pixels * channels
    }
  }

  private static func damaged(_ file: FileContent, _ image: UnsafeMutablePointer<png_image>) -> DatasetError {
    let reason = withUnsafeBytes(of: image.pointee.message) { message in
      String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
    }
    return .malformed(path: file.path, problem: "it is a damaged PNG: \(reason.isEmpty ? "no reason given" : reason)")
  }
}
