public import Tensors

/// Random changes that make a new picture of the same class from each picture of a batch.
///
/// Each picture has its own stream, derived from the batch's stream and its position, so results do not depend on the
/// number of threads.
public struct Augmentation: Sendable, Equatable {
  /// Probability of a mirror image, left to right.
  public var flip = 0.0
  /// Largest shift along each side, in pixels.
  public var shift = 0.0
  /// Largest turn in either direction, in degrees.
  public var rotation = 0.0
  /// Largest number added to all pixels of a picture, or taken from them, in the units of the batch.
  public var brightness = 0.0
  /// Largest change of the contrast: a picture is stretched around its mean by 1 - contrast to 1 + contrast.
  public var contrast = 0.0
  /// Deviation of normal noise added to each pixel, in the units of the batch.
  public var noise = 0.0

  public init() {}

  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for numbers out of range.
  public func check() throws {
    try require(flip, "flip", 0...1, "0 to 1 is allowed")
    try require(shift, "shift", 0...4096, "0 to 4096 pixels are allowed")
    try require(rotation, "rotation", 0...180, "0 to 180 degrees are allowed")
    try require(brightness, "brightness", 0...1000, "0 to 1000 is allowed")
    try require(contrast, "contrast", 0...1, "0 to 1 is allowed")
    try require(noise, "noise", 0...1000, "0 to 1000 is allowed")
  }

  private func require(_ value: Double, _ what: String, _ range: ClosedRange<Double>, _ allowed: String) throws {
    guard range.contains(value) else {
      throw DatasetError.value(op: "augment", what: what, got: "\(value)", allowed: allowed)
    }
  }

  /// Returns changed pictures of the same shape; the given ones stay.
  ///
  /// - Parameters:
  ///   - images: Float32 `[b, c, h, w]`.
  ///   - stream: Decides all changes; its position moves on by nothing, so give each batch a stream of its own.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)``, ``Interrupted`` on request.
  public func apply(_ images: Tensor, stream: RandomStream) throws -> Tensor {
    try check()
    guard images.shape.count == 4, images.elementType == .float32 else {
      throw DatasetError.value(
        op: "augment", what: "shape", got: "\(images.shape)", allowed: "float32 pictures [b, c, h, w] are needed")
    }
    let shape = images.shape
    let input = try images.detach().channelsLast(op: "augment")
    let output = try Tensor.uninitialized(shape, .float32, strides: shape.strides(inMemoryOrder: [0, 2, 3, 1]))
    let size = shape[1] * shape[2] * shape[3]
    let pictures = Pictures(
      input: input.floatPointer, output: output.floatPointer, height: shape[2], width: shape[3], channels: shape[1])
    withExtendedLifetime((input, output)) {
      Parallel.forEach(size == 0 ? 0 : shape[0]) { index in
        if Interrupt.isRequested { return }
        var stream = stream.derive("augmentation", index)
        change(pictures, index, &stream)
      }
    }
    try Interrupt.check()
    return output
  }

  private func change(_ pictures: Pictures, _ index: Int, _ stream: inout RandomStream) {
    let motion = Motion(self, &stream)
    let brightness = Float(self.brightness * (2 * stream.uniform() - 1))
    let contrast = Float(1 + self.contrast * (2 * stream.uniform() - 1))
    pictures.move(index, motion)
    if self.contrast > 0 { pictures.stretchContrast(index, contrast) }
    if self.brightness > 0 { pictures.add(index, brightness) }
    if noise > 0 { pictures.addNoise(index, Float(noise), &stream) }
  }
}

/// Where the pixels of one changed picture come from. All numbers are drawn, needed or not, so that one option does
/// not shift the draws of another.
struct Motion {
  let isMirrored: Bool
  let shiftX: Double
  let shiftY: Double
  let sine: Double
  let cosine: Double

  init(_ options: Augmentation, _ stream: inout RandomStream) {
    isMirrored = stream.uniform() < options.flip
    let x = options.shift * (2 * stream.uniform() - 1)
    let y = options.shift * (2 * stream.uniform() - 1)
    let turns = options.rotation / 360 * (2 * stream.uniform() - 1)
    (sine, cosine) = turns == 0 ? (0, 1) : PortableMath.sineAndCosine(turns: turns < 0 ? turns + 1 : turns)
    // Without a turn pixels move by whole steps and stay sharp.
    shiftX = options.rotation == 0 ? x.rounded() : x
    shiftY = options.rotation == 0 ? y.rounded() : y
  }

  var isIdentity: Bool { !isMirrored && shiftX == 0 && shiftY == 0 && sine == 0 && cosine == 1 }
}
