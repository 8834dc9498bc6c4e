import Tensors

/// Generated slices of heads in magnetic resonance imaging, some with a lesion, as several scanners would show them.
///
/// A federated problem that needs no download: each scanner is a site with its own contrast, noise and faults; the
/// lesions are known to the pixel. Heads differ in size, outline, turn, age, folds and level, and have harmless findings
/// that look like small lesions. Class, scanner, level and all else are drawn independently, so that none gives another
/// away. Image i depends on the seed, the size and the scanners alone: not on how many images are made, nor on threads.
/// The same seed at another size, or under other scanners, shows the same heads.
public struct SyntheticMRI: Sendable {
  /// What a class stands for.
  public enum Classes: String, Sendable, CaseIterable {
    /// No lesion, or any.
    case lesion
    /// No lesion, or one of the kinds.
    case kind
  }

  public var count = 1000
  /// Height and width in pixels, 16 to 256.
  public var size = 64
  /// Patients are scanned by these in turn.
  public var scanners: [MRIScanner] = [MRIScanner.profiles[0]]
  /// Probability that a patient has a lesion.
  public var lesionShare = 0.5
  /// Kinds of lesions, equally likely.
  public var lesionKinds: [LesionKind] = LesionKind.allCases
  /// How clearly lesions differ from the tissue around them: 1 is hard but possible, 0 leaves nothing to see.
  public var lesionContrast = 1.0
  /// Factor of the lesions' radii, 0.25 to 1.5.
  public var lesionSize = 1.0
  public var classes = Classes.lesion
  /// Neighbouring slices of one patient, which show the same lesions; they are one group.
  public var slicesPerPatient = 1
  public var seed: UInt64 = 1

  public init() {}

  /// Sizes that can be made.
  public static let sizes = 16...256

  /// Memory that the set takes; at most `Int.max`.
  public var byteCount: Int {
    // Pixels, mask, and what is known of each sample's origin.
    let (each, isLarge) = size.multipliedReportingOverflow(by: 2 * max(0, size))
    let (bytes, isLarger) = count.multipliedReportingOverflow(by: isLarge ? 1 : each + 256)
    return isLarge || isLarger ? .max : bytes
  }

  /// Names of the classes, from class 0 on.
  public var classNames: [String] {
    switch classes {
    case .lesion: ["no_lesion", "lesion"]
    case .kind: ["no_lesion"] + lesionKinds.map(\.rawValue)
    }
  }

  /// Draws the images, on as many threads as the caller owns.
  ///
  /// - Returns: Grey images `[1, size, size]` with 8 bits a pixel, and their masks.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for options out of range and sets over 2 GB,
  ///   ``Interrupted`` on request.
  public func make() throws -> Dataset {
    try check()
    let renderer = SliceRenderer(self)
    let imageSize = size * size
    var hashes = [String](repeating: "", count: count)
    var masks: [UInt8] = []
    let pixels = [UInt8](unsafeUninitializedCapacity: count * imageSize) { pixels, filled in
      masks = [UInt8](unsafeUninitializedCapacity: count * imageSize) { masks, filled in
        hashes.withUnsafeMutableBufferPointer { hashes in
          let places = Places(pixels: pixels.baseAddress!, masks: masks.baseAddress!, hashes: hashes.baseAddress!)
          Parallel.forEach(count) { index in
            if Interrupt.isRequested { return }
            let start = places.pixels + index * imageSize
            renderer.render(index, pixels: start, mask: places.masks + index * imageSize)
            places.hashes[index] = SHA256.hex(UnsafeRawBufferPointer(start: start, count: imageSize))
          }
        }
        filled = Interrupt.isRequested ? 0 : count * imageSize
      }
      filled = masks.count
    }
    try Interrupt.check()
    return try dataset(renderer, pixels, masks, hashes)
  }

  private struct Places: @unchecked Sendable {
    let pixels: UnsafeMutablePointer<UInt8>
    let masks: UnsafeMutablePointer<UInt8>
    let hashes: UnsafeMutablePointer<String>
  }

  private func dataset(
    _ renderer: SliceRenderer, _ pixels: [UInt8], _ masks: [UInt8], _ hashes: [String]
  ) throws -> Dataset {
    var labels: [Int] = []
    var origins: [SampleOrigin] = []
    for index in 0..<count {
      let (number, slice) = index.quotientAndRemainder(dividingBy: slicesPerPatient)
      let patient = renderer.patient(number)
      let site = scanners[patient.scanner].name
      labels.append(label(patient.kind))
      origins.append(
        SampleOrigin(
          name: "patient \(number + 1), slice \(slice + 1), \(site)", hash: hashes[index],
          group: "seed \(seed), patient \(number + 1)", site: site))
    }
    return try Dataset(
      name: "synthetic_mri", samples: SampleStorage(bytes: pixels, sampleShape: [1, size, size]), labels: labels,
      classNames: classNames, origins: origins, masks: SampleMasks(bytes: masks, height: size, width: size))
  }

  private func label(_ kind: LesionKind?) -> Int {
    guard let kind else { return 0 }
    return classes == .lesion ? 1 : 1 + (lesionKinds.firstIndex(of: kind) ?? 0)
  }

  private func check() throws {
    let op = "synthetic_mri"
    func require(_ isRight: Bool, _ what: String, _ got: String, _ allowed: String) throws {
      guard isRight else { throw DatasetError.value(op: op, what: what, got: got, allowed: allowed) }
    }
    let sizes = Self.sizes
    try require(sizes.contains(size), "size", "\(size)", "\(sizes.lowerBound) to \(sizes.upperBound) is allowed")
    let most = ReaderLimits.standard.decodedBytes / (2 * size * size + 256)
    try require((1...most).contains(count), "count", "\(count)", "1 to \(most) is allowed at size \(size)")
    try require(
      (1...64).contains(slicesPerPatient), "slices_per_patient", "\(slicesPerPatient)", "1 to 64 is allowed")
    try require((0...1).contains(lesionShare), "lesion_share", "\(lesionShare)", "0 to 1 is allowed")
    try require((0...1.5).contains(lesionContrast), "lesion_contrast", "\(lesionContrast)", "0 to 1.5 is allowed")
    try require((0.25...1.5).contains(lesionSize), "lesion_size", "\(lesionSize)", "0.25 to 1.5 is allowed")
    let kinds = lesionKinds.map(\.rawValue)
    try require(
      !kinds.isEmpty && Set(kinds).count == kinds.count, "lesion_kinds", "\(kinds)", "each kind once, at least one")
    let names = scanners.map(\.name)
    try require(
      !names.isEmpty && Set(names).count == names.count, "scanners", "\(names)",
      "at least one is needed, each with a name of its own")
    for scanner in scanners { try scanner.check(op: op) }
  }
}
