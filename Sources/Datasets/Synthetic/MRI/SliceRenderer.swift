import Tensors

/// Draws the slices of synthetic patients, each from its own random streams.
struct SliceRenderer {
  let options: SyntheticMRI
  private let root: RandomStream
  private let simulations: [ScanSimulation]
  /// Points along each side of a pixel, so that even tiny pictures are means over a fine grid.
  private let oversampling: Int

  init(_ options: SyntheticMRI) {
    self.options = options
    root = RandomStream(seed: options.seed, purpose: .synthetic).derive("mri")
    simulations = options.scanners.map { ScanSimulation($0, side: options.size) }
    oversampling = max(1, (64 + options.size - 1) / options.size)
  }

  /// A patient: what is known before any slice is drawn.
  struct Patient {
    let stream: RandomStream
    /// Kind of the lesion; nil for a head without one.
    let kind: LesionKind?
    /// Level of the middle slice, 0 to 1.
    let level: Double
    let scanner: Int
  }

  /// Returns a patient; patients do not depend on each other.
  func patient(_ index: Int) -> Patient {
    let stream = root.derive("patient", index)
    var draws = stream.derive("case")
    let isIll = draws.uniform() < options.lesionShare
    let kind = options.lesionKinds[draws.integer(below: options.lesionKinds.count)]
    let level = 0.06 + 0.86 * draws.uniform()
    // In turn, so that scanners have equally many; whether a patient is ill is drawn apart from that.
    return Patient(
      stream: stream, kind: isIll ? kind : nil, level: level, scanner: index % options.scanners.count)
  }

  /// Returns a slice of a patient, before it is scanned.
  ///
  /// - Parameter number: Which of the patient's slices, from 0.
  func slice(_ patient: Patient, _ number: Int) -> HeadSlice {
    let offset = options.slicesPerPatient > 1 ? 2 * Double(number) / Double(options.slicesPerPatient - 1) - 1 : 0
    // Slices lie 0.012 apart, some 2 mm, as far as the lesion of all of them reaches.
    let distance = min(0.06, 0.006 * Double(options.slicesPerPatient - 1)) * offset
    var slice = HeadSlice(patient.stream.derive("anatomy"), level: Float(patient.level + distance))
    if let kind = patient.kind {
      let middle = HeadSlice(patient.stream.derive("anatomy"), level: Float(patient.level))
      slice.lesions = lesions(kind, in: middle, patient.stream.derive("lesions"), offset: offset)
    }
    return slice
  }

  /// Places the lesions of a patient where they have room.
  ///
  /// - Parameter offset: Place of the slice in the stack, -1 to 1: the cut through a ball narrows towards its ends.
  private func lesions(_ kind: LesionKind, in slice: HeadSlice, _ stream: RandomStream, offset: Double) -> [Lesion] {
    var draws = stream.derive("count")
    let count = kind == .metastasis ? 1 + draws.integer(below: 3) : 1
    return (0..<count).map { number in
      var stream = stream.derive("lesion", number)
      let radius = Lesion.drawRadius(&stream, kind, size: options.lesionSize)
      let place = self.place(kind, Float(radius), in: slice, stream.derive("place"))
      let cut = radius * (1 - 0.49 * offset * offset).squareRoot()
      return Lesion(&stream, kind, x: place.x, y: place.y, radius: Float(cut), contrast: options.lesionContrast)
    }
  }

  private func place(_ kind: LesionKind, _ radius: Float, in slice: HeadSlice, _ stream: RandomStream) -> SIMD2<Float> {
    var stream = stream
    for _ in 0..<400 {
      let x = Float(2 * stream.uniform() - 1) * slice.head.brainHalfWidth
      let y = Float(2 * stream.uniform() - 1) * slice.head.brainHalfLength
      if slice.hasRoom(for: kind, radius: radius, x: x, y: y) { return SIMD2(x, y) }
    }
    // Any lesion has room in the white matter between the front of the cleft and the surface.
    return SIMD2(stream.uniform() < 0.5 ? -0.30 : 0.30, -0.36)
  }

  /// Draws one image.
  ///
  /// - Parameters:
  ///   - index: Which image of the set.
  ///   - pixels: Room for its `size * size` bytes.
  ///   - mask: Room for as many: 0 outside the skull, 1 inside, 2 in a lesion.
  func render(_ index: Int, pixels: UnsafeMutablePointer<UInt8>, mask: UnsafeMutablePointer<UInt8>) {
    let (patientIndex, number) = index.quotientAndRemainder(dividingBy: options.slicesPerPatient)
    let patient = patient(patientIndex)
    let side = options.size
    let count = side * side
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * count) { memory in
      let signal = memory.baseAddress!
      draw(slice(patient, number), options.scanners[patient.scanner].weighting.contrast, signal, mask)
      var noise = patient.stream.derive("noise", number)
      simulations[patient.scanner].scan(
        signal, signal + count, visit: patient.stream.derive("visit"), stream: &noise)
      for index in 0..<count { pixels[index] = UInt8(signal[index] * 255 + 0.5) }
    }
  }

  /// Writes the signal, and room for two more pictures after it holds the shares of brain and lesion for the mask.
  private func draw(
    _ slice: HeadSlice, _ contrast: TissueContrast, _ signal: UnsafeMutablePointer<Float>,
    _ mask: UnsafeMutablePointer<UInt8>
  ) {
    let side = options.size
    let brain = signal + side * side
    let lesion = brain + side * side
    let pitch = 2 / Float(side * oversampling)
    let share = 1 / Float(oversampling * oversampling)
    for row in 0..<side {
      for column in 0..<side {
        var sum = TissueSample(signal: 0, brain: 0, lesion: 0)
        for point in 0..<oversampling * oversampling {
          let (down, across) = point.quotientAndRemainder(dividingBy: oversampling)
          let x = (Float(column * oversampling + across) + 0.5) * pitch - 1
          let y = (Float(row * oversampling + down) + 0.5) * pitch - 1
          let sample = slice.sample(x, y, pitch: pitch, contrast)
          sum.signal += sample.signal
          sum.brain += sample.brain
          sum.lesion += sample.lesion
        }
        let index = row * side + column
        (signal[index], brain[index], lesion[index]) = (sum.signal * share, sum.brain * share, sum.lesion * share)
      }
    }
    writeMask(brain, lesion, hasLesion: !slice.lesions.isEmpty, mask)
  }

  /// Marks pixels of which at least half is brain or lesion. A lesion that fills half of none keeps one pixel: the one
  /// with most of it, or the nearest to that of which half is brain.
  private func writeMask(
    _ brain: UnsafePointer<Float>, _ lesion: UnsafePointer<Float>, hasLesion: Bool, _ mask: UnsafeMutablePointer<UInt8>
  ) {
    let side = options.size
    var strongest = 0
    for index in 0..<side * side {
      mask[index] = lesion[index] >= 0.5 ? 2 : brain[index] >= 0.5 ? 1 : 0
      if lesion[index] > lesion[strongest] { strongest = index }
    }
    guard hasLesion, lesion[strongest] < 0.5 else { return }
    var (nearest, best) = (strongest, Int.max)
    for index in 0..<side * side where mask[index] > 0 {
      let (down, across) = (index / side - strongest / side, index % side - strongest % side)
      let distance = down * down + across * across
      if distance < best { (nearest, best) = (index, distance) }
    }
    mask[nearest] = 2
  }
}
