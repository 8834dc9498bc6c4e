public import Tensors

/// The operations on pictures, for pictures in tensors: float32 `[c, h, w]`, or `[n, c, h, w]` for several.
///
/// They compute what the readers compute, without rounding to bytes. Gradients do not flow through them.
public enum PictureTensors {
  /// Returns a decoded picture as `[c, h, w]`, with pixels from 0 to 1 and all bits of its file.
  public static func tensor(_ image: DecodedImage) throws -> Tensor {
    switch image {
    case .bytes(let image): try tensor(image)
    case .deep(let image): try tensor(image) { $0 }
    }
  }

  /// Returns a picture of 8 bits as `[c, h, w]`, with pixels from 0 to 1.
  public static func tensor(_ image: PixelImage) throws -> Tensor { try tensor(image) { Float($0) / 255 } }

  private static func tensor<Element>(_ image: Raster<Element>, _ number: (Element) -> Float) throws -> Tensor {
    let shape = [image.channels, image.height, image.width]
    let result = try Tensor.uninitialized(shape, .float32, strides: shape.strides(inMemoryOrder: [1, 2, 0]))
    result.withMutableFloats { output in
      for index in image.values.indices { output[index] = number(image.values[index]) }
    }
    return result
  }

  /// Returns pictures of another size.
  ///
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for shapes that are no pictures and impossible sizes.
  public static func resize(_ images: Tensor, height: Int, width: Int, filter: ResizeFilter) throws -> Tensor {
    try ImagePreparation.checkSize(height: height, width: width, op: "resize")
    let input = try pictures(images, op: "resize")
    let shape = [input.shape[0], input.shape[1], height, width]
    let output = try Tensor.uninitialized(shape, .float32, strides: shape.strides(inMemoryOrder: [0, 2, 3, 1]))
    if output.count > 0 {
      let resampler = Resampler(
        width: input.shape[3], height: input.shape[2], channels: shape[1], toWidth: width, height: height, filter)
      let inputSize = input.count / shape[0]
      let places = Places(input: input.floatPointer, output: output.floatPointer)
      withExtendedLifetime((input, output)) {
        Parallel.forEach(shape[0]) { index in
          if Interrupt.isRequested { return }
          resampler.run(places.input + index * inputSize, places.output + index * resampler.outputCount)
        }
      }
      try Interrupt.check()
    }
    return images.shape.count == 3 ? try output.select(axis: 0, 0) : output
  }

  /// Returns the part in the middle of each picture, as a view.
  ///
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for a part that is larger than the pictures.
  public static func centerCrop(_ images: Tensor, height: Int, width: Int) throws -> Tensor {
    _ = try pictures(images, op: "center_crop", copies: false)
    let own = images.shape.suffix(2)
    guard let ownHeight = own.first, let ownWidth = own.last, (1...max(1, ownHeight)).contains(height),
      (1...max(1, ownWidth)).contains(width)
    else {
      throw DatasetError.value(
        op: "center_crop", what: "size", got: "[\(height), \(width)]",
        allowed: "1 to the pictures' own \(Array(own)) is allowed")
    }
    return try images.narrow(axis: -2, start: (ownHeight - height) / 2, count: height)
      .narrow(axis: -1, start: (ownWidth - width) / 2, count: width)
  }

  /// Returns pictures of one channel: 0.299 red + 0.587 green + 0.114 blue; grey ones as they are.
  ///
  /// - Source: ITU-R BT.601.
  public static func grey(_ images: Tensor) throws -> Tensor {
    _ = try pictures(images, op: "grey", copies: false)
    let channels = images.shape[images.shape.count - 3]
    if channels == 1 { return images }
    guard channels == 3 else {
      throw DatasetError.value(
        op: "grey", what: "channels", got: "\(channels)", allowed: "3 for color and 1 for grey are allowed")
    }
    let weights = Tensor([0.299, 0.587, 0.114] as [Float], shape: [3, 1, 1])
    return try (images * weights).sum(axes: [-3], keepAxes: true)
  }

  private struct Places: @unchecked Sendable {
    let input: UnsafeMutablePointer<Float>
    let output: UnsafeMutablePointer<Float>
  }

  /// Checks a shape, and returns the pictures as `[n, c, h, w]` in channels-last memory.
  private static func pictures(_ images: Tensor, op: String, copies: Bool = true) throws -> Tensor {
    let shape = images.shape
    guard shape.count == 3 || shape.count == 4, images.elementType == .float32, shape.suffix(3).allSatisfy({ $0 > 0 })
    else {
      throw DatasetError.value(
        op: op, what: "shape", got: "\(shape) \(images.elementType)",
        allowed: "float32 pictures [c, h, w] or [n, c, h, w] are needed")
    }
    guard copies else { return images }
    let plain = images.detach()
    return try (shape.count == 3 ? plain.unsqueeze(0) : plain).channelsLast(op: op)
  }
}
