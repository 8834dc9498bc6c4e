import Datasets
public import LuaRuntime
import Tensors

/// Random changes of pictures, as scripts hold them.
public final class LuaAugmentation: LuaNamed {
  public static let luaClass = LuaClass("Augmentation", keepsOrigin: true)

  let augmentation: Augmentation
  public private(set) var luaName: String?

  init(_ augmentation: Augmentation) { self.augmentation = augmentation }

  public func wasMade(by path: String) { luaName = luaName ?? path }
}

/// How much pictures are changed.
private struct AugmentationOptions: LuaOptions {
  var augmentation = Augmentation()

  static let fields = Fields<AugmentationOptions> { field in
    field.option(
      "flip", \.augmentation.flip, "Probability of a mirror image, left to right.", check: .within(0...1))
    field.option("shift", \.augmentation.shift, "Largest shift along each side, in pixels.", check: .within(0...4096))
    field.option(
      "rotation", \.augmentation.rotation, "Largest turn in either direction, in degrees.", check: .within(0...180))
    field.option(
      "brightness", \.augmentation.brightness, "Largest number added to or taken from all pixels.",
      check: .within(0...1000))
    field.option(
      "contrast", \.augmentation.contrast, "Largest change of the contrast, as a share.", check: .within(0...1))
    field.option("noise", \.augmentation.noise, "Deviation of noise added to each pixel.", check: .within(0...1000))
  }
}

let augmentationClass = ClassBindings(LuaAugmentation.self, "Random changes that make new pictures of old ones.") {
  type in
  type.call(
    "Returns changed pictures; the given ones stay.", Parameter("images", "Pictures, float32 [b, c, h, w]."),
    Parameter("stream", "A stream, which moves on, or a seed; without it, the seed of the run."), .caller,
    returns: "Pictures of the same shape.",
    example: Example(
      "local mirror = fed.images.augment { flip = 1 }\n"
        + "print(mirror(fed.arange(1, 3):reshape(1, 1, 1, 3)):flatten())", prints: "Tensor [3] float32\n  3  2  1")
  ) { (object: LuaAugmentation, images: Tensor, source: Either<Stream, UInt64>?, caller: LuaCaller) in
    try caller.willAllocate(2 * images.byteCount)
    return try HostModules.withThreads(caller.state.hostSettings) {
      try object.augmentation.apply(images, stream: stream(source, caller))
    }
  }
  type.description { (object: LuaAugmentation) in
    let options = object.augmentation
    let parts: [(String, Double)] = [
      ("flip", options.flip), ("shift", options.shift), ("rotation", options.rotation),
      ("brightness", options.brightness), ("contrast", options.contrast), ("noise", options.noise),
    ]
    return "Augmentation: " + parts.filter { $0.1 != 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
  }
}

private func stream(_ source: Either<Stream, UInt64>?, _ caller: LuaCaller) -> RandomStream {
  switch source {
  case .first(let stream): stream.draw { $0.derive("augmentation", Int($0.nextUInt32())) }
  case .second(let seed): RandomStream(seed: seed, purpose: "augmentation")
  case nil: RandomStream(seed: caller.state.hostSettings.seed, purpose: "augmentation")
  }
}

/// `fed.images`: pictures as tensors.
let imageBindings = BindingModule(
  "fed.images", "Pictures as tensors: reading, writing, resizing, cropping and random changes.",
  classes: [augmentationClass]
) { module in
  module.addImageReading()
  module.addImageShapes()
  module.addImageValues()
  module.addImageGrids()
}

private let fileErrors = ["The file is missing or broken; pcall or fed.try catches it."]

extension ModuleBuilder {
  fileprivate mutating func addImageReading() {
    function(
      "decode", "Reads a JPEG or PNG picture; its first bytes decide which it is.", .caller,
      Parameter("path", "The file."),
      returns: "Pixels from 0 to 1 with all bits of the file, float32 [c, h, w].", errors: fileErrors,
      example: Example(
        "print(fed.try(fed.images.decode, '/no/such/picture.png'))",
        prints: "nil\tfed.images.decode: /no/such/picture.png: No such file or directory")
    ) { (caller: LuaCaller, path: String) in
      try reading(caller) { try PictureTensors.tensor(ImageDecoder.decodeAll(FileContent(path: path))) }
    }
    function(
      "volume", "Reads a volume in NIfTI, with its scale applied.", .caller, Parameter("path", "The file."),
      returns: "Voxels, float32 in the array's shape, and the size of a voxel in mm.", errors: fileErrors,
      source: "https://nifti.nimh.nih.gov/nifti-1",
      example: Example(
        "print(fed.try(fed.images.volume, '/no/such/brain.nii.gz'))",
        prints: "nil\tfed.images.volume: /no/such/brain.nii.gz: No such file or directory")
    ) { (caller: LuaCaller, path: String) in
      try reading(caller) {
        let volume = try NIfTIVolume(path: path)
        return Results(try volume.tensor(), volume.spacing)
      }
    }
  }

  fileprivate mutating func addImageShapes() {
    let images = Parameter<Tensor>("images", "Pictures, float32 [c, h, w] or [n, c, h, w].")
    function(
      "resize", "Stretches pictures to another size; the filter widens when they shrink.", images,
      Parameter<SizeArgument>("size", "Side, or { height, width }."),
      Parameter(
        "filter", "How pixels are mixed.", default: "bilinear", check: .oneOf(ResizeFilter.allCases.map(\.rawValue))),
      .caller, returns: "Pictures of that size.",
      example: Example(
        "print(fed.images.resize(fed.arange(1, 4):reshape(1, 2, 2), 1, 'area'):item())",
        prints: "2.5")
    ) { (images: Tensor, size: SizeArgument, filter: String, caller: LuaCaller) in
      let pixels = size.height.multipliedReportingOverflow(by: size.width)
      let planes = images.shape.dropLast(2).reduce(4) { $0.multipliedReportingOverflow(by: $1).partialValue }
      let bytes = pixels.partialValue.multipliedReportingOverflow(by: planes)
      try caller.willAllocate(pixels.overflow || bytes.overflow ? Int.max : max(0, bytes.partialValue))
      return try HostModules.withThreads(caller.state.hostSettings) {
        try PictureTensors.resize(
          images, height: size.height, width: size.width, filter: ResizeFilter(rawValue: filter) ?? .bilinear)
      }
    }
    function(
      "center_crop", "Takes the part in the middle of pictures.", images,
      Parameter<SizeArgument>("size", "Side, or { height, width }."), returns: "A view.",
      example: Example(
        "print(fed.images.center_crop(fed.arange(1, 9):reshape(1, 3, 3), 1):item())", prints: "5.0")
    ) { (images: Tensor, size: SizeArgument) in
      try PictureTensors.centerCrop(images, height: size.height, width: size.width)
    }
  }

  fileprivate mutating func addImageValues() {
    function(
      "grey", "Mixes red, green and blue into one channel.",
      Parameter<Tensor>("images", "Pictures, float32 [c, h, w] or [n, c, h, w]."), returns: "Pictures of one channel.",
      source: "ITU-R BT.601",
      example: Example("print(fed.images.grey(fed.ones(3, 1, 1)):item() > 0.999)", prints: "true")
    ) { (images: Tensor) in try PictureTensors.grey(images) }
    function(
      "augment", "Makes random changes that new pictures are made with.",
      Parameter<AugmentationOptions>("options", "How much; what is not named stays as it is."),
      returns: "An object to call with pictures and a stream or seed.",
      example: Example(
        "print(fed.images.augment { flip = 0.5, rotation = 10 })", prints: "Augmentation: flip 0.5, rotation 10.0")
    ) { (options: AugmentationOptions) in LuaAugmentation(options.augmentation) }
  }
}
