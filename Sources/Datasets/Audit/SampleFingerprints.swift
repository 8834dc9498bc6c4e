import Synchronization
import Tensors

/// What tells a sample from others: its bytes and what it looks like.
struct SampleFingerprint: Sendable {
  /// SHA-256 of the sample's own file, else of its numbers: equal for copies.
  let key: String
  /// Nil for samples that are no pictures.
  let hash: DifferenceHash?
}

extension Dataset {
  /// Returns the fingerprint of each sample.
  ///
  /// A picture that has a file of its own was hashed when it was decoded, in its full size; others are hashed as the
  /// samples they are.
  ///
  /// - Parameter onDone: Called now and then, on any thread, with the number of samples that are done.
  /// - Throws: ``Interrupted`` on request.
  func fingerprints(onDone: @Sendable (Int) -> Void) throws -> [SampleFingerprint] {
    let done = Atomic<Int>(0)
    let chunk = 64
    return try [SampleFingerprint](unsafeUninitializedCapacity: count) { output, filled in
      let places = Places(base: output.baseAddress!)
      Parallel.forEach((count + chunk - 1) / chunk) { part in
        let range = part * chunk..<min(count, (part + 1) * chunk)
        for position in range {
          // A place must be filled even when the work is to stop.
          let made = Interrupt.isRequested ? SampleFingerprint(key: "", hash: nil) : fingerprint(of: position)
          (places.base + position).initialize(to: made)
        }
        onDone(done.add(range.count, ordering: .relaxed).newValue)
      }
      filled = count
      try Interrupt.check()
    }
  }

  private struct Places: @unchecked Sendable {
    let base: UnsafeMutablePointer<SampleFingerprint>
  }

  private func fingerprint(of position: Int) -> SampleFingerprint {
    if let origin = origin(of: position), let hash = DifferenceHash(hex: origin.fingerprint) {
      return SampleFingerprint(key: origin.hash, hash: hash)
    }
    let row = rows[position]
    return SampleFingerprint(key: samples.digest(row), hash: samples.picture(row).map { DifferenceHash($0) })
  }
}

extension SampleStorage {
  /// SHA-256 of a sample's numbers as they lie in memory.
  func digest(_ row: Int) -> String {
    withBytes(row) { SHA256.hex(UnsafeRawBufferPointer(start: $0, count: sampleSize)) }
      ?? withFloats(row) { SHA256.hex(UnsafeRawBufferPointer(start: $0, count: 4 * sampleSize)) } ?? ""
  }

  /// A sample as a grey picture; nil for vectors. Numbers that are no bytes are stretched to 0 to 255.
  fileprivate func picture(_ row: Int) -> PixelImage? {
    guard sampleShape.count == 3 else { return nil }
    let (channels, height, width) = (sampleShape[0], sampleShape[1], sampleShape[2])
    let pixels = bytes(row)
    if channels == 1 || channels == 3 {
      return PixelImage(width: width, height: height, channels: channels, bytes: pixels)
    }
    let means = (0..<height * width).map { pixel in
      UInt8(pixels[pixel * channels..<(pixel + 1) * channels].reduce(0) { $0 + Int($1) } / channels)
    }
    return PixelImage(width: width, height: height, channels: 1, bytes: means)
  }

  private func bytes(_ row: Int) -> [UInt8] {
    guard let numbers = withFloats(row, { Array(UnsafeBufferPointer(start: $0, count: sampleSize)) }) else {
      return withBytes(row) { Array(UnsafeBufferPointer(start: $0, count: sampleSize)) } ?? []
    }
    let lowest = numbers.min() ?? 0
    let range = (numbers.max() ?? 0) - lowest
    guard range > 0, range.isFinite else { return [UInt8](repeating: 0, count: sampleSize) }
    return numbers.map { UInt8(max(0, min(255, ($0 - lowest) / range * 255 + 0.5))) }
  }
}
