import Synchronization
import Tensors

/// A picture file that becomes a sample.
struct ImageEntry: Sendable, Equatable {
  /// Full path.
  let path: String
  /// Path relative to the folder of the set.
  let name: String
  let label: Int
  var group = ""
}

/// Samples that were decoded from files, in the order of their entries.
struct LoadedImages: Sendable {
  var samples: SampleStorage
  /// Position of each sample in the list of entries.
  var kept: [Int]
  var origins: [SampleOrigin]
  var skipped: [SkippedFile]
  /// Bytes of all files that became samples.
  var byteCount: Int

  /// Joins the samples and their classes.
  ///
  /// - Parameters:
  ///   - labels: One for each entry that was to be loaded.
  ///   - table: The file that named them, if one did.
  func dataset(
    _ name: String, labels: [Int], classNames: [String], folder: String, table: SourceFile? = nil
  ) throws -> Dataset {
    var hash = SHA256()
    for origin in origins {
      Array("\(origin.hash) \(origin.name)\n".utf8).withUnsafeBytes { hash.update($0) }
    }
    let source = SourceFile(path: folder, byteCount: byteCount, hash: hash.hex())
    return try Dataset(
      name: name, samples: samples, labels: kept.map { labels[$0] }, classNames: classNames,
      sources: [source] + (table.map { [$0] } ?? []), origins: origins, skipped: skipped)
  }
}

/// Decodes files on all threads that the caller owns; the result is the same for any number of them.
struct ImageLoading: Sendable {
  let op: String
  let preparation: ImagePreparation
  let policy: BadFilePolicy
  let limits: ReaderLimits

  /// What became of one file.
  private enum Outcome: Sendable {
    case waiting
    case sample(SampleOrigin, byteCount: Int)
    case failure(DatasetError)
  }

  /// Decodes all files.
  ///
  /// - Throws: The error of the first bad file in order, with ``BadFilePolicy/stop``;
  ///   ``DatasetError/malformed(path:problem:)`` where no file is left; ``Interrupted`` on request.
  func load(_ entries: [ImageEntry], folder: String) throws -> LoadedImages {
    try preparation.check(op: op)
    guard let size = try sampleSize(entries) else {
      throw DatasetError.malformed(path: folder, problem: "none of its \(entries.count) files is a picture")
    }
    let sampleBytes = size.height * size.width * preparation.channels
    let (total, overflow) = sampleBytes.multipliedReportingOverflow(by: entries.count)
    guard !overflow, total <= limits.decodedBytes else {
      throw DatasetError.overLimit(
        path: folder, what: "the size of \(entries.count) samples of \(size.height) x \(size.width) in bytes",
        got: overflow ? .max : UInt64(total), limit: UInt64(limits.decodedBytes))
    }
    var outcomes = [Outcome](repeating: .waiting, count: entries.count)
    var bytes = [UInt8](unsafeUninitializedCapacity: total) { output, filled in
      decodeAll(entries, size, output.baseAddress!, &outcomes)
      filled = total
    }
    try Interrupt.check()
    return try gather(entries, size, &bytes, outcomes, folder: folder)
  }

  /// Size of all samples: the wanted one, or that of the first picture that can be read.
  private func sampleSize(_ entries: [ImageEntry]) throws -> (height: Int, width: Int)? {
    if let size = preparation.size { return entries.isEmpty ? nil : size }
    for entry in entries {
      do {
        let image = try ImageDecoder.decode(FileContent(path: entry.path, limits: limits), limits: limits)
        return (image.height, image.width)
      } catch let error as DatasetError {
        if policy == .stop { throw error }
      }
    }
    return nil
  }

  private func decodeAll(
    _ entries: [ImageEntry], _ size: (height: Int, width: Int), _ output: UnsafeMutablePointer<UInt8>,
    _ outcomes: inout [Outcome]
  ) {
    let sampleBytes = size.height * size.width * preparation.channels
    // Files after a bad one need not be read, but those before it must: the first one is reported.
    let firstFailure = Atomic<Int>(Int.max)
    outcomes.withUnsafeMutableBufferPointer { buffer in
      let places = Places(samples: output, outcomes: buffer.baseAddress!)
      Parallel.forEach(entries.count) { index in
        if Interrupt.isRequested || index > firstFailure.load(ordering: .relaxed) { return }
        do {
          let sample = try decode(entries[index], size)
          (places.samples + index * sampleBytes).initialize(from: sample.image.bytes, count: sampleBytes)
          places.outcomes[index] = .sample(sample.origin, byteCount: sample.byteCount)
        } catch let error as DatasetError {
          places.outcomes[index] = .failure(error)
          if policy == .stop { firstFailure.min(index, ordering: .relaxed) }
        } catch {
          places.outcomes[index] = .failure(.unreadable(path: entries[index].path, reason: "\(error)"))
        }
      }
    }
  }

  private struct Places: @unchecked Sendable {
    let samples: UnsafeMutablePointer<UInt8>
    let outcomes: UnsafeMutablePointer<Outcome>
  }

  private func decode(
    _ entry: ImageEntry, _ size: (height: Int, width: Int)
  ) throws -> (image: PixelImage, origin: SampleOrigin, byteCount: Int) {
    let file = try FileContent(path: entry.path, limits: limits)
    let picture = try ImageDecoder.decode(file, limits: limits)
    let grey = picture.withChannels(1)
    let image = preparation.prepare(preparation.channels == 1 ? grey : picture)
    guard image.height == size.height, image.width == size.width else {
      throw DatasetError.malformed(
        path: entry.path,
        problem: "it has \(image.height) x \(image.width) pixels, and the first picture \(size.height) x "
          + "\(size.width); give a size for all")
    }
    let origin = SampleOrigin(
      name: entry.name, hash: SHA256.hex(file.bytes), group: entry.group, fingerprint: DifferenceHash(grey).hex,
      pictureSize: [picture.height, picture.width])
    return (image, origin, file.bytes.count)
  }

  /// Closes the gaps that bad files left.
  private func gather(
    _ entries: [ImageEntry], _ size: (height: Int, width: Int), _ bytes: inout [UInt8], _ outcomes: [Outcome],
    folder: String
  ) throws -> LoadedImages {
    let sampleBytes = size.height * size.width * preparation.channels
    var kept: [Int] = []
    var origins: [SampleOrigin] = []
    var skipped: [SkippedFile] = []
    var byteCount = 0
    for (index, outcome) in outcomes.enumerated() {
      switch outcome {
      case .waiting: break
      case .failure(let error):
        if policy == .stop { throw error }
        skipped.append(SkippedFile(path: entries[index].name, reason: "\(error)"))
      case .sample(let origin, let count):
        if origins.count < index {
          move(&bytes, from: index * sampleBytes, to: origins.count * sampleBytes, sampleBytes)
        }
        origins.append(origin)
        kept.append(index)
        byteCount += count
      }
    }
    guard !origins.isEmpty else {
      throw DatasetError.malformed(path: folder, problem: "none of its \(entries.count) files can be read")
    }
    bytes.removeLast(bytes.count - origins.count * sampleBytes)
    let samples = SampleStorage(bytes: bytes, sampleShape: [preparation.channels, size.height, size.width])
    return LoadedImages(samples: samples, kept: kept, origins: origins, skipped: skipped, byteCount: byteCount)
  }

  private func move(_ bytes: inout [UInt8], from source: Int, to target: Int, _ count: Int) {
    bytes.withUnsafeMutableBufferPointer { buffer in
      (buffer.baseAddress! + target).update(from: buffer.baseAddress! + source, count: count)
    }
  }
}
