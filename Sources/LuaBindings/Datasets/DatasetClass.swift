public import Datasets
public import LuaRuntime
import Tensors

extension Dataset: LuaObject {
  public static let luaClass = LuaClass("Dataset", keepsOrigin: true)

  /// A whole set answers for its samples, a view only for its lists of positions and labels.
  public var luaByteCount: Int {
    16 * count + (count == samples.count ? samples.byteCount + (masks?.byteCount ?? 0) : 0)
  }
}

/// A data set as scripts see it. Positions count from 1, classes from 0.
let datasetClass = ClassBindings(Dataset.self, "Labelled samples, or a view of some; it never changes.") { type in
  type.property("name", "What the set is called.", get: { (set: Dataset) in set.name })
  type.property("shape", "Sizes of one sample.", get: { (set: Dataset) in set.sampleShape })
  type.property("classes", "Number of classes.", get: { (set: Dataset) in set.classCount })
  type.property("class_names", "Names of the classes, from class 0 on.", get: { (set: Dataset) in set.classNames })
  type.property("class_counts", "Samples of each class, from class 0 on.", get: { (set: Dataset) in set.classCounts })
  type.property("sources", "Files the samples came from: path, bytes and SHA-256 hash of each.") { (set: Dataset) in
    set.sources.map { LuaRecord([("path", $0.path), ("bytes", $0.byteCount), ("hash", $0.hash)]) }
  }
  type.property(
    "skipped",
    "What bad_files = \"skip\" left out: path and reason of each file, link or folder that could not be read."
  ) { (set: Dataset) in
    set.skipped.map { LuaRecord([("path", $0.path), ("reason", $0.reason)]) }
  }
  type.length("Number of samples.") { (set: Dataset) in set.count }
  type.description { (set: Dataset) in set.description }
  type.addDatasetTensors()
  type.addDatasetViews()
  type.addDatasetScaling()
  type.addOrigins()
  type.addMasks()
  type.addGroups()
  type.addSampling()
  type.addStamp()
  type.addIdentity()
}

private let blobs = "local set = fed.data.blobs { train = 6, classes = 3 }\n"

extension ClassBuilder where Object == Dataset {
  fileprivate mutating func addDatasetTensors() {
    method(
      "labels", "Returns the classes as a tensor.", returns: "Classes from 0, int64 [n].",
      example: Example(blobs + "print(set:labels())", prints: "Tensor [6] int64\n  0  1  2  0  1  2")
    ) { (set: Dataset) in Tensor(labels: set.labels) }
    method(
      "batch", "Returns some samples as tensors, ready for a model.",
      Parameter("positions", "Positions from 1; without them, all samples."), .caller,
      returns: "Samples, float32 [b, …] with pixels from 0 to 1, and classes, int64 [b].",
      example: Example(
        blobs + "local x, y = set:batch { 6, 1 }\nprint(#x, y)", prints: "2\tTensor [2] int64\n  2  0")
    ) { (set: Dataset, positions: [Int]?, caller: LuaCaller) in
      try set.tensors(at: positions.map { $0.map { $0 &- 1 } } ?? Array(0..<set.count), caller)
    }
    method(
      "batches", "Walks over the set once, batch by batch.", Parameter("options", "Size and order."), .caller,
      returns: "An iterator over samples and classes of each batch.",
      example: Example(
        blobs + "for x, y in set:batches { size = 4 } do print(#x) end", prints: "4\n2")
    ) { (set: Dataset, options: BatchOptions, caller: LuaCaller) in
      var batches = set.batchPositions(size: options.size, stream: options.order, dropsLast: options.dropLast)
      return LuaSteps { try batches.next().map { try set.tensors(at: $0, caller) } }
    }
    method(
      "statistics", "Measures the channels over all samples.",
      returns: "Mean and standard deviation of each channel, in the units of a batch.",
      example: Example(
        "local set = fed.data.from_tensors(fed.tensor { {1, 3}, {5, 7} }, { 0, 1 })\n"
          + "local mean, deviation = set:statistics()\nprint(mean[1], deviation[1])", prints: "4.0\t2.2360679774998")
    ) { (set: Dataset) in
      let (mean, deviation) = try set.channelStatistics()
      return Results(mean, deviation)
    }
  }

  fileprivate mutating func addDatasetViews() {
    method(
      "subset", "Picks samples by position.", Parameter("positions", "Positions from 1; one may repeat."),
      returns: "A view.", example: Example(blobs + "print(#set:subset { 1, 4 })", prints: "2")
    ) { (set: Dataset, positions: [Int]) in try set.subset(positions.map { $0 &- 1 }) }
    method(
      "take", "Picks the first samples, or all where there are no more.",
      Parameter("count", "How many.", check: .atLeast(1)),
      returns: "A view.", example: Example(blobs + "print(#set:take(4), #set:take(100))", prints: "4\t6")
    ) { (set: Dataset, count: Int) in try set.take(count) }
    method(
      "split", "Deals out random parts that have no sample in common; groups stay whole where the set has some.",
      Parameter("options", "Sizes of the parts, { 500, 100, seed = 1 }, or a share, { test = 0.2 }."),
      returns: "A view for each size; for a share the rest and the test set, with every class alike in both.",
      errors: ["Groups are too large to leave something for each part."],
      example: Example(
        blobs + "local root, rest = set:split { 2, 4, seed = 1 }\nprint(#root, #rest)\n"
          + "local train, test = set:split { test = 0.5 }\nprint(#train, #test)", prints: "2\t4\n3\t3")
    ) { (set: Dataset, options: SplitOptions) in try options.split(set) }
    method(
      "relabel", "Gives the samples other classes, as a lying client would.", Parameter("labels", "Classes from 0."),
      returns: "A view.",
      example: Example(
        blobs + "print(set:relabel({ 2, 2, 2, 2, 2, 2 }).class_counts[3])", prints: "6")
    ) { (set: Dataset, labels: WholeNumbers) in try set.relabeled(labels.values) }
  }

  fileprivate mutating func addGroups() {
    property("groups", "Group of each sample, from 0; nil where nothing is known.") { (set: Dataset) in set.groupNumbers
    }
    property(
      "split_by", "What stayed whole when the set was split off another: group or sample; nil for a whole set."
    ) { (set: Dataset) in set.split?.rawValue }
  }

  fileprivate mutating func addOrigins() {
    method(
      "origin", "Tells where a sample came from.", Parameter("position", "Position from 1."),
      returns:
        "Name of its file, SHA-256 hash of the file, group, which a split must keep together, and site; or nothing.",
      example: Example(blobs + "print(set:origin(1))", prints: "")
    ) { (set: Dataset, position: Int) in
      guard (1...max(1, set.count)).contains(position) else {
        throw LuaFailure("position = \(position) is not allowed; it must be from 1 to \(set.count)")
      }
      guard let origin = set.origin(of: position - 1) else { return VariadicResults<String>([]) }
      return VariadicResults([origin.name, origin.hash, origin.group, origin.site])
    }
  }

  fileprivate mutating func addMasks() {
    method(
      "masks", "Returns where the lesions lie, or the brains, in sets that know it.",
      Parameter(
        "region", "What to mark.", default: "lesion", check: .oneOf(SampleMasks.Region.allCases.map(\.rawValue))),
      Parameter("positions", "Positions from 1; without them, all samples."), .caller,
      returns: "1 inside and 0 outside, uint8 [n, 1, h, w]; nil where the set has no masks.",
      example: Example(
        "local set = fed.data.synthetic_mri { count = 3, size = 32, lesion_share = 1 }\n"
          + "print(table.concat(set:masks().shape, ' '), set:masks('lesion', { 2 }):to('float32'):sum():item() > 0)",
        prints: "3 1 32 32\ttrue")
    ) { (set: Dataset, region: String, positions: [Int]?, caller: LuaCaller) in
      let positions = positions.map { $0.map { $0 &- 1 } } ?? Array(0..<set.count)
      try caller.willAllocate(positions.count * set.samples.sampleSize)
      return try set.masks(SampleMasks.Region(rawValue: region) ?? .lesion, at: positions)
    }
  }

  fileprivate mutating func addDatasetScaling() {
    method(
      "standardize", "Gives each sample mean 0 and deviation 1 over all its numbers.", .caller, returns: "A new set.",
      example: Example(
        "local set = fed.data.from_tensors(fed.tensor { {1, 3}, {5, 7} }, { 0, 1 }):standardize()\n"
          + "print((set:batch { 1 }))", prints: "Tensor [1, 2] float32\n  -1   1")
    ) { (set: Dataset, caller: LuaCaller) in
      try caller.willAllocate(4 * set.count * set.samples.sampleSize)
      return try set.standardizedPerSample()
    }
    method(
      "normalize", "Subtracts a mean from each channel and divides it by a deviation, in every batch.",
      Parameter("options", "The numbers; without them, those of this set."), returns: "A view.",
      example: Example(
        blobs + "local mean = set:normalize():statistics()\nprint(math.abs(mean[1]) < 1e-6)", prints: "true")
    ) { (set: Dataset, options: NormalizeOptions) in
      if let mean = options.mean, let deviation = options.deviation {
        return try set.normalized(mean: mean, deviation: deviation)
      }
      let own = try set.channelStatistics()
      return try set.normalized(mean: options.mean ?? own.mean, deviation: options.deviation ?? own.deviation)
    }
  }
}

extension Dataset {
  fileprivate func tensors(at positions: [Int], _ caller: LuaCaller) throws -> Results<Tensor, Tensor> {
    try caller.willAllocate(positions.count * (4 * samples.sampleSize + 8))
    let batch = try batch(positions)
    return Results(batch.inputs, batch.labels)
  }
}

/// Size and order of the batches of one pass.
private struct BatchOptions: LuaOptions {
  var size = 64
  var seed: UInt64?
  var stream: Stream?
  var dropLast = false

  static let fields = Fields<BatchOptions> { field in
    field.option("size", \.size, "Samples a batch.", check: .atLeast(1))
    field.option("seed", \.seed, "Gives a random order; without it and a stream, the order of the set.")
    field.option("stream", \.stream, "Gives a random order and moves on, so that the next pass has another one.")
    field.option("drop_last", \.dropLast, "Leave out a last batch that is not full, unless it is the only one.")
  }

  /// What decides the order; nil keeps that of the set.
  var order: RandomStream? {
    if let stream { return stream.draw { $0.derive("batches", Int($0.nextUInt32())) } }
    return seed.map { RandomStream(seed: $0, purpose: .batches) }
  }
}

private struct SplitOptions: LuaOptions {
  var sizes: [Int] = []
  var test: Double?
  var by: String?
  var seed: UInt64 = 1

  static let fields = Fields<SplitOptions> { field in
    field.items("sizes", \.sizes, "Samples of each part, as nearly as groups allow.")
    field.option("test", \.test, "Instead of sizes: share of the second of two parts, between 0 and 1.")
    field.option(
      "by", \.by, "What stays whole: group or sample; without it, groups where the set has some.",
      check: .splitUnit)
    field.option("seed", \.seed, "The same seed gives the same parts.")
  }

  func split(_ set: Dataset) throws -> VariadicResults<Dataset> {
    var stream = RandomStream(seed: seed, purpose: "split")
    let unit = by.flatMap { SplitUnit(rawValue: $0) }
    guard let test else { return VariadicResults(try set.split(sizes: sizes, by: unit, stream: &stream)) }
    guard sizes.isEmpty else { throw LuaFailure("sizes and option 'test' do not go together; give one of them") }
    let parts = try set.split(testShare: test, by: unit, stream: &stream)
    return VariadicResults([parts.train, parts.test])
  }
}

extension Check where Value == String? {
  /// One of the things that a split keeps whole.
  static var splitUnit: Check {
    Check(SplitUnit.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or ")) {
      $0.map { SplitUnit(rawValue: $0) != nil } ?? true
    }
  }
}

private struct NormalizeOptions: LuaOptions {
  var mean: [Double]?
  var deviation: [Double]?

  static let fields = Fields<NormalizeOptions> { field in
    field.option("mean", \.mean, "One number a channel; without it, the set's own.")
    field.option("deviation", \.deviation, "One number above 0 a channel; without it, the set's own.")
  }
}
