public import Tensors

/// Pictures for people: many of them side by side, regions outlined, written to a file.
extension PictureTensors {
  /// Returns one picture with several in rows, from the left and the top.
  ///
  /// - Parameters:
  ///   - images: Float32 `[n, c, h, w]`.
  ///   - columns: Pictures in a row; nil makes the grid about square.
  ///   - gap: Pixels between two pictures, which are 0.2.
  /// - Returns: Float32 `[c, H, W]`.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)``.
  public static func grid(_ images: Tensor, columns: Int? = nil, gap: Int = 1) throws -> Tensor {
    let shape = images.shape
    guard shape.count == 4, images.elementType == .float32, !shape.contains(0) else {
      throw DatasetError.value(
        op: "grid", what: "shape", got: "\(shape) \(images.elementType)",
        allowed: "float32 pictures [n, c, h, w] are needed")
    }
    let (count, channels, height, width) = (shape[0], shape[1], shape[2], shape[3])
    var square = 1
    while square * square < count { square += 1 }
    let columns = min(count, columns ?? square)
    guard columns >= 1, (0...64).contains(gap) else {
      throw DatasetError.value(
        op: "grid", what: "columns, gap", got: "\(columns), \(gap)", allowed: "1 or more columns, a gap of 0 to 64")
    }
    let rows = (count + columns - 1) / columns
    let result = try Tensor.full(
      [channels, rows * (height + gap) - gap, columns * (width + gap) - gap], 0.2, .float32)
    for index in 0..<count {
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      try result.narrow(axis: 1, start: row * (height + gap), count: height)
        .narrow(axis: 2, start: column * (width + gap), count: width).copy_(images.detach().select(axis: 0, index))
    }
    return result
  }

  /// Returns color pictures with the border of a region in red.
  ///
  /// - Parameters:
  ///   - images: Float32 `[n, c, h, w]`, grey or color.
  ///   - masks: Not 0 inside the region, `[n, 1, h, w]` of any type.
  /// - Returns: Float32 `[n, 3, h, w]`.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)``.
  public static func outline(_ images: Tensor, masks: Tensor) throws -> Tensor {
    let shape = images.shape
    guard shape.count == 4, images.elementType == .float32, shape[1] == 1 || shape[1] == 3,
      masks.shape == [shape[0], 1, shape[2], shape[3]]
    else {
      throw DatasetError.value(
        op: "outline", what: "shapes", got: "\(shape) and \(masks.shape)",
        allowed: "float32 pictures [n, c, h, w] and masks [n, 1, h, w] are needed")
    }
    let (height, width) = (shape[2], shape[3])
    let result = try images.detach().expand([shape[0], 3, height, width]).contiguous().clone()
    let marks = masks.values.map { $0 != 0 }
    let plane = height * width
    result.withMutableFloats { pixels in
      for index in marks.indices where marks[index] {
        let (row, column) = (index % plane).quotientAndRemainder(dividingBy: width)
        let isInner =
          row > 0 && row < height - 1 && column > 0 && column < width - 1 && marks[index - 1] && marks[index + 1]
          && marks[index - width] && marks[index + width]
        if isInner { continue }
        let place = index / plane * 3 * plane + index % plane
        (pixels[place], pixels[place + plane], pixels[place + 2 * plane]) = (1, 0.15, 0.15)
      }
    }
    return result
  }

  /// Writes a picture as PNG with 8 bits a channel; the file is wholly there or not at all.
  ///
  /// - Parameter image: Pixels from 0 to 1, which are cut to that range, float32 `[c, h, w]` with 1 or 3 channels.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for what is no picture, ``FileError`` for the file.
  public static func save(_ image: Tensor, to path: String) throws {
    let shape = image.shape
    guard shape.count == 3, image.elementType == .float32, shape[0] == 1 || shape[0] == 3, !shape.contains(0) else {
      throw DatasetError.value(
        op: "save", what: "shape", got: "\(shape) \(image.elementType)",
        allowed: "a float32 picture [c, h, w] with 1 or 3 channels is needed")
    }
    let values = try image.detach().permute([1, 2, 0]).contiguous().floats
    if let bad = values.first(where: { !$0.isFinite }) {
      throw DatasetError.value(op: "save", what: "a pixel", got: "\(bad)", allowed: "finite numbers are allowed")
    }
    let bytes = values.map { UInt8((max(0, min(1, $0)) * 255).rounded()) }
    let picture = PixelImage(width: shape[2], height: shape[1], channels: shape[0], bytes: bytes)
    try AtomicFile.replace(path, bytes: PNGEncoder.encode(picture))
  }
}
