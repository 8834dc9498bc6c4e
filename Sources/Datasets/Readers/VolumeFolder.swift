import Tensors

/// A folder of volumes in NIfTI, with one folder for each class or with none; slices become samples.
///
/// All slices of a volume have its file as their group, so that a split can keep them together.
public struct VolumeFolder: Sendable {
  /// Along what the slices are counted.
  public enum Axis: Sendable, Equatable {
    /// An axis of the array, from 0.
    case array(Int)
    /// A direction of the body.
    case plane(NIfTIVolume.Plane)
  }

  /// What the set is called.
  public var name = "nifti"
  public var axis = Axis.plane(.axial)
  /// Slices of each volume, evenly spaced between ``from`` and ``to``; nil takes all of them.
  public var sliceCount: Int?
  /// Start of the part that slices are taken from, as a share of the axis.
  public var from = 0.0
  /// End of that part.
  public var to = 1.0
  /// Frame of a volume with a time axis, from 0.
  public var frame = 0
  public var window = IntensityWindow.percentiles(1, 99)
  /// Height and width of a sample; nil keeps the slices' own size, which must then be the same for all.
  public var size: (height: Int, width: Int)?
  public var filter = ResizeFilter.bilinear
  public var policy = BadFilePolicy.stop
  public var limits = ReaderLimits.standard

  public init() {}

  /// Slices of one volume.
  private struct Slices: Sendable {
    var numbers: [Int] = []
    var size = (height: 0, width: 0)
    var values: [Float] = []
    var source = SourceFile(path: "", byteCount: 0, hash: "")
  }

  private struct Places: @unchecked Sendable {
    let base: UnsafeMutablePointer<Result<Slices, DatasetError>?>
  }

  /// Reads the slices of all volumes.
  ///
  /// - Throws: ``DatasetError``, ``Interrupted`` on request.
  public func load(_ path: String) throws -> Dataset {
    try check()
    let listing = try FolderListing(path, limits: limits)
    let (entries, classNames, missing) = try volumes(listing)
    guard !entries.isEmpty else {
      throw DatasetError.malformed(path: path, problem: "it has no files that end in .nii, .nii.gz or .hdr")
    }
    var results = [Result<Slices, DatasetError>?](repeating: nil, count: entries.count)
    results.withUnsafeMutableBufferPointer { buffer in
      let places = Places(base: buffer.baseAddress!)
      Parallel.forEach(entries.count) { index in
        if Interrupt.isRequested { return }
        places.base[index] = read(entries[index])
      }
    }
    try Interrupt.check()
    return try gather(entries, results, classNames, path, missing)
  }

  /// Finds the volumes, and what cannot be used.
  private func volumes(_ listing: FolderListing) throws -> ([ImageEntry], [String], [SkippedFile]) {
    let folders = try listing.folders(policy)
    var missing = folders.problems
    var entries: [ImageEntry] = []
    for (label, folder) in folders.names.enumerated() {
      let files = try listing.files(below: folder, policy)
      missing += files.problems
      for file in files.names where Self.isVolume(file) {
        entries.append(ImageEntry(path: listing.join(file), name: file, label: label))
      }
    }
    if !entries.isEmpty { return (entries, folders.names, missing) }
    let files = try listing.files(below: "", policy)
    entries = files.names.filter(Self.isVolume).map { ImageEntry(path: listing.join($0), name: $0, label: 0) }
    return (entries, ["volume"], files.problems)
  }

  static func isVolume(_ name: String) -> Bool {
    let name = name.lowercased()
    return [".nii", ".nii.gz", ".hdr", ".hdr.gz"].contains { name.hasSuffix($0) }
  }

  private func check() throws {
    func require(_ isRight: Bool, _ what: String, _ got: String, _ allowed: String) throws {
      guard isRight else { throw DatasetError.value(op: name, what: what, got: got, allowed: allowed) }
    }
    if let size { try ImagePreparation.checkSize(height: size.height, width: size.width, op: name) }
    if case .array(let axis) = axis { try require((0..<3).contains(axis), "axis", "\(axis &+ 1)", "1 to 3 is allowed") }
    try require(sliceCount ?? 1 >= 1, "slices", "\(sliceCount ?? 0)", "1 or more is allowed")
    try require(frame >= 0, "frame", "\(frame &+ 1)", "1 or more is allowed")
    let isPart = from >= 0 && from < to && to <= 1
    try require(isPart, "from, to", "\(from), \(to)", "shares of the axis, 0 <= from < to <= 1, are allowed")
    try window.check(op: name)
  }

  private func read(_ entry: ImageEntry) -> Result<Slices, DatasetError> {
    do {
      return .success(try slices(of: try NIfTIVolume(path: entry.path, limits: limits)))
    } catch let error as DatasetError {
      return .failure(error)
    } catch {
      return .failure(.unreadable(path: entry.path, reason: "\(error)"))
    }
  }

  private func slices(of volume: NIfTIVolume) throws -> Slices {
    let slicing =
      switch axis {
      case .array(let axis): try volume.slicing(axis: axis)
      case .plane(let plane): volume.slicing(plane: plane)
      }
    guard frame < volume.frameCount else {
      throw DatasetError.malformed(
        path: volume.path, problem: "it has \(volume.frameCount) frames, and frame \(frame + 1) is asked for")
    }
    let own = volume.size(slicing)
    let target = size ?? own
    let resampler = Resampler(
      width: own.width, height: own.height, channels: 1, toWidth: target.width, height: target.height, filter)
    var result = Slices(numbers: numbers(of: volume.count(slicing)), size: target, source: volume.source)
    try checkBytes(result.numbers.count, target, volume.path)
    var picture = [Float](repeating: 0, count: own.height * own.width)
    var resized = [Float](repeating: 0, count: target.height * target.width)
    for number in result.numbers {
      if Interrupt.isRequested { break }
      picture.withUnsafeMutableBufferPointer { volume.copySlice(number, frame: frame, slicing, to: $0.baseAddress!) }
      window.apply(&picture, volume.values)
      for index in picture.indices where !picture[index].isFinite { picture[index] = 0 }
      picture.withUnsafeBufferPointer { input in
        resized.withUnsafeMutableBufferPointer { resampler.run(input.baseAddress!, $0.baseAddress!) }
      }
      result.values += resized
    }
    return result
  }

  /// Numbers of the slices to take from an axis.
  func numbers(of count: Int) -> [Int] {
    let first = min(count - 1, Int((Double(count) * from).rounded(.up)))
    let last = max(first, Int((Double(count) * to).rounded(.down)) - 1)
    let available = last - first + 1
    guard let sliceCount, sliceCount < available else { return Array(first...last) }
    // In the middle of equal parts.
    return (0..<sliceCount).map { first + (2 * $0 + 1) * available / (2 * sliceCount) }
  }

  private func checkBytes(_ count: Int, _ size: (height: Int, width: Int), _ path: String) throws {
    let (bytes, overflow) = (4 * size.height * size.width).multipliedReportingOverflow(by: count)
    guard !overflow, bytes <= limits.decodedBytes else {
      throw DatasetError.overLimit(
        path: path, what: "the size of \(count) slices of \(size.height) x \(size.width) in bytes",
        got: overflow ? .max : UInt64(bytes), limit: UInt64(limits.decodedBytes))
    }
  }

  private func gather(
    _ entries: [ImageEntry], _ results: [Result<Slices, DatasetError>?], _ classNames: [String], _ path: String,
    _ missing: [SkippedFile]
  ) throws -> Dataset {
    var values: [Float] = []
    var (labels, origins, sources, skipped) = ([Int](), [SampleOrigin](), [SourceFile](), missing)
    var size: (height: Int, width: Int)?
    for (entry, result) in zip(entries, results) {
      switch result {
      case .success(let slices):
        let first = size ?? slices.size
        size = first
        guard slices.size == first else {
          throw DatasetError.malformed(
            path: entry.path, problem: "its slices have \(slices.size) pixels, the first volume's \(first); give a size"
          )
        }
        try checkBytes(labels.count + slices.numbers.count, first, path)
        values += slices.values
        sources.append(slices.source)
        for number in slices.numbers {
          labels.append(entry.label)
          origins.append(
            SampleOrigin(name: "\(entry.name), slice \(number + 1)", hash: slices.source.hash, group: entry.name))
        }
      case .failure(let error):
        if policy == .stop { throw error }
        skipped.append(SkippedFile(path: entry.name, reason: "\(error)"))
      case nil: break
      }
    }
    guard let size else { throw DatasetError.malformed(path: path, problem: "none of its volumes can be read") }
    return try Dataset(
      name: name, samples: SampleStorage(floats: values, sampleShape: [1, size.height, size.width]), labels: labels,
      classNames: classNames, sources: sources, origins: origins, skipped: skipped, source: .origins)
  }
}
