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
  /// Hash of each entry's file, nil for one that could not be read; empty for samples from the cache.
  var hashes: [String?] = []

  /// Joins the samples and their classes.
  ///
  /// - Parameters:
  ///   - labels: One for each entry that was to be loaded.
  ///   - table: The file that named them, if one did.
  ///   - missing: What was found to be no readable file before anything was decoded.
  func dataset(
    _ name: String, labels: [Int], classNames: [String], folder: String, table: SourceFile? = nil,
    missing: [SkippedFile] = []
  ) throws -> Dataset {
    var hash = SHA256()
    for origin in origins {
      Array("\(origin.hash) \(origin.name)\n".utf8).withUnsafeBytes { hash.update($0) }
    }
    let source = SourceFile(path: folder, byteCount: byteCount, hash: hash.hex())
    return try Dataset(
      name: name, samples: samples, labels: kept.map { labels[$0] }, classNames: classNames,
      sources: [source] + (table.map { [$0] } ?? []), origins: origins, skipped: missing + skipped,
      source: .origins)
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
    /// A sample whose bytes lie in their place; `deep` has those of more than 8 bits a number.
    case sample(SampleOrigin, byteCount: Int, deep: [Float]?)
    case failure(DatasetError, hash: String?)
  }

  /// Size of all samples, and the work at hand.
  private struct Job: Sendable {
    let entries: [ImageEntry]
    let files: HashedFiles?
    let folder: String
    let size: (height: Int, width: Int)
    let sampleSize: Int
  }

  /// Decodes all files.
  ///
  /// - Parameter files: The same files where they have been read already.
  /// - Throws: The error of the first bad file in order, with ``BadFilePolicy/stop``;
  ///   ``DatasetError/malformed(path:problem:)`` where no file is left; ``Interrupted`` on request.
  func load(_ entries: [ImageEntry], folder: String, files: HashedFiles? = nil) throws -> LoadedImages {
    try preparation.check(op: op)
    guard let size = try sampleSize(entries, files) else {
      throw DatasetError.malformed(path: folder, problem: "none of its \(entries.count) files is a picture")
    }
    let job = Job(
      entries: entries, files: files, folder: folder, size: size,
      sampleSize: size.height * size.width * preparation.channels)
    let width = preparation.window == .none ? 1 : 4
    let total = try byteCount(job, each: width) / width
    var outcomes = [Outcome](repeating: .waiting, count: entries.count)
    var bytes = [UInt8](unsafeUninitializedCapacity: total) { output, filled in
      decodeAll(job, output.baseAddress!, &outcomes)
      filled = total
    }
    try Interrupt.check()
    return try gather(job, &bytes, outcomes)
  }

  /// Memory of all samples.
  ///
  /// - Throws: ``DatasetError/overLimit(path:what:got:limit:)``.
  private func byteCount(_ job: Job, each width: Int) throws -> Int {
    let (total, overflow) = (width * job.sampleSize).multipliedReportingOverflow(by: job.entries.count)
    guard !overflow, total <= limits.decodedBytes else {
      throw DatasetError.overLimit(
        path: job.folder,
        what: "the size of \(job.entries.count) samples of \(job.size.height) x \(job.size.width) in bytes",
        got: overflow ? .max : UInt64(total), limit: UInt64(limits.decodedBytes))
    }
    return total
  }

  /// Size of all samples: the wanted one, or that of the first picture that can be read.
  private func sampleSize(_ entries: [ImageEntry], _ files: HashedFiles?) throws -> (height: Int, width: Int)? {
    if let size = preparation.size { return entries.isEmpty ? nil : size }
    for (index, entry) in entries.enumerated() {
      do {
        let content = try files?.files[index]?.content ?? FileContent(path: entry.path, limits: limits)
        return try ImageDecoder.decodeAll(content, limits: limits).size
      } catch let error as DatasetError {
        if policy == .stop { throw error }
      }
    }
    return nil
  }

  private func decodeAll(_ job: Job, _ output: UnsafeMutablePointer<UInt8>, _ outcomes: inout [Outcome]) {
    // Files after a bad one need not be read, but those before it must: the first one is reported.
    let firstFailure = Atomic<Int>(Int.max)
    outcomes.withUnsafeMutableBufferPointer { buffer in
      let places = Places(samples: output, outcomes: buffer.baseAddress!)
      Parallel.forEach(job.entries.count) { index in
        if Interrupt.isRequested || index > firstFailure.load(ordering: .relaxed) { return }
        let outcome = outcome(of: index, job, places.samples + index * job.sampleSize)
        places.outcomes[index] = outcome
        if policy == .stop, case .failure = outcome { firstFailure.min(index, ordering: .relaxed) }
      }
    }
  }

  private struct Places: @unchecked Sendable {
    let samples: UnsafeMutablePointer<UInt8>
    let outcomes: UnsafeMutablePointer<Outcome>
  }

  private func outcome(of index: Int, _ job: Job, _ place: UnsafeMutablePointer<UInt8>) -> Outcome {
    let entry = job.entries[index]
    var hash: String?
    do {
      let file = try job.files?.files[index] ?? HashedFile(path: entry.path, limits: limits)
      hash = file.hash
      let picture = try ImageDecoder.decodeAll(file.content, limits: limits)
      let (deep, fingerprint) = try prepare(picture, entry, job, place)
      let origin = SampleOrigin(
        name: entry.name, hash: file.hash, group: entry.group, fingerprint: fingerprint.hex,
        pictureSize: [picture.size.height, picture.size.width])
      return .sample(origin, byteCount: file.content.bytes.count, deep: deep)
    } catch let error as DatasetError {
      return .failure(error, hash: hash)
    } catch {
      return .failure(.unreadable(path: entry.path, reason: "\(error)"), hash: hash)
    }
  }

  /// Makes a sample of a picture: 8 bits go to their place, more are returned.
  private func prepare(
    _ picture: DecodedImage, _ entry: ImageEntry, _ job: Job, _ place: UnsafeMutablePointer<UInt8>
  ) throws -> (deep: [Float]?, fingerprint: DifferenceHash) {
    switch picture {
    case .bytes(let image) where preparation.window == .none:
      let grey = image.withChannels(1)
      let sample = preparation.prepare(preparation.channels == 1 ? grey : image)
      try check(sample.height, sample.width, entry, job)
      place.initialize(from: sample.bytes, count: job.sampleSize)
      return (nil, DifferenceHash(grey))
    default:
      let image = picture.deepened
      // Room for floats is known to be there where a window asks for them; a deep picture may be the first to need it.
      _ = try byteCount(job, each: 4)
      let sample = preparation.prepare(windowed(image.withChannels(preparation.channels)))
      try check(sample.height, sample.width, entry, job)
      return (sample.values, DifferenceHash(image.withChannels(1).stretchedToBytes))
    }
  }

  private func windowed(_ image: DeepImage) -> DeepImage {
    guard preparation.window != .none else { return image }
    var values = image.values
    preparation.window.apply(&values, image.values)
    return DeepImage(width: image.width, height: image.height, channels: image.channels, values: values)
  }

  private func check(_ height: Int, _ width: Int, _ entry: ImageEntry, _ job: Job) throws {
    guard height == job.size.height, width == job.size.width else {
      throw DatasetError.malformed(
        path: entry.path,
        problem: "it has \(height) x \(width) pixels, and the first picture \(job.size.height) x "
          + "\(job.size.width); give a size for all")
    }
  }

  /// Sorts out what became of the files, and closes the gaps that bad ones left.
  private func gather(_ job: Job, _ bytes: inout [UInt8], _ outcomes: [Outcome]) throws -> LoadedImages {
    var kept: [Int] = []
    var deep: [Int: [Float]] = [:]
    var origins: [SampleOrigin] = []
    var skipped: [SkippedFile] = []
    var hashes = [String?](repeating: nil, count: outcomes.count)
    var byteCount = 0
    for (index, outcome) in outcomes.enumerated() {
      switch outcome {
      case .waiting: break
      case .failure(let error, let hash):
        if policy == .stop || isTooLarge(error, job) { throw error }
        skipped.append(SkippedFile(path: job.entries[index].name, reason: "\(error)"))
        hashes[index] = hash
      case .sample(let origin, let count, let numbers):
        origins.append(origin)
        kept.append(index)
        deep[index] = numbers
        hashes[index] = origin.hash
        byteCount += count
      }
    }
    guard !origins.isEmpty else {
      throw DatasetError.malformed(path: job.folder, problem: "none of its \(job.entries.count) files can be read")
    }
    let samples = deep.isEmpty ? joined(job, &bytes, kept) : joined(job, bytes, deep, kept)
    return LoadedImages(
      samples: samples, kept: kept, origins: origins, skipped: skipped, byteCount: byteCount, hashes: hashes)
  }

  /// Whether the whole set is too large, which is no fault of one file.
  private func isTooLarge(_ error: DatasetError, _ job: Job) -> Bool {
    if case .overLimit(job.folder, _, _, _) = error { true } else { false }
  }

  private func joined(_ job: Job, _ bytes: inout [UInt8], _ kept: [Int]) -> SampleStorage {
    for (place, index) in kept.enumerated() where place < index {
      bytes.withUnsafeMutableBufferPointer { buffer in
        (buffer.baseAddress! + place * job.sampleSize).update(
          from: buffer.baseAddress! + index * job.sampleSize, count: job.sampleSize)
      }
    }
    bytes.removeLast(bytes.count - kept.count * job.sampleSize)
    return SampleStorage(bytes: bytes, sampleShape: [preparation.channels, job.size.height, job.size.width])
  }

  /// Samples of 4 bytes a number, since some have more than 8 bits; the others become what a batch would make of them.
  private func joined(_ job: Job, _ bytes: [UInt8], _ deep: [Int: [Float]], _ kept: [Int]) -> SampleStorage {
    var floats: [Float] = []
    floats.reserveCapacity(kept.count * job.sampleSize)
    for index in kept {
      if let numbers = deep[index] {
        floats += numbers
      } else {
        floats += bytes[index * job.sampleSize..<(index + 1) * job.sampleSize].lazy.map { Float($0) / 255 }
      }
    }
    return SampleStorage(floats: floats, sampleShape: [preparation.channels, job.size.height, job.size.width])
  }
}
