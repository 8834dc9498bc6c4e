import Datasets
import LuaRuntime
import Tensors

/// How many samples to draw, of which classes.
private struct SampleOptions: LuaOptions {
  var count: Int?
  var mix: RealNumbers?
  var replace = false
  var seed: UInt64?
  var stream: Stream?

  static let fields = Fields<SampleOptions> { field in
    field.required("count", \.count, "How many samples.", check: .atLeast(1))
    field.option(
      "mix", \.mix,
      "Share of each class, from class 0 on: { p0, p1, … }, divided by their sum; without it, as the set is.")
    field.option("replace", \.replace, "Whether a sample may be drawn again.")
    field.option("seed", \.seed, "The same seed draws the same samples.")
    field.option("stream", \.stream, "Draws and moves on, so that the next call draws others.")
  }

  func draw(from set: Dataset) throws -> Dataset {
    guard seed == nil || stream == nil else {
      throw LuaFailure("options 'seed' and 'stream' do not go together; give one of them")
    }
    var stream =
      if let stream { stream.draw { $0.derive("sample", Int($0.nextUInt32())) } } else {
        RandomStream(seed: seed ?? 1, purpose: "sample")
      }
    return try set.sampled(mix: mix?.values, count: count ?? 1, replacing: replace, stream: &stream)
  }
}

private let blobs = "local set = fed.data.blobs { train = 6, classes = 3 }\n"

extension ClassBuilder where Object == Dataset {
  /// Drawing by a mix of classes.
  mutating func addSampling() {
    method(
      "sample", "Draws samples at random so that the classes have given shares.",
      Parameter("options", "How many, and the share of each class."), .caller, returns: "A view.",
      errors: ["A class has too few samples, unless they may repeat.", "The mix has not one number for each class."],
      example: Example(
        blobs + "local drawn = set:sample { mix = { 1, 0, 3 }, count = 8, replace = true, seed = 2 }\n"
          + "print(table.concat(drawn.class_counts, ' '))", prints: "2 0 6")
    ) { (set: Dataset, options: SampleOptions, caller: LuaCaller) in
      let (bytes, overflow) = (options.count ?? 1).multipliedReportingOverflow(by: 32)
      try caller.willAllocate(overflow ? Int.max : bytes)
      return try options.draw(from: set)
    }
  }

  /// What makes two samples the same one.
  mutating func addIdentity() {
    method(
      "ids", "Numbers the samples as they lie in the set that was read or made; every view keeps these numbers.",
      Parameter("positions", "Positions from 1; without them, all samples."),
      returns: "Numbers from 1, int64 [n], in the order of the positions.",
      example: Example(
        blobs + "print(set:subset { 5, 2 }:ids())", prints: "Tensor [2] int64\n  5  2")
    ) { (set: Dataset, positions: [Int]?) in
      Tensor(labels: try set.ids(positions?.map { $0 &- 1 }).map { $0 + 1 })
    }
    method(
      "overlap", "Counts the samples that are in another set too, whatever views, splits and labels both went through.",
      Parameter<Dataset>("other", "The other set, also one that was read from the same files again."),
      returns: "A number; 0 for sets that share no sample. Copies in other files are found by fed.data.audit.",
      example: Example(
        blobs + "local first, second = set:split { 4, 2 }\n"
          + "print(first:overlap(second), set:overlap(second), set:take(3):overlap(set:subset { 3, 4 }))",
        prints: "0\t2\t1")
    ) { (set: Dataset, other: Dataset) in set.overlap(with: other) }
  }
}
